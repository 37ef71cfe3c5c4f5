import { deepEqual, equal, ok } from "node:assert/strict";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { RoomRenderer } from "../data/rooms/renderer.ts";
import { type HeldOutOptions, renderHeldOut, scoreHeldOut } from "./held_out_rooms.ts";

const HEIGHT = 32;
const options: HeldOutOptions = {
  seed: 0,
  split: "test",
  height: HEIGHT,
  perStyle: 2,
  styles: ["living", "street"],
};

Deno.test("renderHeldOut() renders the same rooms again, of each style, others for another split", async () => {
  const renderer = await RoomRenderer.open(await testGpu());
  const rooms = await renderHeldOut(renderer, options);
  deepEqual(rooms.map(({ style }) => style), ["living", "living", "street", "street"]);
  deepEqual(rooms.map(({ range }) => range), [10, 10, 80, 80]);
  deepEqual(await renderHeldOut(renderer, options), rooms);
  const [other] = await renderHeldOut(renderer, { ...options, split: "train" });
  ok(other!.distance.some((value, p) => value !== rooms[0]!.distance[p]));
  for (const { pixels, distance, valid, range } of rooms) {
    deepEqual([pixels.length, distance.length, valid.length], Array(3).fill(2 * HEIGHT * HEIGHT));
    ok(pixels.every((word) => word >>> 24 === 255), "opaque");
    ok(new Set(pixels).size > 50, "something to see");
    ok(distance.every((metres, p) => valid[p] === 0 || (metres > 0.1 && metres <= range)));
  }
  renderer.destroy();
});

const rules = { height: HEIGHT, protocol: "paper" } as const;

Deno.test("scoreHeldOut() is 0 for the true disparity up to scale and shift, and the constant's for a flat one", async () => {
  const renderer = await RoomRenderer.open(await testGpu());
  const rooms = await renderHeldOut(renderer, options);
  const right = rooms.map(({ distance }) =>
    distance.map((metres) => metres > 0 ? 5 / metres + 2 : 0)
  );
  const { scores } = scoreHeldOut(rooms, right, rules);
  deepEqual(Object.keys(scores), ["living", "street", "all"]);
  ok(scores.all!.affine.absRel < 1e-3 && scores.all!.affine.delta1 === 1);
  const flat = scoreHeldOut(rooms, rooms.map(({ distance }) => distance.map(() => 1)), rules);
  const { affine, constant } = flat.scores.all!;
  ok(Math.abs(affine.absRel - constant.absRel) < 1e-9, `${affine.absRel} ${constant.absRel}`);
  equal(flat.seam, 1);
  renderer.destroy();
});

Deno.test("scoreHeldOut() takes aligned disparities below 0 as its protocol says", async () => {
  const renderer = await RoomRenderer.open(await testGpu());
  const rooms = await renderHeldOut(renderer, options);
  // a few far pixels are predicted so far off that the line, which the others decide, takes them below 0
  const wrong = rooms.map(({ distance }) =>
    distance.map((metres, p) => metres > 2 && p % 20 === 0 ? -0.5 : metres > 0 ? 1 / metres : 0)
  );
  const errors = (protocol: "paper" | "released"): number =>
    scoreHeldOut(rooms, wrong, { height: HEIGHT, protocol }).scores.all!.affine.absRel;
  ok(errors("released") !== errors("paper"));
  renderer.destroy();
});
