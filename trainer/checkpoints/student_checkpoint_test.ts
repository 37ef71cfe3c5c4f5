import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { pytorchLegacy, pytorchZip, tensor } from "../../tests/helpers/pytorch_writer.ts";
import { filledWeights, stateDict } from "../../tests/helpers/student_weights.ts";
import { folderTests } from "../../tests/helpers/temporary_folder.ts";
import { writeSafetensors } from "../formats/safetensors_file.ts";
import { findStudent } from "../models/student.ts";
import { openStudentCheckpoint } from "./student_checkpoint.ts";
import { openWeights } from "./weights_file.ts";
import { writeWeights } from "./write_weights.ts";

const test = folderTests(ignoreWithout({ read: true, write: true }));
const unifuse = findStudent("unifuse");
const options = { width: 0.0625 };
const weights = filledWeights(unifuse, options);

/** Write a file and open it. */
async function opened(folder: string, bytes: Uint8Array<ArrayBuffer>, name = "a.pth") {
  await Deno.writeFile(`${folder}/${name}`, bytes);
  return await openStudentCheckpoint(`${folder}/${name}`);
}

for (const [container, write] of [["zip", pytorchZip], ["legacy", pytorchLegacy]] as const) {
  test(`A ${container} file with a wrapper, module. and further entries is a unifuse of its width`, async (folder) => {
    const dict = stateDict(weights, "module.");
    dict.set("module.max_depth", tensor("d", [], Float32Array.of(10)));
    const counter = "module.equi_encoder.bn1.num_batches_tracked";
    dict.set(counter, tensor("n", [], BigInt64Array.of(9n), { type: "LongStorage" }));
    dict.set("height", 128);
    using checkpoint = await opened(folder, write(new Map([["model", dict]])));
    equal(checkpoint.format, "PyTorch");
    equal(checkpoint.student, unifuse);
    deepEqual(checkpoint.options, { ...options, options: {} });
    equal(checkpoint.height, 128);
    deepEqual(checkpoint.unused, ["max_depth", counter.slice("module.".length)]);
    deepEqual(await checkpoint.weights(), weights);
  });
}

test("float16, bfloat16 and float64 are read as float32, and strided kernels in C order", async (folder) => {
  const dict = stateDict(weights);
  const of = (name: string) => ({ name, ...weights.get(name)! });
  const half = of("equi_decoder.15.conv.weight");
  const brain = of("equi_decoder.15.conv.bias");
  const double = of("equi_encoder.bn1.weight");
  const turned = of("equi_encoder.layer1.0.conv1.weight");
  const halves = new Float16Array(half.data);
  dict.set(half.name, tensor("h", half.shape, halves, { type: "HalfStorage" }));
  dict.set(brain.name, tensor("b", [1], Uint16Array.of(0x3fc0), { type: "BFloat16Storage" }));
  const doubles = Float64Array.from(double.data, (v) => v + 1e-12);
  dict.set(double.name, tensor("f", double.shape, doubles, { type: "DoubleStorage" }));
  const [o, i, kh, kw] = turned.shape as [number, number, number, number];
  const channelsLast = new Float32Array(turned.data.length);
  turned.data.forEach((v, at) => {
    const [out, rest] = [Math.floor(at / (i * kh * kw)), at % (i * kh * kw)];
    const [channel, tap] = [Math.floor(rest / (kh * kw)), rest % (kh * kw)];
    channelsLast[(out * kh * kw + tap) * i + channel] = v;
  });
  const stride = [i * kh * kw, 1, kw * i, i];
  dict.set(turned.name, tensor("t", [o, i, kh, kw], channelsLast, { stride }));
  using checkpoint = await opened(folder, pytorchZip(dict));
  const read = await checkpoint.weights();
  deepEqual(read.get(half.name)!.data, Float32Array.from(halves));
  deepEqual(read.get(brain.name)!.data, Float32Array.of(1.5));
  deepEqual(read.get(double.name)!.data, Float32Array.from(doubles));
  deepEqual(read.get(turned.name)!.data, turned.data);
});

test("safetensors come back, the optimiser's moments left out, halves widened", async (folder) => {
  const path = `${folder}/run.safetensors`;
  const moment = { shape: [1], data: Float32Array.of(1) };
  const tensors = [...weights].map(([name, { shape, data }]) =>
    [name, { shape, data: data.slice() }] as const
  );
  await writeSafetensors(path, [...tensors, ["optimizer.exp_avg.a", moment]], { height: "64" });
  using checkpoint = await openStudentCheckpoint(path);
  deepEqual([checkpoint.format, checkpoint.height, checkpoint.unused], ["safetensors", 64, []]);
  deepEqual(await checkpoint.weights(), weights);

  const half = `${folder}/half.safetensors`;
  await writeWeights(half, weights, { metadata: {}, half: true });
  using smaller = await openStudentCheckpoint(half);
  equal(smaller.height, undefined);
  for (const [name, { shape, data }] of await smaller.weights()) {
    const want = weights.get(name)!.data;
    deepEqual(data, shape.length > 1 ? Float32Array.from(new Float16Array(want)) : want, name);
  }
  ok((await Deno.stat(half)).size < 0.6 * (await Deno.stat(path)).size);
});

