/**
 * What the files of the released networks hold besides what is learnt, grouped for a report.
 *
 * @module
 */

/** Tensors of one kind. */
export interface ExtraGroup {
  /** What they are; undefined: nothing that is known. */
  readonly what: string | undefined;
  readonly names: readonly string[];
}

/** Kinds that are always left out, with the reason. */
const known: readonly [pattern: RegExp, what: string][] = [
  [/(^|\.)num_batches_tracked$/, "counters of batch norms, not needed"],
  [/^projectors\.\d+\.sample_grid$/, "grids of the projections, computed here"],
  [/^dnet\.(ce|f\d\.CE)\./, "grids of the projections, computed here"],
  [/^max_depth$/, "scale of the output, always 10"],
];

/** Sort unused tensors into kinds; what is not known comes last. */
export function groupExtras(unused: readonly string[]): ExtraGroup[] {
  const groups = new Map<string | undefined, string[]>();
  const kindOf = (name: string) => known.find(([pattern]) => pattern.test(name))?.[1];
  for (const what of [...new Set(known.map(([, what]) => what)), undefined]) {
    const names = unused.filter((name) => kindOf(name) === what);
    if (names.length > 0) groups.set(what, names);
  }
  return Array.from(groups, ([what, names]) => ({ what, names }));
}
