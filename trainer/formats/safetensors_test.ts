import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import {
  parseSafetensorsHeader,
  type SafeTensor,
  safetensorsChunks,
  type SafetensorsHeader,
} from "./safetensors.ts";
import { SafetensorsFile, writeSafetensors } from "./safetensors_file.ts";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { temporaryFolder } from "../../tests/helpers/temporary_folder.ts";

const need = ignoreWithout({ read: true, write: true });

const TENSORS = [
  ["z.weight", { shape: [2, 3], data: new Float32Array([1, 2, 3, 4, 5, 1e-40]) }],
  ["mask", { shape: [3], data: new Uint8Array([1, 0, 1]) }],
  ["half", { shape: [2], data: new Float16Array([0.5, -2]) }],
  ["steps", { shape: [], data: new BigInt64Array([12n]) }],
  ["a.empty", { shape: [0, 4], data: new Float32Array(0) }],
  ["brain", { shape: [1], data: new Uint16Array([0x3f80]), dtype: "BF16" }],
] as const;

/** A whole file in memory. */
function encode(
  tensors: Iterable<readonly [string, SafeTensor]>,
  metadata?: Record<string, string>,
): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([...safetensorsChunks(tensors, metadata)].flatMap((chunk) => [...chunk]));
}

/** The header of a whole file in memory. */
function parse(bytes: Uint8Array, name = "safetensors"): SafetensorsHeader {
  return parseSafetensorsHeader(bytes, bytes.length, name);
}

Deno.test("safetensorsChunks() orders tensors so that all are aligned and equal input gives equal bytes", () => {
  const bytes = encode(TENSORS, { step: "12", text: 'ü"\n' });
  const { entries, metadata, dataStart } = parse(bytes);
  deepEqual(metadata, { step: "12", text: 'ü"\n' });
  deepEqual([...entries.keys()], ["steps", "a.empty", "z.weight", "brain", "half", "mask"]);
  for (const [name, { shape, data }] of TENSORS) {
    deepEqual(entries.get(name)!.shape, [...shape]);
    equal((dataStart + entries.get(name)!.range[0]) % data.BYTES_PER_ELEMENT, 0);
  }
  equal(entries.get("brain")!.dtype, "BF16");
  deepEqual(encode([...TENSORS].reverse(), { step: "12", text: 'ü"\n' }), bytes);
});

Deno.test("parseSafetensorsHeader() reads a file laid out by hand", () => {
  const json = '{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
  const bytes = new Uint8Array(8 + json.length + 4);
  bytes[0] = json.length;
  new TextEncoder().encodeInto(json, bytes.subarray(8));
  const { entries, dataStart } = parse(bytes);
  deepEqual([...entries], [["x", { dtype: "F32", shape: [1], range: [0, 4] }]]);
  equal(dataStart, 8 + json.length);
});

Deno.test("parseSafetensorsHeader() refuses torn, foreign and inconsistent files", () => {
  const good = encode(TENSORS);
  throws(
    () => parse(new Uint8Array(5), "a"),
    /Cannot read "a" as safetensors because it is short/,
  );
  throws(() => parse(good.subarray(0, 100)), /torn/);
  throws(() => parse(good.subarray(0, good.length - 1)), /torn: current size is/);
  throws(
    () => parse(new TextEncoder().encode("PK\x03\x04 a zip file")),
    /another kind of file/,
  );
  const file = (header: unknown, data: number) => {
    const json = typeof header === "string" ? header : JSON.stringify(header);
    const bytes = new Uint8Array(8 + json.length + data);
    bytes[0] = json.length;
    new TextEncoder().encodeInto(json, bytes.subarray(8));
    return bytes;
  };
  const x = { dtype: "F32", shape: [1], data_offsets: [0, 4] };
  throws(() => parse(file("{x", 0)), /not JSON/);
  throws(() => parse(file({ x: { ...x, dtype: "F8" } }, 4)), /has type "F8"/);
  throws(() => parse(file({ x: { ...x, shape: [-1] } }, 4)), /no valid shape/);
  throws(() => parse(file({ x: { ...x, shape: [2] } }, 4)), /needs 8 bytes/);
  throws(
    () => parse(file({ x, y: x }, 4)),
    /tensor "y" starts at byte 0 of the data, expected 4/,
  );
  throws(() => parse(file({ x: { ...x, data_offsets: [4, 8] } }, 8)), /expected 0/);
  throws(
    () => encode([["x", { shape: [2], data: new Float32Array(3) }]]),
    /Cannot write tensor "x"/,
  );
});

Deno.test(
  "SafetensorsFile reads single tensors from disk" + need.suffix,
  { ignore: need.ignore },
  async () => {
    await using temporary = await temporaryFolder();
    const folder = temporary.path;
    const path = `${folder}/c.safetensors`;
    await writeSafetensors(path, TENSORS, { kind: "test" });
    {
      using file = await SafetensorsFile.open(path);
      equal(file.header.metadata.kind, "test");
      for (const [name, { shape, data }] of TENSORS) {
        const read = await file.read(name);
        deepEqual([read.shape, read.data], [[...shape], data]);
      }
      await rejects(file.read("nothing"), /Cannot read tensor "nothing"/);
    }
    await Deno.truncate(path, 20);
    await rejects(SafetensorsFile.open(path), SyntaxError);
    await rejects(SafetensorsFile.open(`${folder}/absent`), Deno.errors.NotFound);
  },
);
