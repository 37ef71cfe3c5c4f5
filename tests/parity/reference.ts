/**
 * A folder of reference numbers: one folder per topic, each with a `case.json` and `.npy` arrays.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeNpy } from "../../trainer/formats/npy.ts";

/** Where the numbers are looked for: beside the checkout. */
export const DEFAULT_REFERENCE = fileURLToPath(
  new URL("../../../shared/reference", import.meta.url),
);

/** An array and its shape, C order. */
export interface Reading {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** How `case.json` names an array. */
export type FileEntry = readonly [name: string, shape?: readonly number[]];

/** One case of a `case.json`; topics read the rest of its fields. */
export interface Case {
  readonly id: string;
  readonly files?: Readonly<Record<string, FileEntry>>;
}

/** The folder of one topic. */
export class TopicFolder {
  /** Leading number of the folder's name. */
  readonly number: number;
  /** Name without the number. */
  readonly name: string;
  /** The whole `case.json`. */
  // deno-lint-ignore no-explicit-any -- every topic has fields of its own, checked where they are read
  readonly json: any;
  readonly #path: string;

  private constructor(path: string, number: number, name: string, json: unknown) {
    this.#path = path;
    this.number = number;
    this.name = name;
    this.json = json;
  }

  /**
   * Opens `<root>/NN_name`.
   *
   * @throws {SyntaxError} if its `case.json` is not JSON
   */
  static async open(root: string, folder: string): Promise<TopicFolder> {
    const [, number, name] = folder.match(TOPIC_NAME)!;
    const path = join(root, folder);
    let json;
    try {
      json = JSON.parse(await Deno.readTextFile(join(path, "case.json")));
    } catch (error) {
      throw new SyntaxError(
        `Cannot read "${join(path, "case.json")}": ${(error as Error).message}`,
      );
    }
    return new TopicFolder(path, Number(number), name!, json);
  }

  /**
   * The list of cases.
   *
   * @throws {SyntaxError} if there is none
   */
  cases<C extends Case>(): readonly C[] {
    if (!Array.isArray(this.json?.cases)) {
      throw new SyntaxError(`Cannot read "${this.path("case.json")}": it has no list of cases`);
    }
    return this.json.cases;
  }

  /** Path of a file of the topic. */
  path(name: string): string {
    return join(this.#path, name);
  }

  /**
   * Reads an array.
   *
   * @throws {RangeError} if its shape is not the one in `case.json`
   */
  async array([name, shape]: FileEntry): Promise<Reading> {
    const { shape: found, data } = decodeNpy(await Deno.readFile(this.path(name)), name);
    if (shape && shape.join() !== found.join()) {
      throw new RangeError(
        `Cannot use "${name}": its shape is [${found}], case.json says [${shape}]`,
      );
    }
    if (!(data instanceof Float32Array)) {
      throw new TypeError(`Cannot use "${name}": its elements are not float32`);
    }
    return { shape: found, data };
  }

  /** Reads an array of a case by its key in `files`. */
  async file(case_: Case, key: string): Promise<Reading> {
    const entry = case_.files?.[key];
    if (!entry) throw new TypeError(`Case "${case_.id}" lists no file "${key}"`);
    return await this.array(entry);
  }

  /** Reads a JSON file of the topic. */
  // deno-lint-ignore no-explicit-any -- as above
  async readJson([name]: FileEntry): Promise<any> {
    return JSON.parse(await Deno.readTextFile(this.path(name)));
  }
}

const ADVICE =
  "The reference numbers are not part of the repository: name a folder that holds them, " +
  "deno task parity --help says in which form";

const TOPIC_NAME = /^(\d+)_(\w+)$/;

/**
 * The topic folders of a reference folder, by number.
 *
 * @throws {RangeError} if the folder is missing or holds none
 */
export async function openReference(root: string): Promise<TopicFolder[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(root)) {
      if (entry.isDirectory && TOPIC_NAME.test(entry.name)) names.push(entry.name);
    }
  } catch (error) {
    const { message } = error as Error;
    const state = error instanceof Deno.errors.NotFound ? "it is not there" : message;
    throw new RangeError(`Cannot open reference folder "${root}": ${state}. ${ADVICE}`);
  }
  if (names.length === 0) {
    throw new RangeError(
      `Cannot open reference folder "${root}": it has no topic folders such as 01_grids. ${ADVICE}`,
    );
  }
  const folders = await Promise.all(names.map((name) => TopicFolder.open(root, name)));
  return folders.sort((a, b) => a.number - b.number);
}

/** A JSON number, or NaN and infinities spelled as strings. */
export function number(value: unknown): number {
  if (typeof value === "number") return value;
  const special: Record<string, number> = {
    NaN: NaN,
    Infinity: Infinity,
    "-Infinity": -Infinity,
    nan: NaN,
    inf: Infinity,
    "-inf": -Infinity,
  };
  const result = special[String(value)];
  if (result === undefined) throw new TypeError(`Expected a number, got ${JSON.stringify(value)}`);
  return result;
}
