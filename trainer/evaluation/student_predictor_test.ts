import { deepEqual, ok } from "node:assert/strict";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import "../../tests/helpers/tiny_student.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { initialise } from "../models/initialise.ts";
import { findStudent } from "../models/student.ts";
import { StudentPredictor } from "./student_predictor.ts";

const student = { name: "tiny", width: 1 };
const HEIGHT = 64;

async function trainedStore(): Promise<ParameterStore> {
  const store = new ParameterStore(await testGpu());
  const graph = new Graph(store.gpu, store, "train");
  findStudent("tiny").record(graph, graph.input("image", [1, 64, 128, 3]), { width: 1 });
  store.buffer("values"); // as after a training graph was built
  initialise(store, 1, []);
  return store;
}

/** Packed RGBA words of smooth panoramas. */
function panorama(seed: number, height = HEIGHT): Uint32Array {
  const bytes = Uint8Array.from({ length: height * height * 8 }, (_, i) => {
    const [column, row] = [(i >> 2) % (2 * height), Math.floor((i >> 3) / height)];
    return 128 + 100 * Math.sin(6 * column / height + seed + i % 4) * Math.cos(4 * row / height);
  });
  return new Uint32Array(bytes.buffer);
}

Deno.test("StudentPredictor gives a map a panorama, whatever the batch", async () => {
  const store = await trainedStore();
  const all = [1, 2, 3, 4, 5].map((seed) => panorama(seed));
  const maps: Float32Array[][] = [];
  for (const batch of [1, 2, 5]) {
    const options = { student, height: HEIGHT, batch };
    const predictor = await StudentPredictor.open(store.gpu, store, options);
    maps.push(await predictor.predict(all));
    predictor.destroy();
  }
  deepEqual(maps[0]!.map((map) => map.length), all.map(() => 2 * HEIGHT * HEIGHT));
  deepEqual(maps[1], maps[0]);
  deepEqual(maps[2], maps[0]);
  ok(maps[0]!.every((map, i) => i === 0 || map.some((value, p) => value !== maps[0]![0]![p])));
});

Deno.test("StudentPredictor takes panoramas one by one where the maps of two cannot be bound", async () => {
  const store = await trainedStore();
  const one = 4 * 2 * HEIGHT ** 2 * findStudent(student.name).floatsPerPixel(student.width);
  const bytes = async (limit: number): Promise<number> => {
    const limits = {
      ...store.gpu.limits,
      maxStorageBufferBindingSize: limit,
      maxBufferSize: 2 ** 30,
    };
    const options = { student, height: HEIGHT };
    const predictor = await StudentPredictor.open({ ...store.gpu, limits }, store, options);
    const { bytes } = predictor;
    predictor.destroy();
    return bytes;
  };
  ok(await bytes(2 * one - 1) < await bytes(2 * one));
});

Deno.test("StudentPredictor speaks for the present weights", async () => {
  const store = await trainedStore();
  const predictor = await StudentPredictor.open(store.gpu, store, { student, height: HEIGHT });
  const [before] = await predictor.predict([panorama(1)]);
  store.set("head.weight", new Float32Array(72));
  store.set("head.bias", Float32Array.of(0));
  const [after] = await predictor.predict([panorama(1)]);
  ok(before!.some((value) => value !== 0.5));
  ok(after!.every((value) => value === 0.5)); // sigmoid(0)
  predictor.destroy();
});

Deno.test("StudentPredictor takes panoramas of another size", async () => {
  const store = await trainedStore();
  const small = await StudentPredictor.open(store.gpu, store, { student, height: HEIGHT });
  const options = { student, height: HEIGHT, inputHeight: 128 };
  const large = await StudentPredictor.open(store.gpu, store, options);
  const [a] = await small.predict([panorama(3)]);
  const [b] = await large.predict([panorama(3, 128)]);
  const { length } = a!;
  const spread = Math.max(...a!) - Math.min(...a!);
  const apart = a!.reduce((sum, value, p) => sum + Math.abs(value - b![p]!), 0) / length;
  ok(apart < 0.02 * spread, `${apart} of ${spread}`); // the same waves, sampled half a pixel apart
  assertClose([b!.length], [length]);
});