test("writeWeights() refuses what float16 cannot hold, and leaves no file", async (folder) => {
  const large = new Map([["a.weight", { shape: [1, 2], data: Float32Array.of(1, 1e6) }]]);
  await rejects(
    writeWeights(`${folder}/a.safetensors`, large, { metadata: {}, half: true }),
    /^RangeError: Cannot store "a\.weight" as float16: element 1 is 1000000; leave --float16 away$/,
  );
  deepEqual([...Deno.readDirSync(folder)], []);
});

test("A checkpoint that lacks tensors or has other shapes is refused with all of them", async (folder) => {
  const dict = stateDict(weights);
  dict.delete("equi_decoder.15.conv.bias");
  dict.delete("equi_encoder.bn1.running_mean");
  dict.set("equi_decoder.15.conv.weight", tensor("w", [2, 4, 3, 3], new Float32Array(72)));
  await rejects(opened(folder, pytorchZip(dict)), {
    name: "TypeError",
    message:
      `Cannot use "${folder}/a.pth" as unifuse, width 0.0625: of its ${weights.size} tensors 2 missing, 1 of another shape
  missing      equi_decoder.15.conv.bias [1]
  missing      equi_encoder.bn1.running_mean [4]
  other shape  equi_decoder.15.conv.weight is [2,4,3,3], needed is [1,4,3,3]`,
  });
});

test("A file of no known student is refused with what it holds", async (folder) => {
  const x = tensor("0", [2], Float32Array.of(1, 2));
  const names = ["depth_head.a", "depth_head.b", "pretrained.c", "pretrained.d"];
  await rejects(
    opened(folder, pytorchZip(new Map(names.map((name) => [name, x])))),
    /^TypeError: Cannot tell which student ".*a\.pth" is of: known are unifuse.*; its 4 tensors are named depth_head\.a, depth_head\.b, pretrained\.c, …$/,
  );
});

test("Files that hold no weights are refused by what they are", async (folder) => {
  const refused = async (text: string, message: RegExp, name = "a.pth"): Promise<void> => {
    await Deno.writeTextFile(`${folder}/${name}`, text);
    await rejects(openWeights(`${folder}/${name}`), message);
  };
  await refused(
    "<!DOCTYPE html><html>",
    /^SyntaxError: Cannot read ".*a\.pth" as weights: it is neither safetensors nor a PyTorch file nor ONNX; it begins with "<!DOCTYP", a web page: download the file itself$/,
  );
  await refused("", /nor ONNX; it is empty$/);
  await refused("\x00\x01binary data", /it begins with "\.\.binary"$/);
  await refused("PK\x03\x04 and nothing more", /as a PyTorch file as it is cut off/);
  await refused("not a model at all, but text", /as it is no ONNX model, or cut off/, "a.onnx");
  await refused("not a model at all, but text", /as it is no ONNX model, or cut off/, "a.ONNX");
  await refused('\x30\0\0\0\0\0\0\0{"a":', /as safetensors because it is torn/, "a.safetensors");
  await rejects(openWeights(`${folder}/b.pth`), /^Error: Cannot read ".*b\.pth": there is no such/);
  await rejects(openWeights(folder), /^Error: Cannot use ".*" as it is not a run folder/);
});

test("A tensor whose storage is too short is refused when it is read, by name", async (folder) => {
  const dict = stateDict(weights);
  const { shape } = weights.get("equi_decoder.15.conv.weight")!;
  const stride = shape.map(() => 1000);
  dict.set("equi_decoder.15.conv.weight", tensor("w", shape, new Float32Array(72), { stride }));
  using checkpoint = await opened(folder, pytorchZip(dict));
  await rejects(
    checkpoint.weights(),
    /^SyntaxError: Cannot read "equi_decoder\.15\.conv\.weight" of ".*a\.pth" as a tensor of shape \[.*\] reaches element \d+ of storage "w", which has 72$/,
  );
});

test("A tensor that is not finite is refused by name", async (folder) => {
  const name = "equi_encoder.layer1.0.conv1.weight";
  const { shape, data } = weights.get(name)!;
  const dict = stateDict(weights).set(name, tensor("w", shape, data.with(5, NaN)));
  using checkpoint = await opened(folder, pytorchZip(dict));
  await rejects(
    checkpoint.weights(),
    /^SyntaxError: Cannot use "equi_encoder\.layer1\.0\.conv1\.weight" of ".*a\.pth" as its element 5 is NaN: take an earlier checkpoint, or another file$/,
  );
});

test("A damaged tensor of a .pth is refused by name, and nothing is imported", async (folder) => {
  const file = pytorchZip(stateDict(weights));
  const name = "equi_decoder.15.conv.weight";
  const { data } = weights.get(name)!;
  const numbers = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const at = file.findIndex((_, i) => numbers.every((byte, k) => file[i + k] === byte));
  file[at + 7]! ^= 1; // half or twice the number
  using checkpoint = await opened(folder, file);
  await rejects(
    checkpoint.weights(),
    /^SyntaxError: Cannot read "equi_decoder\.15\.conv\.weight" of ".*a\.pth" as storage "\d+" is damaged: its CRC-32 is/,
  );
});
