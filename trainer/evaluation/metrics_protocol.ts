/**
 * The rules by which a table of depth errors is made. Numbers under different rules cannot be compared, so a
 * table names its protocol and its alignment.
 *
 * @module
 */

/** How errors are computed. Depths are distances in metres. */
export interface Protocol {
  /** Name in tables. */
  readonly name: ProtocolName;
  /** Truth counts where `minimum < d <= maximum` (`validUpperOpen`: `< maximum`). */
  readonly minimum: number;
  /** Largest true distance of the source: 10 m for the paper's datasets and rooms, 80 m for streets. */
  readonly maximum: number;
  /** The upper bound itself is not valid (BiFuse++). */
  readonly validUpperOpen: boolean;
  /** Truth and aligned prediction are clamped to this range, or left alone. */
  readonly clamp: readonly [low: number, high: number] | undefined;
  /** Clamp before the median factor instead of after it (UniFuse). */
  readonly clampFirst: boolean;
  /** UniFuse's slip: the truth, not the prediction, becomes the maximum where the prediction exceeds it. */
  readonly overwriteTruth: boolean;
  /** Middle of an even count. */
  readonly median: "lower" | "averaged";
  /** rmseLog compares log10(d + offset). */
  readonly logOffset: number;
  /** What an aligned disparity of 0 or less means: nothing is nearer (released) or nothing is farther (paper). */
  readonly nonPositiveDisparity: "near" | "far";
}

/** `paper`: its appendix A.1; `released`: the published trainer; `unifuse`, `bifuse++`: those projects' own metrics. */
export type ProtocolName = "paper" | "released" | "unifuse" | "bifuse++";

/** The names of all protocols. */
const PROTOCOLS: readonly ProtocolName[] = ["paper", "released", "unifuse", "bifuse++"];

/**
 * A protocol for a source of data.
 *
 * @param name which rules
 * @param maximum largest valid true distance, metres
 * @returns the rules
 * @throws {RangeError} if the name is unknown or the maximum not above 0.1 m
 */
export function protocol(name: ProtocolName, maximum = 10): Protocol {
  if (!(maximum > 0.1)) {
    throw new RangeError(
      `Cannot make protocol "${name}" as the maximum must be above 0.1 m: current maximum is ${maximum}`,
    );
  }
  const rules: Protocol = {
    name,
    minimum: 0,
    maximum,
    validUpperOpen: false,
    clamp: [0.1, maximum],
    clampFirst: false,
    overwriteTruth: false,
    median: "lower",
    logOffset: 1,
    nonPositiveDisparity: "far",
  };
  switch (name) {
    case "paper": // names no clamp and no rule for even counts: these are ours
      return rules;
    case "released":
      return { ...rules, nonPositiveDisparity: "near" };
    case "unifuse":
      return { ...rules, clampFirst: true, overwriteTruth: true, logOffset: 0 };
    case "bifuse++":
      return {
        ...rules,
        minimum: 0.01,
        validUpperOpen: true,
        clamp: undefined,
        median: "averaged",
        logOffset: 0,
      };
    default:
      throw new RangeError(
        `Cannot make protocol "${name}" as it is unknown: expected one of ${PROTOCOLS.join(", ")}`,
      );
  }
}
