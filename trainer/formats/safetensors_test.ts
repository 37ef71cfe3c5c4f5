import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
import { readSafetensors, SafetensorsFile, writeSafetensors } from "./safetensors_file.ts";
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

Deno.test("decodeSafetensors() returns tensors and metadata, aligned, in a stable order", () => {
  const bytes = encodeSafetensors(TENSORS, { step: "12", text: 'ü"\n' });
  const { tensors, metadata } = decodeSafetensors(bytes);
  deepEqual(metadata, { step: "12", text: 'ü"\n' });
  deepEqual([...tensors.keys()], ["steps", "a.empty", "z.weight", "brain", "half", "mask"]);
  for (const [name, { shape, data }] of TENSORS) {
    deepEqual(tensors.get(name)!.shape, [...shape]);
    deepEqual(tensors.get(name)!.data, data);
  }
  equal(tensors.get("brain")!.dtype, "BF16");
  deepEqual(encodeSafetensors([...TENSORS].reverse(), { step: "12", text: 'ü"\n' }), bytes);
});

Deno.test("decodeSafetensors() reads a file laid out by hand", () => {
  const json = '{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
  const bytes = new Uint8Array(8 + json.length + 4);
  bytes[0] = json.length;
  new TextEncoder().encodeInto(json, bytes.subarray(8));
  bytes.set([0, 0, 0x80, 0x3f], 8 + json.length);
  deepEqual(decodeSafetensors(bytes).tensors.get("x")!.data, new Float32Array([1]));
});

Deno.test("decodeSafetensors() refuses torn, foreign and inconsistent files", () => {
  const good = encodeSafetensors(TENSORS);
  throws(
    () => decodeSafetensors(new Uint8Array(5), "a"),
    /Cannot read "a" as safetensors because it is short/,
  );
  throws(() => decodeSafetensors(good.subarray(0, 100)), /torn/);
  throws(() => decodeSafetensors(good.subarray(0, good.length - 1)), /torn: current size is/);
  throws(
    () => decodeSafetensors(new TextEncoder().encode("PK\x03\x04 a zip file")),
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
  throws(() => decodeSafetensors(file("{x", 0)), /not JSON/);
  throws(() => decodeSafetensors(file({ x: { ...x, dtype: "F8" } }, 4)), /has type "F8"/);
  throws(() => decodeSafetensors(file({ x: { ...x, shape: [-1] } }, 4)), /no valid shape/);
  throws(() => decodeSafetensors(file({ x: { ...x, shape: [2] } }, 4)), /needs 8 bytes/);
  throws(
    () => decodeSafetensors(file({ x, y: x }, 4)),
    /tensor "y" starts at byte 0 of the data, expected 4/,
  );
  throws(() => decodeSafetensors(file({ x: { ...x, data_offsets: [4, 8] } }, 8)), /expected 0/);
  throws(
    () => encodeSafetensors([["x", { shape: [2], data: new Float32Array(3) }]]),
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
      deepEqual((await file.read("half")).data, TENSORS[2][1].data);
      await rejects(file.read("nothing"), /Cannot read tensor "nothing"/);
    }
    equal((await readSafetensors(path)).tensors.size, TENSORS.length);
    await Deno.truncate(path, 20);
    await rejects(SafetensorsFile.open(path), SyntaxError);
    await rejects(readSafetensors(`${folder}/absent`), Deno.errors.NotFound);
  },
);
