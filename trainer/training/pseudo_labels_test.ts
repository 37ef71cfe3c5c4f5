import { deepEqual, equal, ok } from "node:assert/strict";
import { redTeacher } from "../../tests/helpers/red_teacher.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import type { Panorama } from "../data/panorama_source.ts";
import type { StudentPredictor } from "../evaluation/student_predictor.ts";
import { labelSources } from "./pseudo_labels.ts";

const HEIGHT = 16;
const WIDTH = 2 * HEIGHT;

const redIsNear = redTeacher(HEIGHT / 2);

/** Waves; below the horizon, where the mask ends, of another phase. */
function panorama(phase: number, masked: boolean): Panorama {
  const rgba = Uint8Array.from({ length: HEIGHT * WIDTH * 4 }, (_, i) => {
    const pixel = i >> 2;
    const below = pixel >= HEIGHT * WIDTH / 2 ? phase : 0;
    return i % 4 === 3 ? 255 : 128 + 100 * Math.sin(pixel * 0.3 + below);
  });
  const mask = Uint8Array.from(
    { length: HEIGHT * WIDTH },
    (_, p) => p < HEIGHT * WIDTH / 2 ? 1 : 0,
  );
  return { name: "a", width: WIDTH, height: HEIGHT, rgba, ...masked && { mask } };
}

const student = {
  predict: (all: readonly Uint32Array[]) =>
    Promise.resolve(
      all.map(() => Float32Array.from({ length: HEIGHT * WIDTH }, (_, p) => 2 + Math.sin(p / 7))),
    ),
} as unknown as StudentPredictor;

async function loss(phase: number, masked: boolean): Promise<number> {
  const source = { size: 1, get: () => Promise.resolve(panorama(phase, masked)) };
  const sizes = { height: HEIGHT, viewHeight: HEIGHT, rotations: 2, panoramas: 32 };
  const { sets: [set] } = await labelSources(await testGpu(), redIsNear, [source], sizes);
  return (await set!.score(await set!.predict(student))).loss;
}

Deno.test("labelSources() leaves out of the loss what a panorama's mask leaves out", async () => {
  ok(Math.abs(await loss(0, false) - await loss(2, false)) > 0.01);
  equal(await loss(0, true), await loss(2, true));
});

Deno.test("labelSources() labels a panorama the same whatever it is labelled with", async () => {
  const sizes = { height: HEIGHT, viewHeight: HEIGHT, rotations: 1, panoramas: 32 };
  const score = async (phases: readonly number[]): Promise<Record<string, number>> => {
    const get = (i: number) =>
      Promise.resolve({ ...panorama(phases[i]!, i % 2 > 0), name: `${phases[i]}` });
    const sources = [{ size: phases.length, get }];
    const { sets: [set] } = await labelSources(await testGpu(), redIsNear, sources, sizes);
    return (await set!.score(await set!.predict(student))).byPanorama;
  };
  const all = await score([1, 2, 3, 4, 5, 6, 7, 8]); // a batch and two of the next
  deepEqual(await score([7, 8]), { 7: all[7], 8: all[8] });
  deepEqual(await score([1]), { 1: all[1] });
});

Deno.test("labelSources() samples all of a large source, and takes nothing twice", async () => {
  const asked: number[] = [];
  const get = (index: number) => {
    asked.push(index);
    const phase = index < 50 ? 50 : index; // the first files are unusable
    return Promise.resolve({ ...panorama(phase / 9, false), name: `${phase}` });
  };
  const sizes = { height: HEIGHT, viewHeight: HEIGHT, rotations: 1, panoramas: 32 };
  const { sets: [set] } = await labelSources(
    await testGpu(),
    redIsNear,
    [{ size: 96, get }],
    sizes,
  );
  deepEqual(asked, Array.from({ length: 32 }, (_, i) => 3 * i));
  const names = Object.keys((await set!.score(await set!.predict(student))).byPanorama);
  deepEqual(names, ["50", ...Array.from({ length: 15 }, (_, i) => `${51 + 3 * i}`)]);
  const { sets: [again] } = await labelSources(await testGpu(), redIsNear, [{
    size: 3,
    get: () => Promise.resolve(panorama(1, false)),
  }], sizes);
  const { loss, byPanorama } = await again!.score(await again!.predict(student));
  equal(loss, byPanorama.a); // one, not the mean of three
});

Deno.test("labelSources() tells how many faces are labelled, of how many", async () => {
  const named = (name: string) => Promise.resolve({ ...panorama(name.length, false), name });
  const sources = [
    { size: 9, get: (i: number) => named(`${i}`) },
    { size: 1, get: () => named("b") },
  ];
  const sizes = { height: HEIGHT, viewHeight: HEIGHT, rotations: 2, panoramas: 3 };
  const { sets, faces, close } = await labelSources(await testGpu(), redIsNear, sources, sizes);
  for (const set of sets) await set.labelled();
  deepEqual(faces, { labelled: 48, all: 48 }); // 3 + 1 panoramas, 2 rotations
  await close();
});
