import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import { openGpu } from "../../gpu/device.ts";
import { clearance } from "./clearance.ts";
import {
  makeScene,
  RoomRenderer,
  type Scene,
  splitRanges,
  type Style,
  styles,
  type View,
} from "./rooms.ts";
import { castRay, referenceDistance } from "./rooms_reference.ts";
import { viewRay } from "./tiles.ts";

const gpu = await openGpu();
const renderer = await RoomRenderer.open(gpu);
const level = [1, 0, 0, 0, 1, 0, 0, 0, 1];
/** Turned by 100° about y, then looking 35° down: all axes mixed. */
const turned = (() => {
  const [c, s, ce, se] = [Math.cos(1.75), Math.sin(1.75), Math.cos(0.6), Math.sin(0.6)];
  return [c, -s * se, s * ce, 0, ce, se, -s, -c * se, c * ce];
})();

function scene(style: Style, index: number, seed = 7): Scene {
  return makeScene({ seed, style, split: "test", index });
}

function panorama(s: Scene): View {
  return { scene: s, projection: "equirect", rotation: level };
}

Deno.test("makeScene() gives the same scene to the bit, and another one for another seed, index or split", () => {
  for (const style of styles) {
    const same = scene(style, 3);
    deepEqual(scene(style, 3), same);
    notDeepEqual(scene(style, 4).bodies, same.bodies);
    notDeepEqual(scene(style, 3, 8).bodies, same.bodies);
    notDeepEqual(makeScene({ seed: 7, style, split: "train", index: 3 }).bodies, same.bodies);
  }
});

Deno.test("splitRanges never meet and makeScene() refuses numbers beyond them", () => {
  const ranges = Object.values(splitRanges).sort((a, b) => a[0] - b[0]);
  ranges.forEach(([low, high], i) => {
    ok(low < high);
    ok(i === 0 || ranges[i - 1]![1] <= low);
  });
  throws(() => makeScene({ seed: 1, style: "living", split: "val", index: 1 << 29 }), RangeError);
  throws(() => makeScene({ seed: 1, style: "living", split: "val", index: -1 }), RangeError);
  throws(
    () => makeScene({ seed: 1, style: "cellar" as Style, split: "val", index: 0 }),
    RangeError,
  );
});

Deno.test("The camera stands 0.8 to 2.2 m above the floor, at least 0.3 m from everything, seeds 0-24 of each style", () => {
  for (const style of styles) {
    for (let i = 0; i < 25; i++) {
      const s = scene(style, i);
      const [, y] = s.camera;
      ok(y <= -0.8 && y >= -2.2, `${style} ${i}: height ${-y}`);
      for (let b = 0; b < s.families.length; b++) {
        ok(clearance(s, b, s.camera) > 0.299, `${style} ${i}: body ${b}`);
      }
    }
  }
});

Deno.test("Distances equal those of the twin, panorama and perspective, every style", async () => {
  for (const style of styles) {
    const s = scene(style, 11);
    const views: [View, number, number][] = [
      [panorama(s), 48, 24],
      [{ scene: s, projection: "perspective", rotation: turned, fov: 1.9 }, 40, 36],
    ];
    for (const [view, width, height] of views) {
      const { distance, valid, labels } = await renderer.readback([view], { width, height });
      const want = referenceDistance(view, width, height);
      let wrong = 0;
      want.forEach((z, i) => {
        if (Math.abs(distance[i]! - z) > 1e-3 * (1 + z)) wrong++;
        equal(valid[i], distance[i]! > 0 ? 1 : 0);
        equal(labels[i]! & 1, 1 - valid[i]!);
      });
      // rays within rounding of an outline (or of a leaf's) may fall on either side
      ok(wrong <= 0.005 * want.length, `${style}: ${wrong} of ${want.length} rays differ`);
    }
  }
});

Deno.test("A panorama and a perspective image agree on the distance where their rays coincide", async () => {
  const s = scene("living", 2);
  const [width, height] = [256, 128];
  const whole = await renderer.readback([panorama(s)], { width, height });
  const side = 33; // odd: the middle pixel looks along the axis
  for (const [x, y] of [[10, 64], [77, 40], [128, 90], [200, 64], [255, 70]] as const) {
    const [dx, dy, dz] = viewRay(panorama(s), width, height, x + 0.5, y + 0.5);
    const [yaw, pitch] = [Math.atan2(dx, dz), Math.asin(dy)];
    const [c, q, ce, se] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
    const rotation = [c, -q * se, q * ce, 0, ce, se, -q, -c * se, c * ce];
    const face = await renderer.readback([{
      scene: s,
      projection: "perspective",
      rotation,
      fov: 1,
    }], { width: side, height: side });
    const got = face.distance[(side * side - 1) / 2]!;
    const want = whole.distance[y * width + x]!;
    ok(Math.abs(got - want) < 1e-3, `pixel ${x},${y}: ${got} and ${want}`);
  }
});

