/**
 * The evaluation of a run, opened beside its first steps, and the figures of the weights that it began with. Both take
 * longer than those steps; the figures wait for the teacher's labels, with a slow teacher for many minutes.
 *
 * @module
 */
import type { JointEvaluation, JointFigures } from "./joint_evaluation.ts";

/** See the module's text. */
export class BackgroundEvaluation {
  readonly #open: (signal: AbortSignal) => Promise<JointEvaluation>;
  readonly #stop = new AbortController();
  #opening?: Promise<JointEvaluation>;
  #measuring?: Promise<JointFigures>;
  #failure?: Error;
  #evaluation?: JointEvaluation;
  /** Whether it is open, and has predicted with the weights that the run began with. */
  ready = false;
  /** Of the weights that the run began with, once they are there. */
  figures?: JointFigures;
  /** Told of them. */
  onFigures?: ((figures: JointFigures) => void) | undefined;

  /**
   * Nothing is opened yet.
   *
   * @param open called once, when it is begun with; the evaluation's copy holds the weights that the run begins with
   */
  constructor(open: (signal: AbortSignal) => Promise<JointEvaluation>) {
    this.#open = open;
  }

  /** Begin, unless it has begun. @throws what has gone wrong since */
  begin(): void {
    if (this.#failure) throw this.#failure;
    if (this.#measuring) return;
    this.#measuring = this.#measure();
    this.#measuring.catch((error) => this.#failure = error);
  }

  async #measure(): Promise<JointFigures> {
    let coming: Promise<JointFigures> | undefined;
    this.#opening = this.#open(this.#stop.signal).then(async (evaluation) => {
      this.#evaluation = evaluation;
      coming = evaluation.score(await evaluation.predict(this.#stop.signal));
      coming.catch(() => {}); // said below
      this.ready = true;
      return evaluation;
    });
    await this.#opening;
    this.figures = await coming!;
    this.onFigures?.(this.figures);
    return this.figures;
  }

  /** The evaluation, once it has predicted with the weights that the run began with. @throws what goes wrong */
  async opened(): Promise<JointEvaluation> {
    this.begin();
    return await this.#opening!;
  }

  /** Wait for the figures. @throws what goes wrong */
  async measured(): Promise<JointFigures> {
    this.begin();
    return await this.#measuring!;
  }

  /** Stop what goes on, and free the evaluation. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#opening?.catch(() => {});
    await this.#evaluation?.close();
  }
}
