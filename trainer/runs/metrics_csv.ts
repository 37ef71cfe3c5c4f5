/** `metrics.csv`: one row a step, one column a scalar, for spreadsheets and plotting programs. */
import { AppendLog } from "./append_log.ts";

/** Grows by rows; a scalar that is new rewrites the file once with its column. */
export class MetricsCsv implements Disposable {
  readonly #path: string;
  #columns: string[] = [];
  #log: AppendLog;
  #said = false;

  /** @param from steps after it are dropped, as a resume takes them back */
  constructor(path: string, from = Infinity) {
    this.#path = path;
    const rows = readRows(path).filter((row, i) => i === 0 || Number(row[0]) <= from);
    this.#columns = rows[0]?.slice(2) ?? [];
    if (rows.length > 0) this.#replace(rows);
    this.#log = new AppendLog(path);
  }

  /** Adds a row. Values of names that were not seen before become columns. */
  row(step: number, time: number, values: Readonly<Record<string, number>>): void {
    const fresh = Object.keys(values).filter((name) => !this.#columns.includes(name));
    if (fresh.length > 0) this.#addColumns(fresh);
    const cells = this.#columns.map((name) => Object.hasOwn(values, name) ? values[name] : "");
    this.#log.line([step, time, ...cells].join(","));
  }

  [Symbol.dispose](): void {
    this.#log[Symbol.dispose]();
  }

  #addColumns(fresh: readonly string[]): void {
    const columns = [...this.#columns, ...fresh];
    const rows = readRows(this.#path);
    const padding = fresh.map(() => "");
    this.#log[Symbol.dispose]();
    const replaced = this.#replace([
      ["step", "time", ...columns],
      ...rows.slice(1).map((row) => [...row, ...padding]),
    ]);
    if (replaced) this.#columns = columns;
    this.#log = new AppendLog(this.#path);
  }

  #replace(rows: readonly (readonly string[])[]): boolean {
    const temporary = `${this.#path}.${Deno.pid}.tmp`;
    try {
      Deno.writeTextFileSync(temporary, rows.map((row) => row.join(",") + "\n").join(""));
      Deno.renameSync(temporary, this.#path);
      return true;
    } catch (error) { // a spreadsheet is no reason to stop
      if (!this.#said) {
        const { message } = error as Error;
        console.error(`Cannot rewrite "${this.#path}": ${message}; training goes on`);
      }
      this.#said = true;
      return false;
    }
  }
}

/** Cells of every whole row; scalar names hold no commas or quotes. A torn last row is left out. */
function readRows(path: string): string[][] {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch {
    return [];
  }
  return text.slice(0, text.lastIndexOf("\n") + 1).split("\n").slice(0, -1).map((row) =>
    row.split(",")
  );
}
