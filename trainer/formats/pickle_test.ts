import { deepEqual, equal, throws } from "node:assert/strict";
import { type PickleNames, PickleRecord, readPickle } from "./pickle.ts";

/** Text of a pickle as bytes; characters up to 255 stand for themselves. */
function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

const names: PickleNames = {
  global(module, name) {
    if (module !== "allowed") throw new TypeError(`names ${module}.${name}`);
    if (name === "constant") return { name };
    return { name, call: (args) => name === "Record" ? new PickleRecord() : [name, ...args] };
  },
  persistent: (id) => ({ persistent: id }),
};

function read(text: string): unknown {
  return readPickle(bytes(text), names).value;
}

const plain: [name: string, pickle: string, value: unknown][] = [
  ["None, True, False", "\x80\x02N\x88\x89\x87.", [null, true, false]],
  ["small whole numbers", "K\xffM\x00\x01J\xfe\xff\xff\xff\x87.", [255, 256, -2]],
  ["long whole numbers", "\x8a\x02\xff\x00\x8a\x01\xff\x8a\x00\x87.", [255, -1, 0]],
  ["whole numbers beyond 2^53", "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f.", 2n ** 63n - 1n],
  ["a long with a long length", "\x8b\x01\x00\x00\x00\x05.", 5],
  ["numbers as text", "I12\nL-7L\nF0.5\n\x87.", [12, -7, 0.5]],
  ["booleans as text", "I01\nI00\n\x86.", [true, false]],
  ["floats, big endian", "G\x3f\xe0\x00\x00\x00\x00\x00\x00.", 0.5],
  ["texts", "X\x02\x00\x00\x00\xc3\xbc\x8c\x01aU\x01b\x87.", ["ü", "a", "b"]],
  ["texts of protocol 1", "T\x01\x00\x00\x00c.", "c"],
  ["texts of protocol 0", "S'a'\nS\"b\"\nVc\n\x87.", ["a", "b", "c"]],
  ["long texts", "\x8d\x01\x00\x00\x00\x00\x00\x00\x00a.", "a"],
  ["lists", "](K\x01K\x02eK\x03a.", [1, 2, 3]],
  ["lists and tuples by marks", "(K\x01l(K\x02t\x85\x86.", [[1], [[2]]]],
  ["dicts", "}X\x01\x00\x00\x00aK\x01s(X\x01\x00\x00\x00bK\x02u.", new Map([["a", 1], ["b", 2]])],
  ["dicts by marks", "(K\x01K\x02d.", new Map([[1, 2]])],
  ["sets", "\x8f(K\x01K\x02\x90(K\x03\x91\x86.", [new Set([1, 2]), new Set([3])]],
  ["bytes", "C\x01aB\x01\x00\x00\x00b\x86.", [bytes("a"), bytes("b")]],
  ["the memo", "K\x01q\x050h\x05h\x05\x86.", [1, 1]],
  ["the memo by long keys", "K\x01r\x00\x01\x00\x00j\x00\x01\x00\x00p7\ng7\n\x87.", [1, 1, 1]],
  [
    "the memo by itself, in a frame",
    "\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x00K\x01\x94h\x00\x86.",
    [1, 1],
  ],
  ["what is put aside", "K\x01(K\x02K\x0310K\x04" + "2\x86.", [4, 4]],
  ["calls", "callowed\nf\nK\x01\x85R.", ["f", 1]],
  ["classes", "callowed\nf\nK\x01\x85\x81.", ["f", 1]],
  ["calls by names on the stack", "\x8c\x07allowed\x8c\x01f\x93)R.", ["f"]],
  ["instances of protocol 0 and 1", "(K\x01iallowed\nf\n(callowed\nf\nK\x02o\x86.", [["f", 1], [
    "f",
    2,
  ]]],
  ["persistent ids", "P7\nK\x08Q\x86.", [{ persistent: "7" }, { persistent: 8 }]],
];

for (const [name, pickle, value] of plain) {
  Deno.test(`readPickle() reads ${name}`, () => {
    deepEqual(read(pickle), value);
  });
}

Deno.test("readPickle() gives attributes to records and to nothing else", () => {
  const record = read("callowed\nRecord\n)\x81}(X\x01\x00\x00\x00aK\x01ub.") as PickleRecord;
  deepEqual(record.fields, new Map([["a", 1]]));
  deepEqual(read("]}(X\x01\x00\x00\x00aK\x01ub."), []);
});

Deno.test("readPickle() says where a pickle ends", () => {
  const two = bytes("K\x01.K\x02.");
  const first = readPickle(two, names);
  equal(first.end, 3);
  equal(readPickle(two, names, first.end).value, 2);
});

Deno.test("readPickle() refuses a name before anything is done with it", () => {
  throws(() => read("cposix\nsystem\nX\x02\x00\x00\x00lsR."), /^TypeError: names posix\.system$/);
  throws(() => read("\x8c\x05posix\x8c\x06system\x93."), /names posix\.system/);
  throws(() => read("(iposix\nsystem\n."), /names posix\.system/);
});

const broken: [reason: string, pickle: string, message: RegExp][] = [
  [
    "ends early",
    "X\x05\x00\x00\x00ab",
    /^SyntaxError: it is cut off: byte 5 asks for 5 more, and there are 2$/,
  ],
  ["does not stop", "K\x01", /cut off: byte 2 asks for 1 more, and there are 0/],
  ["has a line without end", "I12", /cut off: byte 1 begins a line without end/],
  ["has an unknown instruction", "\x82\x01.", /byte 0 is 130, which is no instruction/],
  ["has a newer protocol", "\x80\x06.", /its pickle protocol is 6, at most 5 is known/],
  ["takes from an empty stack", "0.", /takes more values than it has given/],
  ["takes across a mark", "K\x01(0.", /takes more values than it has given/],
  ["ends a list that was not begun", "e.", /ends a list that it has not begun/],
  ["recalls what was never stored", "h\x03.", /recalls value 3, which it never stored/],
  [
    "calls what is no function",
    "callowed\nconstant\n)R.",
    /calls "constant", which is no function here/,
  ],
  [
    "calls with what are no arguments",
    "callowed\nf\nK\x01R.",
    /calls "f", which is no function here/,
  ],
  ["appends to a number", "K\x01K\x02a.", /appends to what is no list/],
  ["puts into a list", "]K\x01K\x02s.", /puts items into what is no dict/],
  ["has text for a number", "Ix\n.", /"x" is no whole number/],
  ["has an escaped text", "S'\\n'\n.", /is no plain text/],
];

for (const [reason, pickle, message] of broken) {
  Deno.test(`readPickle() refuses a pickle that ${reason}`, () => {
    throws(() => read(pickle), message);
  });
}
