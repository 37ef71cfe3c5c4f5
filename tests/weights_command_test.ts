import { deepEqual, equal, match, ok } from "node:assert/strict";
import { openStudentCheckpoint } from "../trainer/checkpoints/student_checkpoint.ts";
import { writeWeights } from "../trainer/checkpoints/write_weights.ts";
import { SafetensorsFile } from "../trainer/formats/safetensors_file.ts";
import { findStudent } from "../trainer/models/student.ts";
import { type Outcome, runDeno, taskWords } from "./helpers/command.ts";
import { ignoreWithout } from "./helpers/permissions.ts";
import { type Pickled, pytorchLegacy, pytorchZip, tensor } from "./helpers/pytorch_writer.ts";
import { runOnnx } from "./helpers/run_onnx.ts";
import { filledWeights, stateDict } from "./helpers/student_weights.ts";
import { folderTests } from "./helpers/temporary_folder.ts";

const test = folderTests(
  ignoreWithout({ read: true, write: true, run: true, env: true, sys: true }),
);
const weights = filledWeights(findStudent("unifuse"), { width: 0.0625 });

/** Runs `deno task import` or `export` with the permissions of its task. */
function run(task: "import" | "export", args: readonly string[]): Promise<Outcome> {
  return runDeno([...taskWords(task), ...args]);
}

/** What a release holds besides the weights. */
function release(): Map<string, Pickled> {
  const dict = stateDict(weights, "module.");
  const counter = tensor("n", [], BigInt64Array.of(7n), { type: "LongStorage" });
  dict.set("module.max_depth", tensor("d", [], Float32Array.of(10)));
  dict.set("module.equi_encoder.bn1.num_batches_tracked", counter);
  dict.set("module.head.weight", tensor("h", [1], Float32Array.of(10)));
  return dict.set("height", 64);
}

test("import writes a student's weights and lists what it left out", async (folder) => {
  const [file, output] = [`${folder}/release.pth`, `${folder}/c.safetensors`];
  await Deno.writeFile(file, pytorchLegacy(new Map([["model", release()]])));
  const { code, stdout, stderr } = await run("import", [file, "--output", output]);
  equal(code, 0, stderr);
  match(stdout, /^file {6}.*release\.pth, PyTorch$/m);
  match(stdout, /^student {3}unifuse, width 0\.0625.*, trained at 64x128$/m);
  match(stdout, new RegExp(`^loaded {4}${weights.size} tensors, \\d+ numbers$`, "m"));
  match(stdout, /^left out {2}1 counters of batch norms, not needed$/m);
  match(stdout, /^left out {2}1 scale of the output, always 10$/m);
  match(stdout, /^unused {4}head\.weight$/m);
  match(stdout, /^written {3}.*c\.safetensors$/m);
  using checkpoint = await openStudentCheckpoint(output);
  deepEqual([checkpoint.height, checkpoint.unused], [64, []]);
  deepEqual(await checkpoint.weights(), weights);

  const half = `${folder}/half.safetensors`;
  const again = await run("import", [output, "--output", half, "--float16", "--json"]);
  equal(again.code, 0, again.stderr);
  const { student, options, height, unused, tensors } = JSON.parse(again.stdout);
  deepEqual([student, options.width, height, unused, tensors], [
    "unifuse",
    0.0625,
    64,
    [],
    weights.size,
  ]);
  using smaller = await SafetensorsFile.open(half);
  equal(smaller.header.entries.get("equi_encoder.conv1.weight")!.dtype, "F16");
});

