/**
 * How well a perspective network knows the faces of rendered rooms: half of them level, half turned any way.
 *
 * @module
 */
import { faceCosines } from "@depth-anywhere/geometry";
import type { WasmTeacher } from "@depth-anywhere/teacher";
import { facesPerScene, roomFaces } from "../data/room_faces.ts";
import { RoomRenderer } from "../data/rooms/renderer.ts";
import type { Style } from "../data/rooms/rooms.ts";
import type { Split } from "../data/rooms/scene.ts";
import type { Gpu } from "../gpu/device.ts";
import { Graph } from "../gpu/graph.ts";
import type { ParameterStore } from "../gpu/parameters.ts";
import { prepareImage } from "../kernels/prepare_image.ts";
import { perspectiveNet } from "../models/perspective_net.ts";
import { protocol } from "./metrics_protocol.ts";
import { type Scores, ScoreSheet } from "./scores.ts";

/** Which faces a network is measured on. */
export interface FaceSet {
  readonly seed: number;
  readonly split: Split;
  /** Faces of each style: half level, half turned any way. */
  readonly perStyle: number;
  readonly styles: readonly Style[];
  readonly size: number;
}

/**
 * Predicted disparity `[F, F]` of each of some faces.
 *
 * @param rgb `[N, F, F, 4]`, sRGB in 0..1
 */
export type PredictFaces = (rgb: Float32Array, faces: number) => Promise<Float32Array>;

/** Errors of zDepth on rendered faces, by style. */
export async function scoreFaces(gpu: Gpu, set: FaceSet, predict: PredictFaces): Promise<Scores> {
  const { seed, split, perStyle, styles, size } = set;
  const renderer = await RoomRenderer.open(gpu);
  const sheet = new ScoreSheet();
  const pixels = size * size;
  const cosine = faceCosines("distill", size);
  for (const style of styles) {
    const views = roomFaces({
      seed,
      split,
      first: 0,
      count: perStyle,
      perScene: facesPerScene,
      styles: [style],
    });
    const images = await renderer.readback(views, { width: size, height: size });
    const disparity = await predict(images.rgb, views.length);
    views.forEach(({ scene }, i) => {
      const zDepth = images.distance.subarray(i * pixels, (i + 1) * pixels)
        .map((distance, p) => distance * cosine[p]!);
      const prediction = disparity.subarray(i * pixels, (i + 1) * pixels);
      const mask = images.labels.subarray(i * pixels, (i + 1) * pixels).map((bits) =>
        bits === 0 ? 1 : 0
      );
      sheet.add(
        style,
        { prediction, kind: "disparity", distance: zDepth, mask },
        protocol("paper", scene.range),
      );
    });
  }
  renderer.destroy();
  return sheet.scores();
}

/** The network of a store as a predictor, on the GPU. */
export async function perspectivePredictor(
  gpu: Gpu,
  store: ParameterStore,
  { width, size, batch }: { width: number; size: number; batch: number },
): Promise<PredictFaces> {
  const graph = new Graph(gpu, store, "evaluate");
  const rgb = graph.input("rgb", [batch, size, size, 3]);
  const { image } = prepareImage(graph, rgb, { jitter: false });
  const output = graph.output(perspectiveNet(graph, image, { width }));
  const plan = await graph.build();
  const words = size * size * 4;
  return async (faces, count) => {
    const disparity = new Float32Array(count * size * size);
    for (let first = 0; first < count; first += batch) {
      const some = faces.subarray(first * words, Math.min(first + batch, count) * words);
      plan.write(rgb, some);
      plan.run();
      const read = await plan.read(output);
      for (let p = 0; p < some.length / 4; p++) disparity[first * size * size + p] = read[p * 4]!;
    }
    return disparity;
  };
}

/** A teacher as a predictor, in its wasm threads. Faces must have its input size. */
export function teacherPredictor(teacher: WasmTeacher): PredictFaces {
  const { mean, std } = teacher.preprocessing;
  const pixels = teacher.inputSize ** 2;
  const most = 8; // faces of one run, to bound the memory
  return async (rgb, count) => {
    const disparity = new Float32Array(count * pixels);
    for (let first = 0; first < count; first += most) {
      const some = Math.min(most, count - first);
      const planes = Float32Array.from({ length: some * 3 * pixels }, (_, i) => {
        const [n, c, p] = [Math.floor(i / (3 * pixels)), Math.floor(i / pixels) % 3, i % pixels];
        return (rgb[((first + n) * pixels + p) * 4 + c]! - mean[c]!) / std[c]!;
      });
      disparity.set(await teacher.label(planes, some), first * pixels);
    }
    return disparity;
  };
}
