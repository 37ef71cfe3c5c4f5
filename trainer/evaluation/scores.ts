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

/**
 * A table, a row a group.
 *
 * @param columns titles and scores, e.g. before and after a training
 */
export function scoreTable(columns: readonly (readonly [title: string, scores: Scores])[]): string {
  const f = (x: number): string => x.toFixed(3);
  const metrics = (m: Metrics): string[] => [m.absRel, m.delta1, m.delta2, m.delta3].map(f);
  const rows: string[][] = [["", "alignment", "prediction", "AbsRel", "δ1", "δ2", "δ3"]];
  const last = columns.at(-1)![1];
  for (const group of Object.keys(last)) {
    ALIGNMENTS.forEach((alignment, k) => {
      for (const [title, scores] of columns) {
        const score = scores[group];
        if (score) {
          rows.push([k === 0 ? group : "", alignment, title, ...metrics(score[alignment])]);
        }
      }
    });
    rows.push(["", "", "constant", ...metrics(last[group]!.constant)]);
  }
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => [...row[c]!].length)));
  return rows.map((row) =>
    row.map((cell, c) => c < 3 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!)).join("  ")
      .trimEnd()
  ).join("\n");
}