test("export writes the whole student as ONNX, and weights without the optimiser", async (folder) => {
  const checkpoint = `${folder}/c.safetensors`;
  await writeWeights(checkpoint, weights, { metadata: { height: "64" }, half: false });
  const onnx = `${folder}/student.onnx`;
  const args = ["--checkpoint", checkpoint, "--format"];
  const first = await run("export", [...args, "onnx", "--batch", "1", "--output", onnx]);
  equal(first.code, 0, first.stderr);
  match(first.stdout, /^written {3}.*student\.onnx$/m);
  const panorama = { dims: [1, 3, 64, 128], data: new Float32Array(3 * 64 * 128).fill(0.5) };
  const { disparity } = await runOnnx(await Deno.readFile(onnx), { panorama });
  deepEqual(disparity!.dims, [1, 64, 128]);
  ok(disparity!.data.every((v) => v > 0 && v < 10));

  const again = await run("import", [onnx, "--output", `${folder}/again.safetensors`, "--json"]);
  equal(again.code, 0, again.stderr);
  const { format, height, unused } = JSON.parse(again.stdout);
  deepEqual([format, height, unused], ["ONNX", 64, []]); // its own constants are no weights
  using read = await openStudentCheckpoint(`${folder}/again.safetensors`);
  deepEqual(await read.weights(), weights);

  const large = ["--height", "128", "--float16", "--output", onnx];
  equal((await run("export", [...args, "onnx", ...large])).code, 0);
  const bigger = { dims: [1, 3, 128, 256], data: new Float32Array(3 * 128 * 256).fill(0.5) };
  const other = await runOnnx(await Deno.readFile(onnx), { panorama: bigger });
  deepEqual(other.disparity!.dims, [1, 128, 256]);

  const plain = `${folder}/plain.safetensors`;
  equal((await run("export", [...args, "safetensors", "--output", plain])).code, 0);
  using file = await SafetensorsFile.open(plain);
  deepEqual([...file.header.entries.keys()].sort(), [...weights.keys()].sort());
  deepEqual({ ...file.header.metadata, height: "64" }, file.header.metadata);
});

test("import and export take a run folder as its newest checkpoint", async (folder) => {
  const path = `${folder}/checkpoints/step-00000007.safetensors`;
  await Deno.mkdir(`${folder}/checkpoints`);
  await writeWeights(path, weights, { metadata: { height: "64" }, half: false });
  await Deno.writeTextFile(`${folder}/checkpoints/latest`, "step-00000007.safetensors\n");
  const [imported, exported] = ["a", "b"].map((name) => `${folder}/${name}.safetensors`);
  const outcomes = [
    await run("import", [folder, "--output", imported!]),
    await run("export", [
      "--checkpoint",
      `${folder}/`,
      "--format",
      "safetensors",
      "--output",
      exported!,
    ]),
  ];
  for (const { code, stdout, stderr } of outcomes) {
    equal(code, 0, stderr);
    match(stdout, /^file {6}.*\/checkpoints\/step-00000007\.safetensors, safetensors$/m);
  }
  deepEqual(await Deno.readFile(imported!), await Deno.readFile(exported!));
});

test("import and export leave the file they read and a run's checkpoints alone", async (folder) => {
  const path = `${folder}/checkpoints/step-00000007.safetensors`;
  await Deno.mkdir(`${folder}/checkpoints`);
  await writeWeights(path, weights, { metadata: { height: "64" }, half: false });
  await Deno.writeTextFile(`${folder}/checkpoints/latest`, "step-00000007.safetensors\n");
  await Deno.symlink(`${folder}/checkpoints`, `${folder}/linked`);
  const [link, copy] = [`${folder}/link.safetensors`, `${folder}/copy.safetensors`];
  await Deno.link(path, link);
  await Deno.copyFile(path, copy);
  const before = await Deno.readFile(path);
  const same = /is the file to read: name another/;
  const among = /among the checkpoints of the run ".*", .*: name a path elsewhere/;
  const to = (format: string, from: string, output: string): [string, string[]] => [
    "export",
    ["--checkpoint", from, "--format", format, "--output", output],
  ];
  const asked: [RegExp, [string, string[]]][] = [
    [same, to("safetensors", path, path)],
    [same, to("safetensors", folder, link)],
    [same, ["import", [folder, "--output", `${folder}/linked/step-00000007.safetensors`]]],
    [among, ["import", [copy, "--output", path]]],
    [among, to("onnx", copy, `${folder}/linked/student.onnx`)],
    [/: expected a path ending in \.onnx/, to("onnx", copy, copy)],
  ];
  for (const [says, [task, args]] of asked) {
    const { code, stdout, stderr } = await run(task as "import" | "export", args);
    match(stderr, says);
    deepEqual([code, stdout], [2, ""]);
  }
  deepEqual(await Deno.readFile(path), before);
  deepEqual([...Deno.readDirSync(`${folder}/checkpoints`)].map(({ name }) => name).sort(), [
    "latest",
    "step-00000007.safetensors",
  ]);
});

