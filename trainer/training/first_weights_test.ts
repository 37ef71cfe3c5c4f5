import { deepEqual, equal, notDeepEqual, rejects } from "node:assert/strict";
import { conv } from "../../tests/helpers/onnx_layers.ts";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { type Pickled, pytorchZip, tensor } from "../../tests/helpers/pytorch_writer.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { filledWeights, stateDict } from "../../tests/helpers/student_weights.ts";
import { folderTests } from "../../tests/helpers/temporary_folder.ts";
import { writeWeights } from "../checkpoints/write_weights.ts";
import { OnnxGraph } from "../formats/onnx.ts";
import { newConfigOn } from "../commands/new_config.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { initialise, type NamedWeights } from "../models/initialise.ts";
import { findStudent } from "../models/student.ts";
import { FirstWeights } from "./first_weights.ts";

const test = folderTests(ignoreWithout({ read: true, write: true }));
const unifuse = findStudent("unifuse");
const width = 0.25;
const weights = filledWeights(unifuse, { width });

/** What a file starts. */
async function check(
  init: string,
  options: { width?: 1 | 0.5 | 0.25; name?: string } = {},
): Promise<FirstWeights["kind"]> {
  using first = await FirstWeights.open({ name: "unifuse", width, ...options, init });
  return first.kind;
}

/** A student's encoder as torchvision would save it, with a classifier. */
function resnet(of: NamedWeights, prefix = "equi_encoder."): Map<string, Pickled> {
  const encoder = [...of].filter(([name]) => name.startsWith(prefix));
  const dict = stateDict(new Map(encoder.map(([name, w]) => [name.slice(prefix.length), w])));
  dict.set("fc.weight", tensor("fc", [2, 3], new Float32Array(6)));
  dict.set(
    "bn1.num_batches_tracked",
    tensor("n", [], BigInt64Array.of(1n), { type: "LongStorage" }),
  );
  return dict;
}

/** A store as a run begins with it. */
async function started(init: string): Promise<Map<string, Float32Array>> {
  const store = new ParameterStore(await testGpu());
  const graph = new Graph(store.gpu, store, "train");
  unifuse.record(graph, graph.input("image", [1, 64, 128, 3]), { width });
  initialise(store, 1, unifuse.encoders);
  using first = await FirstWeights.open({ name: "unifuse", width, init });
  await first.load(store);
  const all = new Map([...await store.getAll("values"), ...await store.getAll("states")]);
  store.destroy();
  return all;
}

test("A run starts from a whole checkpoint of its student, .pth or safetensors", async (folder) => {
  const files = { pth: `${folder}/a.pth`, safetensors: `${folder}/a.safetensors` };
  await Deno.writeFile(files.pth, pytorchZip(new Map([["model", stateDict(weights, "module.")]])));
  await writeWeights(files.safetensors, weights, { metadata: {}, half: false });
  for (const init of Object.values(files)) {
    equal(await check(init), "student");
    const store = await started(init);
    equal(store.size, weights.size);
    for (const [name, { data }] of weights) deepEqual(store.get(name), data, name);
  }
});

test("A file of first weights is opened once, from the look at it to the store", async (folder) => {
  const [init, open] = [`${folder}/a.pth`, Deno.open];
  await Deno.writeFile(init, pytorchZip(stateDict(weights)));
  const opened: unknown[] = [];
  Deno.open = (path, options) => {
    opened.push(path);
    return open(path, options);
  };
  try {
    const limits = { maxStorageBufferBindingSize: 2 ** 30, maxBufferSize: 2 ** 30 };
    const gpu = { kind: "cpu" as const, limits: limits as GPUSupportedLimits };
    const { first } = await newConfigOn(gpu, { init });
    await Deno.remove(init); // nor is it read by another way
    const store = new ParameterStore(await testGpu());
    const graph = new Graph(store.gpu, store, "train");
    unifuse.record(graph, graph.input("image", [1, 64, 128, 3]), { width });
    await first.load(store);
    first[Symbol.dispose]();
    deepEqual(
      await store.get("equi_encoder.conv1.weight"),
      weights.get("equi_encoder.conv1.weight")!.data,
    );
    deepEqual(opened, [init]);
    store.destroy();
  } finally {
    Deno.open = open;
  }
});

