/** The runs below a folder, read again only where they grew. */
import { type RunHistory } from "@depth-anywhere/trainer/runs/history";
import { runNames, RunReader, type RunStatus } from "@depth-anywhere/trainer/runs/reader";

/** What is shown of `config.json`. Networks have their own configurations, so nothing of it is taken for granted. */
export interface ShownRecord {
  readonly created?: unknown;
  readonly config?: Readonly<Record<string, unknown>>;
}

/** A run at one moment. */
export interface RunView {
  readonly name: string;
  readonly status: RunStatus;
  /** undefined where `config.json` cannot be read. */
  readonly record: ShownRecord | undefined;
  readonly history: RunHistory;
  /** Number of the last line that the history holds. */
  readonly line: number;
}

/** Keeps a reader for every run that was asked for. */
export class RunStore {
  /** The folder that holds the runs; it need not exist yet. */
  readonly runs: string;
  readonly #readers = new Map<string, RunReader>();

  constructor(runs: string) {
    this.runs = runs;
  }

  /** Every run, newest first. */
  async list(): Promise<RunView[]> {
    const names = await runNames(this.runs);
    for (const gone of new Set(this.#readers.keys()).difference(new Set(names))) {
      this.#readers.delete(gone);
    }
    return await Promise.all(names.map((name) => this.#view(name)));
  }

  /** One run, or undefined where there is none of that name. */
  async get(name: string): Promise<RunView | undefined> {
    return await this.folder(name) === undefined ? undefined : await this.#view(name);
  }

  /** Folder of a run, or undefined; a name never leads out of {@link RunStore.runs}. */
  async folder(name: string): Promise<string | undefined> {
    if (!isPlainName(name)) return undefined;
    const folder = `${this.runs}/${name}`;
    const info = await Deno.stat(`${folder}/config.json`).catch(() => undefined);
    return info?.isFile ? folder : undefined;
  }

  /** A file below `media/` of a run, or undefined; neither `..` nor a link leads out of that folder. */
  async media(name: string, path: string): Promise<string | undefined> {
    const folder = await this.folder(name);
    if (folder === undefined || !path.split("/").every(isPlainName)) return undefined;
    try {
      const root = await Deno.realPath(`${folder}/media`);
      const file = await Deno.realPath(`${folder}/media/${path}`);
      if (!file.startsWith(`${root}/`) || !(await Deno.stat(file)).isFile) return undefined;
      return file;
    } catch {
      return undefined;
    }
  }

  async #view(name: string): Promise<RunView> {
    let reader = this.#readers.get(name);
    if (!reader) this.#readers.set(name, reader = new RunReader(`${this.runs}/${name}`));
    await reader.refresh();
    const record: ShownRecord | undefined = await reader.record().catch(() => undefined);
    return { name, status: reader.status(), record, history: reader.history, line: reader.line };
  }
}

function isPlainName(name: string): boolean {
  // deno-lint-ignore no-control-regex
  return name !== "" && !name.startsWith(".") && !/[/\\\x00]/.test(name);
}
