/**
 * Scores by group (style, dataset): both alignments and the constant prediction, image by image, and their table.
 *
 * @module
 */
import { type Alignment, ALIGNMENTS } from "./alignment.ts";
import { meanMetrics, measure, measureConstant, type Metrics, type Sample } from "./metrics.ts";
import type { Protocol } from "./metrics_protocol.ts";

/** Mean errors of a group of images. */
export interface Score {
  readonly images: number;
  readonly median: Metrics;
  readonly affine: Metrics;
  /** The constant prediction at the median of the truth. */
  readonly constant: Metrics;
}

/** Scores by group, and over all images under `all`. */
export type Scores = Readonly<Record<string, Score>>;

type Row = Record<Alignment | "constant", Metrics>;

/** Collects images. */
export class ScoreSheet {
  readonly #rows = new Map<string, Row[]>();

  /** Measure one image; one without a valid pixel is left out. */
  add(group: string, sample: Sample, protocol: Protocol): void {
    const [median, affine] = ALIGNMENTS.map((alignment) =>
      measure(sample, { protocol, alignment })
    );
    const constant = measureConstant(sample, protocol);
    if (!median || !affine || !constant) return;
    const rows = this.#rows.get(group) ?? [];
    this.#rows.set(group, rows);
    rows.push({ median, affine, constant });
  }

  /** @throws Error when no image had a valid pixel */
  scores(): Scores {
    const all = [...this.#rows.values()].flat();
    if (all.length === 0) throw new Error("Cannot score: no image has a valid pixel");
    const mean = (rows: Row[], key: keyof Row): Metrics =>
      meanMetrics(rows.map((row) => row[key]))!;
    const score = (rows: Row[]): Score => ({
      images: rows.length,
      median: mean(rows, "median"),
      affine: mean(rows, "affine"),
      constant: mean(rows, "constant"),
    });
    const groups = [...this.#rows].map(([group, rows]) => [group, score(rows)] as const);
    return { ...Object.fromEntries(groups), all: score(all) };
  }
}

/** Figures for events: `valid/<set>/<alignment>/<metric>`. */
export function scoreValues(set: string, scores: Scores): Record<string, number> {
  const values: Record<string, number> = {};
  for (const [group, score] of Object.entries(scores)) {
    const name = group === "all" ? set : `${set}-${group}`;
    for (const alignment of ALIGNMENTS) {
      const { absRel, delta1, delta2, delta3 } = score[alignment];
      const metrics = { absRel, delta1, ...(group === "all" ? { delta2, delta3 } : {}) };
      for (const [metric, value] of Object.entries(metrics)) {
        values[`valid/${name}/${alignment}/${metric}`] = value;
      }
    }
  }
  return values;
}

/** Metrics of a table, with their titles. */
const columns = [["AbsRel", "absRel"], ["δ1", "delta1"], ["δ2", "delta2"], [
  "δ3",
  "delta3",
]] as const;

/**
 * A table: two rows a group, one for each alignment; the constant prediction first.
 *
 * @param sets titles and scores, e.g. before and after a training
 * @param first alignment of the first row of a group
 */
export function scoreTable(
  sets: readonly (readonly [title: string, scores: Scores])[],
  first: Alignment = "median",
): string {
  const cells = (metrics: Metrics | undefined): string[] =>
    columns.map(([, key]) => metrics ? metrics[key].toFixed(3) : "");
  const titles = sets.flatMap(([title]) => columns.map(([name]) => `${title} ${name}`));
  const rows = [["", "alignment", "constant AbsRel", "δ1", ...titles]];
  for (const group of Object.keys(sets.at(-1)![1])) {
    for (const alignment of [first, ...ALIGNMENTS.filter((other) => other !== first)]) {
      const constant = sets.at(-1)![1][group]!.constant;
      const baseline = alignment === first ? cells(constant).slice(0, 2) : ["", ""];
      const scored = sets.flatMap(([, scores]) => cells(scores[group]?.[alignment]));
      rows.push([alignment === first ? group : "", alignment, ...baseline, ...scored]);
    }
  }
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => [...row[c]!].length)));
  const pad = (cell: string, c: number): string =>
    c < 2 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!);
  return rows.map((row) => row.map(pad).join("  ").trimEnd()).join("\n");
}
