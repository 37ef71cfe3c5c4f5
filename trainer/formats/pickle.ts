/**
 * Reads Python pickles without executing anything: a stack machine whose only functions are those of an allow list.
 * A pickle is a program; what it names outside of the list is refused before it is called. (npm's pickleparser makes
 * objects for whatever is named and does not say where a pickle ends, which PyTorch's older files need.)
 *
 * Python's list is `list` here, `tuple` too; `dict` is `Map`, `set` is `Set`.
 *
 * @module
 */
import { PickleInput, smallest } from "./pickle_input.ts";

/** Something that a pickle may name. */
export interface PickleGlobal {
  /** With its module: `collections.OrderedDict`. */
  readonly name: string;
  /** What calling it gives; without: it may be named and not called. */
  readonly call?: (args: readonly unknown[]) => unknown;
}

/** An object of a class with attributes, such as `argparse.Namespace`. */
export class PickleRecord {
  readonly fields: Map<unknown, unknown> = new Map();
}

/** What pickles may name. */
export interface PickleNames {
  /** @throws for what is not allowed */
  global(module: string, name: string): PickleGlobal;
  /** What a persistent id stands for. */
  persistent(id: unknown): unknown;
}

/** One run. */
class Machine {
  readonly input: PickleInput;
  readonly names: PickleNames;
  readonly memo = new Map<number, unknown>();
  readonly marks: number[] = [];
  stack: unknown[] = [];

  constructor(input: PickleInput, names: PickleNames) {
    this.input = input;
    this.names = names;
  }

  push(value: unknown): void {
    this.stack.push(value);
  }

  pop(): unknown {
    if (this.stack.length <= (this.marks.at(-1) ?? 0)) {
      throw new SyntaxError("it takes more values than it has given");
    }
    return this.stack.pop();
  }

  top(): unknown {
    const value = this.pop();
    this.push(value);
    return value;
  }

  popMark(): unknown[] {
    const mark = this.marks.pop();
    if (mark === undefined) throw new SyntaxError("it ends a list that it has not begun");
    return this.stack.splice(mark);
  }

  remember(key: number): void {
    this.memo.set(key, this.top());
  }

  recall(key: number): void {
    if (!this.memo.has(key)) {
      throw new SyntaxError(`it recalls value ${key}, which it never stored`);
    }
    this.push(this.memo.get(key));
  }

  global(module: unknown, name: unknown): void {
    this.push(this.names.global(String(module), String(name)));
  }

  call(args: unknown): void {
    const callee = this.pop() as PickleGlobal | undefined;
    if (typeof callee?.call !== "function" || !Array.isArray(args)) {
      throw new SyntaxError(
        `it calls "${callee?.name ?? typeof callee}", which is no function here`,
      );
    }
    this.push(callee.call(args));
  }

  append(items: readonly unknown[]): void {
    const list = this.top();
    if (list instanceof Set) items.forEach((item) => list.add(item));
    else if (Array.isArray(list)) { for (const item of items) list.push(item); }
    else throw new SyntaxError("it appends to what is no list");
  }

  put(pairs: readonly unknown[]): void {
    const map = this.top();
    if (!(map instanceof Map)) throw new SyntaxError("it puts items into what is no dict");
    for (let i = 0; i < pairs.length; i += 2) map.set(pairs[i], pairs[i + 1]);
  }

  /** Attributes of a record; those of other things (`_metadata` of a state dict) do not matter. */
  build(): void {
    const state = this.pop();
    const object = this.top();
    if (!(object instanceof PickleRecord) || !(state instanceof Map)) return;
    for (const [key, value] of state) object.fields.set(key, value);
  }
}

function mapOf(pairs: readonly unknown[]): Map<unknown, unknown> {
  const map = new Map();
  for (let i = 0; i < pairs.length; i += 2) map.set(pairs[i], pairs[i + 1]);
  return map;
}

/** `I` also stands for booleans. */
function decimal(line: string): unknown {
  if (line === "00" || line === "01") return line === "01";
  if (!/^[+-]?\d+L?$/.test(line)) throw new SyntaxError(`"${line}" is no whole number`);
  return smallest(BigInt(line.replace(/L$/, "")));
}

