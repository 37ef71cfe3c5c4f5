import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { fill } from "../../tests/helpers/fill.ts";
import { padChannels, unpadChannels } from "../../tests/helpers/padding.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import {
  ADJUSTMENTS,
  type Augmentation,
  augmentationWords,
  drawAugmentation,
} from "./augmentation.ts";
import { IMAGENET_DEVIATION, IMAGENET_MEAN, prepareImage, prepareMap } from "./prepare_image.ts";
import { origin, prepareImageReference } from "./prepare_image_reference.ts";

const gpu = await testGpu();

/** Every order of the adjustments occurs once in 24. */
function orders(): (typeof ADJUSTMENTS)[number][][] {
  const all: (typeof ADJUSTMENTS)[number][][] = [];
  for (let i = 0; i < 256; i++) {
    const picked = [i & 3, (i >> 2) & 3, (i >> 4) & 3, i >> 6].map((k) => ADJUSTMENTS[k]!);
    if (new Set(picked).size === 4) all.push(picked);
  }
  return all;
}

Deno.test("prepareImage equals its twin in every order of the jitter, seed p", async () => {
  const [height, width] = [5, 14];
  const augmentations: Augmentation[] = orders().map((order, i) => ({
    roll: i % width,
    flip: i % 2 === 1,
    jitter: {
      order,
      brightness: 0.8 + 0.02 * i,
      contrast: 1.3 - 0.03 * i,
      saturation: 0.7 + 0.03 * i,
      hue: -0.5 + i / 23,
    },
  }));
  augmentations.push({ roll: 3 }, { flip: true }, {});
  const images = augmentations.length;
  const shape = [images, height, width, 3] as const;
  const source = fill("p", shape, 0, 1).data;
  source.fill(0, 0, 3); // black and gray have no hue
  source.fill(0.5, 3, 6);
  const graph = new Graph(gpu, new ParameterStore(gpu), "train");
  const rgb = graph.input("rgb", shape);
  const student = prepareImage(graph, rgb);
  const teacher = prepareImage(graph, rgb, { parameters: student.parameters, jitter: false });
  const distance = graph.input("distance", [images * height * width]);
  const mask = graph.input("mask", [images, height, width, 1]);
  const maps = [distance, mask].map((map) => graph.output(prepareMap(graph, map, student)));
  graph.output(student.image);
  graph.output(teacher.image);
  const plan = await graph.build();
  plan.write(rgb, padChannels(source, shape));
  const values = fill("distance", [images * height * width]).data;
  plan.write(distance, values);
  plan.write(mask, padChannels(values, mask.shape));
  plan.write(student.parameters, augmentationWords(augmentations, width));
  plan.run();
  const [jittered, plain] = [
    unpadChannels(await plan.read(student.image), shape, "image"),
    unpadChannels(await plan.read(teacher.image), shape, "plain image"),
  ];
  const n = height * width;
  augmentations.forEach((augmentation, i) => {
    const one = source.subarray(3 * n * i, 3 * n * (i + 1));
    const twin = (augmentation: Augmentation): Float64Array =>
      prepareImageReference(one, width, augmentation, IMAGENET_MEAN, IMAGENET_DEVIATION);
    const part = (image: Float32Array): Float32Array => image.subarray(3 * n * i, 3 * n * (i + 1));
    // A hue next to the border of a sector may fall to either side: the colours there are the same.
    assertClose(part(jittered), twin(augmentation), { atol: 2e-5, name: `image ${i}` });
    const unjittered = { ...augmentation, jitter: undefined };
    assertClose(part(plain), twin(unjittered), { atol: 2e-6, name: `plain image ${i}` });
  });
  const want = Float32Array.from(values, (_, i) => {
    const { roll = 0, flip = false } = augmentations[Math.floor(i / n)]!;
    return values[i - i % n + origin(i % n, width, roll, flip)]!;
  });
  for (const map of maps) {
    deepEqual(unpadChannels(await plan.read(map), map.shape, "map"), want);
  }
  plan.destroy();
});

Deno.test("prepareImage reads packed bytes, and finds the mean over many chunks", async () => {
  const size = { height: 96, width: 192 };
  const count = 2 * size.height * size.width;
  const bytes = Uint8Array.from(fill("bytes", [4 * count], 0, 256).data, Math.floor);
  const graph = new Graph(gpu, new ParameterStore(gpu), "evaluate");
  const source = graph.input("bytes", [count]);
  const [mean, deviation] = [[0, 0, 0], [1, 1, 1]];
  const { image, parameters } = prepareImage(graph, source, { size, mean, deviation });
  graph.output(image);
  const plan = await graph.build();
  plan.write(source, bytes);
  const jitter = {
    order: [...ADJUSTMENTS],
    brightness: 1.1,
    contrast: 0.5,
    saturation: 1,
    hue: 0,
  };
  plan.write(parameters, augmentationWords([{ jitter }, {}], size.width));
  plan.run();
  const got = unpadChannels(await plan.read(image), image.shape, "image");
  const rgb = Float64Array.from(
    { length: 3 * count },
    (_, i) => bytes[Math.floor(i / 3) * 4 + i % 3]! / 255,
  );
  const half = 3 * count / 2;
  const want = [{ jitter }, {}].flatMap((augmentation, i) => [
    ...prepareImageReference(
      rgb.subarray(i * half, (i + 1) * half),
      size.width,
      augmentation,
      mean,
      deviation,
    ),
  ]);
  assertClose(got, want, { atol: 5e-6, name: "image" });
  plan.destroy();
});

Deno.test("drawAugmentation() stays in its ranges, draws every order and is a pure function", () => {
  const seen = new Set<string>();
  let [flipped, jittered] = [0, 0];
  for (let i = 0; i < 400; i++) {
    const draws = fill(`draw ${i}`, [11], 0, 1).data;
    const draw = (k: number): number => draws[k]!;
    const choice = { rollWidth: 64, flip: true, jitter: true };
    const { roll = 0, flip, jitter } = drawAugmentation(choice, draw);
    deepEqual(drawAugmentation(choice, draw), { roll, flip, ...(jitter && { jitter }) });
    ok(Number.isInteger(roll) && roll >= 0 && roll < 64);
    if (flip) flipped++;
    if (!jitter) continue;
    jittered++;
    seen.add(`${jitter.order}`);
    for (const f of [jitter.brightness, jitter.contrast, jitter.saturation]) {
      ok(f >= 0.8 && f <= 1.2);
    }
    ok(Math.abs(jitter.hue) <= 0.1);
  }
  equal(seen.size, 24);
  ok(flipped > 150 && flipped < 250 && jittered > 150 && jittered < 250);
  deepEqual(drawAugmentation({}, () => 0.3), { roll: 0, flip: false });
});

Deno.test("prepareImage refuses shapes and orders that do not fit", () => {
  const graph = new Graph(gpu, new ParameterStore(gpu), "evaluate");
  throws(() => prepareImage(graph, graph.input("x", [1, 4, 8, 1])), /"x" of shape \[1,4,8,1\]/);
  throws(() => prepareImage(graph, graph.input("y", [32])), /words \[N\*H\*W\] and their size/);
  const preparation = prepareImage(graph, graph.input("z", [1, 4, 8, 3]));
  throws(() => prepareMap(graph, graph.input("m", [31]), preparation), /"m" of shape \[31\]/);
  const jitter = { order: [], brightness: 1, contrast: 1, saturation: 1, hue: 0 };
  throws(() => augmentationWords([{ jitter }], 8), /Cannot jitter in the order \[\]/);
});
