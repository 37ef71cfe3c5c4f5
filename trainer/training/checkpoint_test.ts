import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { fill } from "../../tests/helpers/fill.ts";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { folderTests } from "../../tests/helpers/temporary_folder.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import type { Shape } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { writeSafetensors } from "../formats/safetensors_file.ts";
import { loadCheckpoint, saveCheckpoint } from "./checkpoint.ts";

const test = folderTests(ignoreWithout({ read: true, write: true }));

/** A store of two parameters and a statistic, filled by a seed. */
async function store(seed: string, shape: Shape = [5, 3, 2, 1]): Promise<ParameterStore> {
  const made = new ParameterStore(await testGpu());
  made.declare("conv.weight", shape, "values");
  made.declare("conv.bias", [5], "values");
  made.declare("norm.running_mean", [5], "states");
  for (const name of [...made.names(), ...made.states()]) {
    made.set(name, fill(`${seed} ${name}`, made.shape(name)).data);
  }
  for (const name of made.names()) {
    for (const moment of ["m", "v"] as const) {
      made.set(name, fill(`${seed} ${name} ${moment}`, made.shape(name)).data, moment);
    }
  }
  return made;
}

/** Everything in a store that a checkpoint keeps. */
async function content(of: ParameterStore): Promise<Map<string, Float32Array>[]> {
  return [
    await of.getAll("values"),
    await of.getAll("states"),
    await of.getAll("m"),
    await of.getAll("v"),
  ];
}

test("A checkpoint brings back weights, statistics, moments and step to the bit", async (folder) => {
  const path = `${folder}/a.safetensors`;
  const [a, b] = [await store("a"), await store("b")];
  await saveCheckpoint(path, a, 17);
  equal((await loadCheckpoint(path, b)).step, 17);
  deepEqual(await content(b), await content(a));
  await saveCheckpoint(`${folder}/b.safetensors`, b, 17);
  deepEqual(await Deno.readFile(`${folder}/b.safetensors`), await Deno.readFile(path));
});

test("A checkpoint without moments is no checkpoint of a run", async (folder) => {
  const path = `${folder}/a.safetensors`;
  const a = await store("a");
  const weights = [...await a.getAll("values"), ...await a.getAll("states")];
  await writeSafetensors(
    path,
    weights.map(([name, data]) => [name, { shape: a.shape(name), data: data.slice() }]),
  );
  await rejects(
    loadCheckpoint(path, a),
    /it has 3 tensors, and none named "optimizer\.exp_avg\.conv\.weight", which the network needs/,
  );
});

test("A checkpoint that does not fit names the tensor and both shapes", async (folder) => {
  const path = `${folder}/a.safetensors`;
  await saveCheckpoint(path, await store("a"), 3);
  await rejects(
    loadCheckpoint(path, await store("b", [5, 3, 2, 2])),
    /^TypeError: Cannot load ".*": tensor "conv\.weight" is \[5,3,2,1\], the network needs \[5,3,2,2\]$/,
  );
});

test("A checkpoint that is cut off or that cannot be written is told of", async (folder) => {
  const path = `${folder}/a.safetensors`;
  const a = await store("a");
  await saveCheckpoint(path, a, 3);
  const bytes = await Deno.readFile(path);
  await Deno.writeFile(path, bytes.subarray(0, bytes.length - 8));
  await rejects(loadCheckpoint(path, a), (error: Error) => {
    match(error.message, /a\.safetensors/);
    return true;
  });
  await Deno.mkdir(`${folder}/taken`);
  await rejects(saveCheckpoint(`${folder}/taken`, a, 3));
  equal([...Deno.readDirSync(folder)].length, 2); // nothing partial
});