/** `'text'` or `"text"`, without escapes: what needs them is written as unicode. */
function quoted(line: string): string {
  const inner = /^(['"])([^\\]*)\1$/.exec(line)?.[2];
  if (inner === undefined) throw new SyntaxError(`${line} is no plain text`);
  return inner;
}

type Operation = (m: Machine) => void;

const stop = ".".charCodeAt(0);

/** By their bytes in the stream (Python's pickletools.py). */
const operations = byCode({
  "\x80": (m) => { // PROTO
    const version = m.input.u8();
    if (version > 5) throw new SyntaxError(`its pickle protocol is ${version}, at most 5 is known`);
  },
  "\x95": (m) => void m.input.u64(), // FRAME
  "(": (m) => void m.marks.push(m.stack.length),
  "0": (m) => void m.pop(),
  "1": (m) => void m.popMark(),
  "2": (m) => m.push(m.top()),
  "N": (m) => m.push(null),
  "\x88": (m) => m.push(true),
  "\x89": (m) => m.push(false),
  "I": (m) => m.push(decimal(m.input.line())),
  "J": (m) => m.push(m.input.i32()),
  "K": (m) => m.push(m.input.u8()),
  "M": (m) => m.push(m.input.u16()),
  "L": (m) => m.push(decimal(m.input.line())),
  "\x8a": (m) => m.push(m.input.integer(m.input.u8())),
  "\x8b": (m) => m.push(m.input.integer(m.input.u32())),
  "F": (m) => m.push(Number(m.input.line())),
  "G": (m) => m.push(m.input.f64()),
  "S": (m) => m.push(quoted(m.input.line())),
  "T": (m) => m.push(m.input.text(m.input.u32())),
  "U": (m) => m.push(m.input.text(m.input.u8())),
  "V": (m) => m.push(m.input.line()),
  "X": (m) => m.push(m.input.text(m.input.u32())),
  "\x8c": (m) => m.push(m.input.text(m.input.u8())),
  "\x8d": (m) => m.push(m.input.text(m.input.u64())),
  "B": (m) => m.push(m.input.bytes(m.input.u32())),
  "C": (m) => m.push(m.input.bytes(m.input.u8())),
  "\x8e": (m) => m.push(m.input.bytes(m.input.u64())),
  "]": (m) => m.push([]),
  "l": (m) => m.push(m.popMark()),
  "a": (m) => m.append([m.pop()]),
  "e": (m) => m.append(m.popMark()),
  ")": (m) => m.push([]),
  "t": (m) => m.push(m.popMark()),
  "\x85": (m) => m.push([m.pop()]),
  "\x86": (m) => m.push([m.pop(), m.pop()].reverse()),
  "\x87": (m) => m.push([m.pop(), m.pop(), m.pop()].reverse()),
  "}": (m) => m.push(new Map()),
  "d": (m) => m.push(mapOf(m.popMark())),
  "s": (m) => m.put([m.pop(), m.pop()].reverse()),
  "u": (m) => m.put(m.popMark()),
  "\x8f": (m) => m.push(new Set()),
  "\x90": (m) => m.append(m.popMark()),
  "\x91": (m) => m.push(new Set(m.popMark())),
  "c": (m) => m.global(m.input.line(), m.input.line()),
  "i": (m) => { // INST
    const args = m.popMark();
    m.global(m.input.line(), m.input.line());
    m.call(args);
  },
  "o": (m) => { // OBJ
    const [callee, ...args] = m.popMark();
    m.push(callee);
    m.call(args);
  },
  "\x93": (m) => { // STACK_GLOBAL
    const name = m.pop();
    m.global(m.pop(), name);
  },
  "R": (m) => m.call(m.pop()),
  "\x81": (m) => m.call(m.pop()), // NEWOBJ
  "b": (m) => m.build(),
  "P": (m) => m.push(m.names.persistent(m.input.line())),
  "Q": (m) => m.push(m.names.persistent(m.pop())),
  "g": (m) => m.recall(Number(m.input.line())),
  "h": (m) => m.recall(m.input.u8()),
  "j": (m) => m.recall(m.input.u32()),
  "p": (m) => m.remember(Number(m.input.line())),
  "q": (m) => m.remember(m.input.u8()),
  "r": (m) => m.remember(m.input.u32()),
  "\x94": (m) => m.remember(m.memo.size),
});

function byCode(named: Readonly<Record<string, Operation>>): ReadonlyMap<number, Operation> {
  return new Map(Object.entries(named).map(([code, run]) => [code.charCodeAt(0), run]));
}

/**
 * Read one pickle.
 *
 * @param start where it begins in the bytes
 * @returns its value, and where it ended
 * @throws SyntaxError when it is cut off or no pickle, with the reason; what `names` throws
 */
export function readPickle(
  bytes: Uint8Array,
  names: PickleNames,
  start = 0,
): { value: unknown; end: number } {
  const input = new PickleInput(bytes, start);
  const machine = new Machine(input, names);
  for (;;) {
    const at = input.at;
    const code = input.u8();
    if (code === stop) return { value: machine.pop(), end: input.at };
    const operation = operations.get(code);
    if (!operation) {
      throw new SyntaxError(
        `byte ${at} is ${code}, which is no instruction of a pickle known here`,
      );
    }
    operation(machine);
  }
}
