/**
 * Per light, which bodies can stand between it and a point: a grid over directions (octahedral map, point lights) or over
 * the plane across the rays (sun). A cell has two words: offset, and the numbers of polys (low half) and quadrics (high half).
 */
import { boundingSphere, type Cone, coneAround, reaches, seenFrom } from "./culling.ts";
import { BODY, LIGHT, POLY, type Scene } from "./scene.ts";
import type { Words } from "./words.ts";

/** Cells along a side, point lights and suns. */
const POINT_CELLS = 16, SUN_CELLS = 28;

/** Direction of octahedral position (u, v) in 0..1; the axis is y. */
export function fromOctahedral(u: number, v: number): [number, number, number] {
  let [x, z] = [u * 2 - 1, v * 2 - 1];
  const s = Math.abs(x) + Math.abs(z);
  const y = s - 1; // s > 1 is the folded half, y down
  if (s > 1) {
    const [a, b] = [(1 - Math.abs(z)) * (x >= 0 ? 1 : -1), (1 - Math.abs(x)) * (z >= 0 ? 1 : -1)];
    [x, z] = [a, b];
  }
  const n = Math.hypot(x, y, z) || 1;
  return [x / n, y / n, z / n];
}

/** Cones of the cells of an octahedral grid, row by row. */
function octahedralCones(n: number): Cone[] {
  const cones: Cone[] = [];
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < n; i++) {
      const corners = new Float64Array(27);
      for (let k = 0; k < 9; k++) {
        corners.set(fromOctahedral((i + (k % 3) / 2) / n, (j + Math.floor(k / 3) / 2) / n), k * 3);
      }
      cones.push(coneAround(corners, 0.2 / n));
    }
  }
  return cones;
}

const coarse = octahedralCones(POINT_CELLS / 4);
const fine = octahedralCones(POINT_CELLS);

/** Write one cell: polys first, then the rest. Offsets are relative to the scene's lists. */
function writeCell(
  scene: Scene,
  lists: Words,
  head: number,
  cell: ArrayLike<number>,
  count: number,
): void {
  lists.set(head, lists.length);
  let polys = 0;
  for (let k = 0; k < count; k++) {
    if (scene.families[cell[k]!] !== POLY) continue;
    polys++;
    lists.push(cell[k]!);
  }
  for (let k = 0; k < count; k++) if (scene.families[cell[k]!] !== POLY) lists.push(cell[k]!);
  lists.set(head + 1, polys | ((count - polys) << 16));
}

function pointGrid(scene: Scene, at: number, lists: Words): number {
  const light = scene.lights.subarray(at, at + LIGHT);
  const seen = seenFrom(scene, light, Math.min(light[7]!, 0.5) * 0.4);
  const n = POINT_CELLS;
  const head = lists.reserve(2 * n * n);
  const some = new Uint16Array(seen.count);
  const cell = new Uint16Array(seen.count);
  for (let c = 0; c < coarse.length; c++) {
    let count = 0;
    for (let i = 0; i < seen.count; i++) {
      if ((scene.casts[i]! & 1) && reaches(seen, i, coarse[c]!)) some[count++] = i;
    }
    const [bx, by] = [(c % (n / 4)) * 4, Math.floor(c / (n / 4)) * 4];
    for (let k = 0; k < 16; k++) {
      const f = (by + (k >> 2)) * n + bx + (k & 3);
      let few = 0;
      for (let j = 0; j < count; j++) if (reaches(seen, some[j]!, fine[f]!)) cell[few++] = some[j]!;
      writeCell(scene, lists, head + 2 * f, cell, few);
    }
  }
  return head;
}

function sunGrid(scene: Scene, at: number, lists: Words): number {
  const light = scene.lights.subarray(at, at + LIGHT);
  const n = SUN_CELLS;
  const cells: number[][] = Array.from({ length: n * n }, () => []);
  const overhead = at === 0;
  const grow = overhead ? 0.22 : 0.12;
  const flag = overhead ? 1 : 2;
  const body = scene.bodies;
  for (let i = 0; i < scene.families.length; i++) {
    if (!(scene.casts[i]! & flag)) continue;
    const [x, y, z] = boundingSphere(scene, i);
    const low = [0, 0];
    const high = [0, 0];
    for (let axis = 0; axis < 2; axis++) {
      const k = 16 + axis * 4;
      const [a, b, c] = [light[k]!, light[k + 1]!, light[k + 2]!];
      const middle = a * x + b * y + c * z + light[k + 3]!;
      let extent = grow * Math.hypot(a, b, c);
      for (let r = 0; r < 3; r++) {
        const q = i * BODY + r * 4;
        const h = body[i * BODY + 16 + r]!;
        // the row is the unit axis over h
        extent += h * h * Math.abs(a * body[q]! + b * body[q + 1]! + c * body[q + 2]!);
      }
      low[axis] = Math.max(0, Math.floor((middle - extent) * n));
      high[axis] = Math.min(n - 1, Math.floor((middle + extent) * n));
    }
    for (let v = low[1]!; v <= high[1]!; v++) {
      for (let u = low[0]!; u <= high[0]!; u++) cells[v * n + u]!.push(i);
    }
  }
  const head = lists.reserve(2 * n * n);
  cells.forEach((cell, c) => writeCell(scene, lists, head + 2 * c, cell, cell.length));
  return head;
}

/** Append the grids of all lights; returns where each light's cells start and the cells along a side. */
export function listLights(scene: Scene, lists: Words): { head: number; cells: number }[] {
  const out: { head: number; cells: number }[] = [];
  for (let at = 0; at < scene.lights.length; at += LIGHT) {
    const sun = scene.lights[at + 3]! > 0.5;
    out.push(
      sun
        ? { head: sunGrid(scene, at, lists), cells: SUN_CELLS }
        : { head: pointGrid(scene, at, lists), cells: POINT_CELLS },
    );
  }
  return out;
}