Deno.test("render() is the same to the bit in another batch and at an unaligned place of a larger buffer", async () => {
  const [a, b] = [panorama(scene("forest", 1)), panorama(scene("office", 1))];
  const size = { width: 64, height: 32 };
  const pixels = 64 * 32;
  const both = await renderer.readback([a, b], size);
  const alone = await renderer.readback([b], size);
  deepEqual(both.rgb.slice(pixels * 4), alone.rgb);
  deepEqual(both.distance.slice(pixels), alone.distance);

  const buffer = (bytes: number) =>
    gpu.device.createBuffer({
      size: bytes,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
  const [rgb, distance, valid] = [
    buffer(pixels * 16 + 1040),
    buffer(pixels * 4 + 516),
    buffer(pixels * 4 + 12),
  ];
  renderer.render([b], size, {
    rgb: { buffer: rgb, offset: 1040 },
    distance: { buffer: distance, offset: 516 },
    valid: { buffer: valid, offset: 12 },
  });
  const { readBuffer } = await import("../../gpu/readback.ts");
  deepEqual(await readBuffer(gpu.device, rgb, 1040, pixels * 16), alone.rgb);
  deepEqual(await readBuffer(gpu.device, distance, 516, pixels * 4), alone.distance);
  deepEqual(await readBuffer(gpu.device, valid, 12, pixels * 4), alone.valid);
  deepEqual([...await readBuffer(gpu.device, rgb, 0, 16)], [0, 0, 0, 0]);
  throws(
    () =>
      renderer.render([b], { width: 64, height: 64 }, {
        rgb: { buffer: rgb },
        distance: { buffer: distance },
        valid: { buffer: valid },
      }),
    RangeError,
  );
  throws(
    () =>
      renderer.render([b], size, {
        rgb: { buffer: rgb, offset: 4 },
        distance: { buffer: distance },
        valid: { buffer: valid },
      }),
    RangeError,
  );
  for (const used of [rgb, distance, valid]) used.destroy();
});

Deno.test("Every style has valid pixels, colours in 0..1 and something to see; watermarks appear and are masked", async () => {
  let marked = 0;
  for (const style of styles) {
    const views = Array.from({ length: 8 }, (_, i) => panorama(scene(style, i)));
    const { rgb, valid, labels } = await renderer.readback(views, { width: 64, height: 32 });
    const share = valid.reduce((sum, v) => sum + v, 0) / valid.length;
    ok(share > 0.2, `${style}: ${share} valid`);
    let [sum, square] = [0, 0];
    for (let i = 0; i < rgb.length; i += 4) {
      for (let c = 0; c < 3; c++) {
        ok(rgb[i + c]! >= 0 && rgb[i + c]! <= 1);
        sum += rgb[i + c]!;
        square += rgb[i + c]! ** 2;
      }
      equal(rgb[i + 3], 0);
    }
    const n = rgb.length * 0.75;
    const [mean, deviation] = [sum / n, Math.sqrt(square / n - (sum / n) ** 2)];
    ok(mean > 0.2 && mean < 0.8, `${style}: mean ${mean}`);
    ok(deviation > 0.1, `${style}: deviation ${deviation}`);
    for (const label of labels) if (label & 2) marked++;
  }
  ok(marked > 0);
});

Deno.test("Looking up outdoors is sky, looking down is ground at the camera's height", async () => {
  const s = scene("open", 0);
  const up = [1, 0, 0, 0, 0, -1, 0, 1, 0];
  const down = [1, 0, 0, 0, 0, 1, 0, -1, 0];
  const views: View[] = [up, down].map((rotation) => ({
    scene: s,
    projection: "perspective",
    rotation,
    fov: 0.3,
  }));
  const { distance, labels } = await renderer.readback(views, { width: 9, height: 9 });
  equal(distance[40], 0);
  equal(labels[40]! & 1, 1);
  const want = castRay(s, s.camera, [0, 1, 0]).distance;
  ok(Math.abs(distance[81 + 40]! - want) < 1e-3);
  ok(want <= -s.camera[1] + 0.01 && want > 0.5);
});

Deno.test("The objects and materials that are promised stand in the scenes of 40 numbers per style", () => {
  const objects = new Set<string>();
  const recipes = new Set<string>();
  for (const style of styles) {
    for (let i = 0; i < 40; i++) {
      const s = scene(style, i);
      for (const name of s.objects) objects.add(name);
      for (const name of s.recipes) recipes.add(name);
    }
  }
  // deno-fmt-ignore
  const things = ["table", "chair", "sofa", "bed", "shelf", "cabinet", "lamp", "plant", "tree", "bush", "column", "stairs", "car", "house",
    "building", "fence", "person", "rug", "picture", "door", "window", "television", "softbox", "backdrop", "slanted roof", "rock"];
  // deno-fmt-ignore
  const stuff = ["wood", "planks", "tile", "brick", "carpet", "plaster", "poster", "concrete", "grass", "asphalt", "metal", "fabric", "stone",
    "paving", "marble", "books", "facade", "leaf", "bark", "soil", "water", "glow"];
  deepEqual(things.filter((name) => !objects.has(name)), []);
  deepEqual(stuff.filter((name) => !recipes.has(name)), []);
  ok(styles.length >= 6);
});
