import { ok } from "node:assert/strict";
import { fromOctahedral, listLights } from "./light_grid.ts";
import { makeScene, styles } from "./rooms.ts";
import { castRay } from "./rooms_reference.ts";
import { LIGHT, type Scene } from "./scene.ts";
import { Words } from "./words.ts";

/** Cell of a direction (axis y, unit length not needed) in an octahedral grid of n x n; the twin of `octahedral` in rooms.wgsl. */
function octahedralCell(d: ArrayLike<number>, n: number): number {
  const s = Math.abs(d[0]!) + Math.abs(d[1]!) + Math.abs(d[2]!);
  let [x, z] = [d[0]! / s, d[2]! / s];
  if (d[1]! > 0) {
    [x, z] = [(1 - Math.abs(z)) * (x >= 0 ? 1 : -1), (1 - Math.abs(x)) * (z >= 0 ? 1 : -1)];
  }
  const cell = (v: number) => Math.floor(Math.min(Math.max(v * 0.5 + 0.5, 0), 0.9999) * n);
  return cell(z) * n + cell(x);
}

Deno.test("fromOctahedral() falls into the cell it came from", () => {
  for (let i = 0; i < 400; i++) {
    const [u, v] = [(i % 20 + 0.37) / 20, (Math.floor(i / 20) + 0.61) / 20];
    const cell = octahedralCell(fromOctahedral(u, v), 20);
    ok(cell === Math.floor(i / 20) * 20 + i % 20, `cell ${cell} of ${i}`);
  }
});

/** The same scene with only its i-th body. */
function alone(scene: Scene, i: number): Scene {
  return {
    ...scene,
    bodies: scene.bodies.slice(i * 20, i * 20 + 20),
    families: scene.families.slice(i, i + 1),
  };
}

Deno.test("The cell of a point holds every caster between it and the light, three scenes of each style", () => {
  for (const style of styles) {
    for (let index = 0; index < 3; index++) {
      const scene = makeScene({ seed: 4, style, split: "val", index });
      const words = new Words();
      const grids = listLights(scene, words);
      const lists = words.array();
      const casters = [...scene.casts.keys()].filter((i) => scene.casts[i]! & 1);
      grids.forEach(({ head, cells }, k) => {
        const light = scene.lights.subarray(k * LIGHT, k * LIGHT + LIGHT);
        if (light[3]! > 0.5) return;
        const from = [light[0]!, light[1]!, light[2]!] as const;
        for (let j = 0; j < 60; j++) {
          const to = fromOctahedral((j * 0.618034) % 1, (j * 0.754878 + 0.1) % 1);
          const at = head + 2 * octahedralCell(to, cells);
          const [start, counts] = [lists[at]!, lists[at + 1]!];
          const held = lists.slice(start, start + (counts & 0xffff) + (counts >> 16));
          for (const i of casters) {
            if (scene.families[i] === 2 || held.includes(i)) continue;
            ok(
              castRay(alone(scene, i), from, to).body < 0,
              `${style} ${index}: light ${k} misses body ${i}`,
            );
          }
        }
      });
    }
  }
});
