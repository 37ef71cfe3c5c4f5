import { deepEqual, equal, ok } from "node:assert/strict";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import type { CoarseDepth } from "./coarse_depth.ts";
import { matchFrames, smoothOverTime, steady } from "./temporal.ts";

const HEIGHT = 8;
const COUNT = 2 * HEIGHT * HEIGHT;

function frame(
  value: (p: number) => number,
  light: (p: number) => number = (p) => p / COUNT,
): CoarseDepth {
  return {
    height: HEIGHT,
    values: Float32Array.from({ length: COUNT }, (_, p) => value(p)),
    luminance: Float32Array.from({ length: COUNT }, (_, p) => light(p)),
    visible: new Uint8Array(COUNT).fill(1),
  };
}

const scene = (p: number): number => 3 + Math.sin(p);

Deno.test("matchFrames() finds the scale and shift between two frames", () => {
  const { gain, offset } = matchFrames(frame(scene), frame((p) => (scene(p) - 1) / 2))!;
  assertClose([gain, offset], [2, 1], { rtol: 1e-4 });
});

Deno.test("matchFrames() looks at what keeps still, and tells a cut", () => {
  const moving = (p: number): boolean => p % 3 === 0;
  const after = frame((p) => moving(p) ? 90 : scene(p), (p) => p / COUNT + (moving(p) ? 0.3 : 0));
  assertClose(Object.values(matchFrames(frame(scene), after)!), [1, 0], { atol: 1e-5 });
  equal(matchFrames(frame(scene), frame(scene, (p) => p / COUNT + 0.5)), undefined);
  equal(matchFrames(frame(scene), frame(() => 2)), undefined); // flat: nothing tells the scale
});

Deno.test("steady() takes out flicker and keeps slow changes", () => {
  // every second frame is 10 % off; the scene drifts by 1 % a frame
  const factors = Array.from({ length: 40 }, (_, t) => (t % 2 ? 1.1 : 1) * 1.01 ** t);
  const matches = factors.map((f, t) => ({ gain: (factors[t - 1] ?? f) / f, offset: 0 }));
  const shown = steady(matches, 3).map(({ gain }, t) => gain * factors[t]!);
  const steps = shown.slice(5, 35).map((value, i) => Math.log(shown[i + 6]! / value));
  ok(Math.max(...steps.map(Math.abs)) < 0.03, `${steps}`); // was 0.095
  assertClose([Math.log(shown[35]! / shown[5]!)], [30 * Math.log(1.01)], { atol: 0.03 });
});

Deno.test("steady() does not look across a cut, nor drift over many frames", () => {
  const cut = [undefined, { gain: 1, offset: 0 }, undefined, { gain: 1, offset: 0 }];
  deepEqual(steady(cut, 2), Array(4).fill({ gain: 1, offset: 0 }));
  const drifting = Array(500).fill({ gain: 0.9, offset: 0.5 });
  const last = steady(drifting, 2)[250]!;
  assertClose([last.gain], [1], { atol: 0.02 });
});

Deno.test("smoothOverTime() averages where the picture keeps still and nowhere else", () => {
  const noise = [0.3, -0.3, 0.3];
  const frames = noise.map((n, k) => ({
    depth: frame((p) => p === 7 ? k : scene(p) + n, (p) => p === 7 ? k / 2 : p / COUNT),
    correction: { gain: 1, offset: 0 },
    apart: k - 1,
  }));
  const { values } = smoothOverTime(frames, 1);
  equal(values[7], 1); // it changed: its own value
  ok(Math.abs(values[5]! - scene(5)) < 0.2, `${values[5]! - scene(5)}`); // 0.3 before
  const lone = smoothOverTime([frames[1]!], 0);
  deepEqual(lone.values, frames[1]!.depth.values);
});

Deno.test("smoothOverTime() corrects each frame by its own gain", () => {
  const two = [
    { depth: frame(scene), correction: { gain: 1, offset: 0 }, apart: 0 },
    { depth: frame((p) => 2 * scene(p) + 1), correction: { gain: 0.5, offset: -0.5 }, apart: 1 },
  ];
  assertClose(smoothOverTime(two, 0).values, frame(scene).values);
});
