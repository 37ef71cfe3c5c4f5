/** The keys of the configuration as a list: for `--help`, for `--set`, for the README. */
import type { z } from "zod";
import { TrainConfig } from "./schema.ts";

/** One key of the configuration. */
export interface ConfigKey {
  /** Dotted name, as in `optim.lr`. */
  readonly key: string;
  readonly description: string;
  readonly default: unknown;
  /** What it takes, in words: `a number`, `one of none, yaw, euler45, so3`. */
  readonly wanted: string;
  /** The bare type, without its default. */
  readonly schema: z.core.$ZodType;
}

/** Every key of the configuration, sections flattened, in the order of the schema. */
export function configKeys(): ConfigKey[] {
  return [...keysOf(TrainConfig, "")];
}

function* keysOf(schema: z.ZodObject, prefix: string): Generator<ConfigKey> {
  for (const [name, field] of Object.entries(schema.shape as Record<string, z.ZodType>)) {
    const { bare, defaultValue } = unwrap(field);
    if (bare._zod.def.type === "object") {
      yield* keysOf(bare as z.ZodObject, `${prefix}${name}.`);
    } else {
      yield {
        key: prefix + name,
        description: field.description ?? "",
        default: defaultValue,
        wanted: wanted(bare),
        schema: bare,
      };
    }
  }
}

/** Strips defaults; the value of the outermost one is the key's default. */
function unwrap(field: z.core.$ZodType): { bare: z.core.$ZodType; defaultValue: unknown } {
  let bare = field;
  let defaultValue: unknown;
  for (;;) {
    const def = bare._zod.def as z.core.$ZodDefaultDef;
    if (def.type !== "default" && def.type as string !== "prefault") break;
    defaultValue ??= def.defaultValue;
    bare = def.innerType;
  }
  return { bare, defaultValue };
}

/** What a type takes, in words that follow "expected". */
export function wanted(schema: z.core.$ZodType): string {
  const { bare } = unwrap(schema);
  const def = bare._zod.def as z.core.$ZodTypes["_zod"]["def"];
  switch (def.type) {
    case "enum":
      return `one of ${Object.values(def.entries).join(", ")}`;
    case "literal":
      return def.values.join(" or ");
    case "union":
      return `one of ${def.options.map((option) => wanted(option)).join(", ")}`;
    case "boolean":
      return "true or false";
    case "array":
      return `a list of ${wanted(def.element).replace(/^an? /, "")}s`;
    case "record":
      return "values by name, each set as .NAME=VALUE";
    case "tuple":
      return `${def.items.length} numbers`;
    case "string":
      return "a text";
    case "number":
      return wantedNumber(bare as z.ZodNumber);
    default:
      return `a ${def.type}`;
  }
}

/** `an integer above 0`, `a number of at least 0 and of at most 1`. */
function wantedNumber(schema: z.ZodNumber): string {
  const bounds: string[] = [];
  for (const check of schema._zod.def.checks ?? []) {
    const { check: kind, value, inclusive } = check._zod.def as z.core.$ZodCheckLessThanDef;
    const low = kind as string === "greater_than";
    if (low || kind === "less_than") {
      bounds.push(
        `${inclusive ? low ? "of at least" : "of at most" : low ? "above" : "below"} ${value}`,
      );
    }
  }
  return [schema.isInt ? "an integer" : "a number", bounds.join(" and ")].join(" ").trim();
}
