/** One configuration out of many sources: flags above the file, the file above the first weights, the machine, the preset, the recipe, the defaults. */
import type { z } from "zod";
import { parseAssignment, suggestion } from "./assignment.ts";
import { configKeys } from "./describe.ts";
import { PRESETS } from "./presets.ts";
import { type Differences, RECIPES } from "./recipes.ts";
import { TrainConfig } from "./schema.ts";

/** Where a configuration comes from; later fields stand above earlier ones. */
export interface ConfigSources {
  /** Name of a preset. */
  readonly preset?: string;
  /** What of the preset does not suit this machine. */
  readonly machine?: Differences;
  /** What the file of first weights wants in the place of the preset. */
  readonly init?: Differences;
  /** Content of a configuration file, with its path for messages. */
  readonly file?: { readonly path: string; readonly values: unknown };
  /** Named flags such as `--steps`, already typed: `{ steps: 100 }`. */
  readonly flags?: Differences;
  /** Texts of `--set`, in order. */
  readonly set?: readonly string[];
}

/**
 * Resolves every key.
 *
 * @throws {RangeError} for an unknown preset, key or value, with the key, the value and what was wanted
 * @throws {TypeError} or {SyntaxError} for a `--set` that cannot be read
 */
export function resolveConfig(sources: ConfigSources): TrainConfig {
  const above = [
    presetOf(sources.preset),
    sources.machine ?? {},
    sources.init ?? {},
    fileOf(sources.file),
    sources.flags ?? {},
    ...(sources.set ?? []).map(parseAssignment),
  ].reduce(merge, {});
  const recipe = above.recipe === "released" ? RECIPES.released : RECIPES.paper;
  const result = TrainConfig.safeParse(merge(recipe, above));
  if (result.success) return result.data;
  const origin = sources.file ? ` (from ${sources.file.path} or above)` : "";
  throw new RangeError(
    result.error.issues.map((issue) => explain(issue, above)).join("\n") + origin,
  );
}

/** Checks a whole configuration that was written by {@link resolveConfig}, such as that of a run to resume. */
export function parseConfig(values: unknown): TrainConfig {
  return resolveConfig({ file: { path: "config.json", values } });
}

/** Objects merge key by key, everything else is replaced. */
export function merge(below: Differences, above: Differences): Differences {
  const result: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const old = result[key];
    if (value !== undefined) {
      result[key] = isObject(old) && isObject(value) ? merge(old, value) : value;
    }
  }
  return result;
}

function presetOf(name: string | undefined): Differences {
  if (name === undefined) return {};
  const preset = Object.hasOwn(PRESETS, name) ? PRESETS[name] : undefined;
  if (!preset) {
    throw new RangeError(
      `Cannot use preset "${name}": the presets are ${Object.keys(PRESETS).join(", ")}`,
    );
  }
  return preset;
}

function fileOf(file: ConfigSources["file"]): Differences {
  if (!file) return {};
  if (!isObject(file.values)) {
    throw new TypeError(`Cannot use configuration ${file.path}: expected a JSON object`);
  }
  return file.values;
}

/** One finding of the schema in the form: Cannot use key = value: expected what. */
function explain(issue: z.core.$ZodIssue, values: Differences): string {
  const key = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((name) => {
      const full = key ? `${key}.${name}` : name;
      return `Cannot use key "${full}" as there is no such key: ${suggestion(full)}`;
    }).join("\n");
  }
  const value = issue.path.reduce<unknown>(
    (inner, part) => isObject(inner) || Array.isArray(inner) ? Reflect.get(inner, part) : undefined,
    values,
  );
  const known = configKeys().find((entry) => entry.key === key || key.startsWith(`${entry.key}.`));
  const want = issue.code === "custom" || !known ? issue.message : known.wanted;
  return `Cannot use ${key} = ${JSON.stringify(value)}: expected ${want}`;
}

function isObject(value: unknown): value is Differences {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
