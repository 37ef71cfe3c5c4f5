/**
 * The figures of the weights that a run began with. They come while it trains: with a slow teacher long after the first
 * step.
 *
 * @module
 */
import type { JointFigures } from "./joint_evaluation.ts";
import type { FirstMeasure } from "./joint_start.ts";

/** See the module's text. */
export class FirstFigures {
  readonly #measure: () => Promise<FirstMeasure>;
  readonly #tell: (figures: JointFigures) => void;
  #told?: Promise<JointFigures>;
  #failure?: Error;
  /** Once they are there. */
  figures?: JointFigures;

  /**
   * Nothing is measured yet.
   *
   * @param measure as of `JointStart`
   * @param tell called when they are there
   */
  constructor(measure: () => Promise<FirstMeasure>, tell: (figures: JointFigures) => void) {
    this.#measure = measure;
    this.#tell = tell;
  }

  /** Begin, unless it has begun. @throws what went wrong since */
  begin(): void {
    if (this.#failure) throw this.#failure;
    if (this.#told) return;
    this.#told = this.#come();
    this.#told.catch((error) => this.#failure = error);
  }

  async #come(): Promise<JointFigures> {
    const { figures } = await this.#measure();
    this.figures = await figures;
    this.#tell(this.figures);
    return this.figures;
  }

  /** Wait for them. @throws what goes wrong */
  async wait(): Promise<JointFigures> {
    this.begin();
    return await this.#told!;
  }
}