test("export refuses a height that the student does not work at with exit code 2", async (folder) => {
  const checkpoint = `${folder}/c.safetensors`;
  const deep = filledWeights(findStudent("bifusepp"), { width: 0.0625 });
  await writeWeights(checkpoint, deep, { metadata: {}, half: false });
  const { code, stderr } = await run("export", [
    ...["--checkpoint", checkpoint, "--format", "onnx", "--height", "64"],
    ...["--output", `${folder}/a.onnx`],
  ]);
  match(stderr, /^Cannot use bifusepp at height 64: it takes multiples of 64 from 128 on/);
  equal(code, 2);
});

const missing = stateDict(weights);
missing.delete("equi_decoder.15.conv.bias");
const reshaped = stateDict(weights);
reshaped.set("equi_decoder.15.conv.bias", tensor("x", [2], Float32Array.of(1, 2)));
const whole = pytorchZip(stateDict(weights));
const x = tensor("0", [1], Float32Array.of(1));

/** Files that cannot be used, and what is said of each. */
const bad: Record<string, { bytes: Uint8Array<ArrayBuffer>; says: RegExp }> = {
  "is cut off": {
    bytes: whole.slice(0, whole.length >> 1),
    says: /Cannot read ".*bad\.pth" as a PyTorch file as it is cut off.*copy it again/,
  },
  "has the wrong magic": {
    bytes: new TextEncoder().encode("GIF89a and more"),
    says: /Cannot read ".*bad\.pth" as weights: it is neither .*; it begins with "GIF89a a"/,
  },
  "calls a function": {
    bytes: pytorchZip(new Map([["x", x], ["run", { call: "os.system", args: ["touch ran"] }]])),
    says: /names "os\.system", which is neither a tensor nor .*; nothing of it was executed/,
  },
  "has a tensor of another shape": {
    bytes: pytorchZip(reshaped),
    says: /other shape {2}equi_decoder\.15\.conv\.bias is \[2\], needed is \[1\]/,
  },
  "lacks a tensor": {
    bytes: pytorchLegacy(missing),
    says: /1 missing, 0 of another shape\n {2}missing {6}equi_decoder\.15\.conv\.bias \[1\]/,
  },
  "is of no known architecture": {
    bytes: pytorchZip(new Map([["backbone.weight", x]])),
    says: /Cannot tell which student ".*bad\.pth" is of: .* tensors are named backbone\.weight/,
  },
};

for (const [what, { bytes, says }] of Object.entries(bad)) {
  test(`import refuses a file that ${what} with exit code 1 and writes nothing`, async (folder) => {
    await Deno.writeFile(`${folder}/bad.pth`, bytes);
    const args = [`${folder}/bad.pth`, "--output", `${folder}/c.safetensors`];
    const { code, stdout, stderr } = await run("import", args);
    match(stderr, says);
    deepEqual([code, stdout], [1, ""]);
    deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["bad.pth"]);
  });
}

const wrong: Record<string, { task: "import" | "export"; args: string[]; says: RegExp }> = {
  "no file": { task: "import", args: ["--output", "c.safetensors"], says: /0 files are given/ },
  "two files": { task: "import", args: ["a.pth", "b.pth"], says: /2 files are given: name one/ },
  "no output": {
    task: "import",
    args: ["a.pth"],
    says: /--output is "": expected a path ending in \.safetensors/,
  },
  "no checkpoint": {
    task: "export",
    args: ["--format", "onnx", "--output", "a.onnx"],
    says: /--checkpoint is needed; --help/,
  },
  "no format": {
    task: "export",
    args: ["--checkpoint", "c", "--output", "a.onnx"],
    says: /--format is needed; --help/,
  },
  "an unknown format": {
    task: "export",
    args: ["--checkpoint", "c", "--output", "a", "--format", "gguf"],
    says: /--format is "gguf": expected onnx or safetensors/,
  },
  "a height between two that are allowed": {
    task: "export",
    args: ["--checkpoint", "c", "--output", "a.onnx", "--format", "onnx", "--height", "100"],
    says: /--height is "100": expected a multiple of 64/,
  },
  "a batch of a file without a graph": {
    task: "export",
    args: ["--checkpoint", "c", "--output", "a", "--format", "safetensors", "--batch", "2"],
    says: /--height and --batch belong to --format onnx/,
  },
};

for (const [what, { task, args, says }] of Object.entries(wrong)) {
  test(`${task} refuses ${what} with exit code 2`, async () => {
    const { code, stdout, stderr } = await run(task, args);
    match(stderr, says);
    deepEqual([code, stdout], [2, ""]);
  });
}
