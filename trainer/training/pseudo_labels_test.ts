import { equal, ok } from "node:assert/strict";
import { IMAGENET, type WasmTeacher } from "@depth-anywhere/teacher";
import { testGpu } from "../../tests/helpers/run_op.ts";
import type { Panorama } from "../data/panorama_source.ts";
import type { StudentPredictor } from "../evaluation/student_predictor.ts";
import { labelSources } from "./pseudo_labels.ts";

const HEIGHT = 16;
const WIDTH = 2 * HEIGHT;
const SIZE = HEIGHT / 2;

/** A teacher that takes red for near. */
const redIsNear: WasmTeacher = {
  name: "red",
  sha256: "",
  inputSize: SIZE,
  preprocessing: IMAGENET,
  execution: "wasm",
  threads: 1,
  label(faces, count) {
    const area = SIZE * SIZE;
    const red = Float32Array.from(
      { length: count * area },
      (_, i) => faces[Math.floor(i / area) * 3 * area + i % area]!,
    );
    return Promise.resolve(red);
  },
  close: () => Promise.resolve(),
};

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
  const sizes = { height: HEIGHT, viewHeight: HEIGHT, rotations: 2 };
  const [set] = await labelSources(await testGpu(), redIsNear, [source], sizes);
  return (await set!.score(student)).loss;
}

Deno.test("labelSources() leaves out of the loss what a panorama's mask leaves out", async () => {
  ok(Math.abs(await loss(0, false) - await loss(2, false)) > 0.01);
  equal(await loss(0, true), await loss(2, true));
});
