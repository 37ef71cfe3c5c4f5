/** `metrics.csv`: one row a step, one column a scalar, for spreadsheets and plotting programs. */
import { AppendLog } from "./append_log.ts";

/** Grows by rows; a scalar that is new rewrites the file once with its column. */
export class MetricsCsv implements Disposable {
  readonly #path: string;
  #columns: string[] = [];
  #log: AppendLog;
  #said = false;
  /** Of the first row, and of that with the most steps. */
  #first: number | undefined;
  #newest: number;
  /** The newest row of this process. */
  #last: { step: number; values: Readonly<Record<string, number>> } = { step: -1, values: {} };

  /** @param from steps after it are dropped, as a resume takes them back */
  constructor(path: string, from = Infinity) {
    this.#path = path;
    const rows = readRows(path).filter((row, i) => i === 0 || Number(row[0]) <= from);
    this.#columns = rows[0]?.slice(2) ?? [];
    this.#first = rows.length > 1 ? Number(rows[1]![0]) : undefined;
    this.#newest = rows.slice(1).reduce((most, [step]) => Math.max(most, Number(step)), -1);
    if (rows.length > 0) this.#replace(rows);
    this.#log = new AppendLog(path);
  }

  /** Of the first row; undefined where there is none. */
  get first(): number | undefined {
    return this.#first;
  }

  /**
   * Adds a row where its step belongs, in the place of one of the same step; to the last one values are added. Names that
   * were not seen before become columns.
   */
  row(step: number, time: number, values: Readonly<Record<string, number>>): void {
    const fresh = Object.keys(values).filter((name) => !this.#columns.includes(name));
    if (fresh.length > 0) this.#addColumns(fresh);
    const { step: before, values: said } = this.#last;
    const all = before === step ? { ...said, ...values } : values;
    const cells = this.#columns.map((name) => Object.hasOwn(all, name) ? all[name] : "");
    const row = [step, time, ...cells].map(String);
    this.#first = Math.min(this.#first ?? step, step);
    if (step < this.#newest) { // figures that took longer than the steps after it
      this.#rewrite((rows) => {
        const later = rows.findIndex((other, i) => i > 0 && Number(other[0]) >= step);
        const at = later < 0 ? rows.length : later; // rows may have been lost
        return rows.toSpliced(at, Number(rows[at]?.[0]) === step ? 1 : 0, row);
      });
      return;
    }
    this.#newest = step;
    this.#last = { step, values: all };
    if (before === step) this.#rewrite((rows) => [...rows.slice(0, -1), row]);
    else this.#log.line(row.join(","));
  }

  [Symbol.dispose](): void {
    this.#log[Symbol.dispose]();
  }

  #addColumns(fresh: readonly string[]): void {
    const columns = [...this.#columns, ...fresh];
    const padding = fresh.map(() => "");
    const replaced = this.#rewrite((rows) => [
      ["step", "time", ...columns],
      ...rows.slice(1).map((row) => [...row, ...padding]),
    ]);
    if (replaced) this.#columns = columns;
  }

  /** Changes rows that are written; @returns whether it could */
  #rewrite(change: (rows: string[][]) => string[][]): boolean {
    const rows = change(readRows(this.#path));
    this.#log[Symbol.dispose]();
    const replaced = this.#replace(rows);
    this.#log = new AppendLog(this.#path);
    return replaced;
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
