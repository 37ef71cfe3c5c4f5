/** One `--set key=value`: the text becomes a value of the key's type. */
import type { z } from "zod";
import { editDistance } from "../edit_distance.ts";
import { type ConfigKey, configKeys, wanted } from "./describe.ts";
import type { Differences } from "./recipes.ts";

/**
 * Reads `optim.lr=3e-4` as `{ optim: { lr: 3e-4 } }`.
 *
 * @throws {SyntaxError} without a key and an equals sign
 * @throws {RangeError} for an unknown key
 * @throws {TypeError} for a value of another type; ranges are checked when the configuration is resolved
 */
export function parseAssignment(text: string): Differences {
  const equals = text.indexOf("=");
  if (equals <= 0) {
    throw new SyntaxError(`Cannot read --set "${text}": expected key=value, as in optim.lr=3e-4`);
  }
  const name = text.slice(0, equals).trim();
  const key = findKey(name);
  return nest(name, parseValue(key, text.slice(equals + 1).trim()));
}

/** `nest("optim.lr", 1)` is `{ optim: { lr: 1 } }`. */
function nest(key: string, value: unknown): Differences {
  return key.split(".").reduceRight((inner, part) => ({ [part]: inner }), value) as Differences;
}

/** The key of that name; @throws {RangeError} that suggests names for an unknown one. */
function findKey(name: string): ConfigKey {
  const keys = configKeys();
  const found = keys.find(({ key }) => key === name);
  if (found) return found;
  const open = keys.find(({ key, schema }) =>
    schema._zod.def.type === "record" && name.startsWith(`${key}.`)
  );
  if (open) {
    const { valueType } = open.schema._zod.def as z.core.$ZodRecordDef;
    return { ...open, key: name, schema: valueType };
  }
  const inside = keys.filter(({ key }) => key.startsWith(`${name}.`)).map(({ key }) => key);
  if (inside.length > 0) {
    throw new RangeError(
      `Cannot set "${name}" as it is a section: its keys are ${inside.join(", ")}`,
    );
  }
  throw new RangeError(`Cannot set "${name}" as there is no such key: ${suggestion(name)}`);
}

/** Names near an unknown one, or where to find them all. */
export function suggestion(name: string): string {
  const last = name.split(".").at(-1)!.toLowerCase();
  const near = configKeys().map(({ key }) => key).filter((key) => {
    const leaf = key.split(".").at(-1)!.toLowerCase();
    return leaf === last || editDistance(leaf, last) <= 2 ||
      (last.length > 3 && leaf.includes(last));
  });
  return near.length > 0 ? `did you mean ${near.join(" or ")}?` : "--help lists the keys";
}

function parseValue({ key, schema }: ConfigKey, text: string): unknown {
  const value = readAs(schema, text);
  if (value === undefined) {
    throw new TypeError(`Cannot set "${key}" to "${text}": expected ${wanted(schema)}`);
  }
  return value;
}

/** The value that a text means under a type, or undefined when it means none. */
function readAs(schema: z.core.$ZodType, text: string): unknown {
  const def = schema._zod.def as z.core.$ZodTypes["_zod"]["def"];
  switch (def.type) {
    case "number":
      return number(text);
    case "boolean":
      return text === "true" ? true : text === "false" ? false : undefined;
    case "literal":
      return def.values.find((value) => String(value) === text || value === number(text));
    case "union":
      return first(def.options.map((option) => readAs(option, text)));
    case "enum":
      return Object.values(def.entries).find((entry) => entry === text);
    case "array":
      return all(list(text).map((item) => readAs(def.element, item)));
    case "tuple": {
      const items = list(text);
      if (items.length !== def.items.length) return undefined;
      return all(def.items.map((item, i) => readAs(item, items[i]!)));
    }
    case "record":
      return undefined; // its names are set one by one
    default:
      return text;
  }
}

function number(text: string): number | undefined {
  const value = Number(text);
  return text === "" || !Number.isFinite(value) ? undefined : value;
}

/** Comma-separated; brackets around are allowed. */
function list(text: string): string[] {
  const inner = text.replace(/^\[(.*)\]$/s, "$1").trim();
  return inner === "" ? [] : inner.split(",").map((item) => item.trim().replace(/^"(.*)"$/, "$1"));
}

function first(values: readonly unknown[]): unknown {
  return values.find((value) => value !== undefined);
}

function all(values: readonly unknown[]): readonly unknown[] | undefined {
  return values.includes(undefined) ? undefined : values;
}