test("A run starts both encoders from torchvision's ResNet and leaves the decoder", async (folder) => {
  const init = `${folder}/resnet18.pth`;
  await Deno.writeFile(init, pytorchZip(resnet(weights)));
  equal(await check(init), "encoders");
  const [random, store] = [await started("random"), await started(init)];
  for (const [name, data] of store) {
    const own = name.replace(/^(equi|cube)_encoder\./, "equi_encoder.");
    const [want, other] = name === own && !name.startsWith("equi_encoder.")
      ? [random.get(name)!, weights.get(name)!.data]
      : [weights.get(own)!.data, random.get(name)!];
    deepEqual(data, want, name);
    if (data.length > 4) notDeepEqual(data, other, name);
  }
});

test("BiFuse++ starts from torchvision's ResNet-34", async (folder) => {
  const init = `${folder}/resnet34.pth`;
  const student = { name: "bifusepp", width } as const;
  const deeper = filledWeights(findStudent(student.name), { width });
  await Deno.writeFile(init, pytorchZip(resnet(deeper, "dnet.resnet_equi.")));
  equal(await check(init, student), "encoders");
  await rejects(check(init), /is not that of unifuse: it lacks 0 tensors and has 80 more/);
});

test("A run starts its encoders from the embedded encoder", async () => {
  equal(await check("builtin"), "encoders");
  const [random, store] = [await started("random"), await started("builtin")];
  const name = "layer4.1.conv2.weight";
  deepEqual(store.get(`equi_encoder.${name}`), store.get(`cube_encoder.${name}`));
  notDeepEqual(store.get(`equi_encoder.${name}`), random.get(`equi_encoder.${name}`));
  equal(await check("random"), "random");
});

/** A network of one convolution. */
function network(name: string): Uint8Array<ArrayBuffer> {
  const graph = new OnnxGraph("first");
  const x = graph.input("image", ["n", 3, 64, 64]);
  const weight = new Float32Array(64 * 3 * 49).fill(1);
  const y = conv(graph, x, name, { weight, shape: [64, 3, 7, 7] }, { padding: 3 });
  graph.output("depth", y, ["n", 64, 64, 64]);
  return graph.encode();
}

test("FirstWeights.open() refuses what a student cannot start from, and names what to do", async (folder) => {
  const init = `${folder}/first.onnx`;
  await rejects(
    check(init),
    /^Error: Cannot use student\.init = ".*first\.onnx": Cannot read ".*": there is no such file\. Name builtin, .* --set student\.init=random$/,
  );
  await Deno.writeTextFile(init, "<html>");
  await rejects(
    check(init),
    /^Error: Cannot use student\.init = .* it is no ONNX model, or cut off/,
  );
  await Deno.writeFile(init, network("patch_embed"));
  await rejects(
    check(init),
    /^TypeError: Cannot use student\.init = ".*first\.onnx" as it is neither a checkpoint of unifuse, width 0\.25 nor has it a ResNet for its encoders: name torchvision's ResNet or .*student\.init=random$/,
  );
  await rejects(
    check("builtin", { width: 0.5 }),
    /^RangeError: Cannot use student\.init = "builtin" with student\.width = 0\.5 as its encoder has width 0\.25: choose --set student\.width=0\.25, or .*student\.init=random$/,
  );
});

test("FirstWeights.open() refuses a checkpoint of another student or width, and says of which", async (folder) => {
  const init = `${folder}/a.safetensors`;
  await writeWeights(init, weights, { metadata: {}, half: false });
  await rejects(
    check(init, { width: 1 }),
    /^RangeError: Cannot use student\.init = ".*" as it is a checkpoint of unifuse, width 0\.25, and the run trains unifuse, width 1: leave that away and use --init, which trains what the file is of, or/,
  );
});

test("FirstWeights.open() refuses a ResNet of another depth", async (folder) => {
  const init = `${folder}/resnet.pth`;
  const deeper = resnet(weights);
  deeper.set("layer1.2.conv1.weight", tensor("x", [16, 16, 3, 3], new Float32Array(2304)));
  await Deno.writeFile(init, pytorchZip(deeper));
  await rejects(
    check(init),
    /^RangeError: Cannot use student\.init = ".*" as its ResNet is not that of unifuse: it lacks 0 tensors and has 1 more \(first "layer1\.2\.conv1\.weight"\); name one of the right depth, or/,
  );
  const shallower = resnet(weights);
  shallower.delete("layer3.1.conv1.weight");
  await Deno.writeFile(init, pytorchZip(shallower));
  await rejects(
    check(init),
    /it lacks 1 tensors and has 0 more \(first "layer3\.1\.conv1\.weight"\)/,
  );
});
