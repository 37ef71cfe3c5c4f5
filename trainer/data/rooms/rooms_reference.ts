/**
 * The twin of the ray casting in rooms.wgsl: every ray against every body, plain loops in float64, no culling. Same names and
 * order as there.
 */
import { BODY, LEAF, POLY, type Scene } from "./scene.ts";
import { viewRay } from "./tiles.ts";
import type { View } from "./view.ts";

type V = readonly [number, number, number];

interface Span {
  readonly near: number;
  readonly far: number;
}

const FAR = 1e9;

function quick(x: number): number {
  let h = Math.imul(x, 0x9e3779b1) >>> 0;
  h ^= h >>> 15;
  h = Math.imul(h, 0x846ca68b);
  return (h >>> 8) / 16777216;
}

function corner(x: number, y: number, z: number): number {
  return (Math.imul(x, 0x8da6b343) ^ Math.imul(y, 0xd8163841) ^ Math.imul(z, 0xcb1ab31f)) >>> 0;
}

function noise(p: V): number {
  const i = p.map(Math.floor) as [number, number, number];
  const s = p.map((v, k) => {
    const w = v - i[k]!;
    return w * w * (3 - 2 * w);
  });
  let sum = 0;
  for (let c = 0; c < 8; c++) {
    const [dx, dy, dz] = [c & 1, c >> 1 & 1, c >> 2];
    const weight = (dx ? s[0]! : 1 - s[0]!) * (dy ? s[1]! : 1 - s[1]!) * (dz ? s[2]! : 1 - s[2]!);
    sum += weight * quick(corner(i[0] + dx, i[1] + dy, i[2] + dz));
  }
  return sum;
}

function leafy(p: V, size: number, facing: number, density: number): boolean {
  const big = noise([p[0] * 2.6 / size, p[1] * 2.6 / size, p[2] * 2.6 / size]);
  const f = 11 / size;
  const small = quick(corner(Math.floor(p[0] * f), Math.floor(p[1] * f), Math.floor(p[2] * f)));
  return 0.6 * big + 0.4 * small < density * (0.28 + 1.05 * facing);
}

function poly(o: V, d: V, a: number, b: number): Span {
  let [near, far] = [-FAR, FAR];
  // planes n·p <= limit: the leaning right and left sides, then below, above, behind, before
  const planes: [V, number][] = [
    [[1, -a, 0], 1 - a],
    [[-1, -b, 0], 1 - b],
    [[0, 1, 0], 1],
    [[0, -1, 0], 1],
    [[0, 0, 1], 1],
    [[0, 0, -1], 1],
  ];
  for (const [n, limit] of planes) {
    const along = n[0] * d[0] + n[1] * d[1] + n[2] * d[2];
    const at = n[0] * o[0] + n[1] * o[1] + n[2] * o[2];
    const t = (limit - at) / (Math.abs(along) < 1e-12 ? 1e-12 : along);
    if (along < 0) near = Math.max(near, t);
    else far = Math.min(far, t);
  }
  return { near, far };
}

function quadric(o: V, d: V, q: V): Span {
  const [s0, s1] = [(-1 - o[1]) / d[1], (1 - o[1]) / d[1]];
  const [lo, hi] = [Math.min(s0, s1), Math.max(s0, s1)];
  let a = d[0] ** 2 + d[2] ** 2 - q[2] * d[1] ** 2;
  if (Math.abs(a) < 1e-9) a = 1e-9;
  const b = o[0] * d[0] + o[2] * d[2] - q[2] * o[1] * d[1] - 0.5 * q[1] * d[1];
  const c = o[0] ** 2 + o[2] ** 2 - q[0] - q[1] * o[1] - q[2] * o[1] ** 2;
  const disc = b * b - a * c;
  const r = Math.sqrt(Math.max(disc, 0));
  const [t0, t1] = [(-b - r) / a, (-b + r) / a];
  if (a >= 0) return { near: Math.max(lo, t0), far: disc < 0 ? -FAR : Math.min(hi, t1) };
  const before = Math.min(hi, t1);
  return before > lo ? { near: lo, far: before } : { near: Math.max(lo, t0), far: hi };
}

/** What a ray meets first. `distance` in metres, Infinity for the sky; `body` -1 then. */
export interface ReferenceHit {
  readonly distance: number;
  readonly body: number;
}

/** Cast one ray: origin and unit direction in the world. */
export function castRay(scene: Scene, origin: V, direction: V): ReferenceHit {
  let distance = Infinity;
  let body = -1;
  const w = scene.bodies;
  for (let i = 0; i < scene.families.length; i++) {
    const base = i * BODY;
    const o: number[] = [];
    const d: number[] = [];
    for (let k = 0; k < 3; k++) {
      const [x, y, z, t] = w.subarray(base + 4 * k, base + 4 * k + 4);
      o.push(x! * origin[0] + y! * origin[1] + z! * origin[2] + t!);
      const along = x! * direction[0] + y! * direction[1] + z! * direction[2];
      d.push(Math.abs(along) < 1e-7 ? 1e-7 : along);
    }
    const [lo, ld] = [o as unknown as V, d as unknown as V];
    const [e0, e1, e2] = [w[base + 12]!, w[base + 13]!, w[base + 14]!];
    const h: V = [w[base + 16]!, w[base + 17]!, w[base + 18]!];
    let t: number;
    if (scene.families[i] === LEAF) {
      const s = quadric(lo, ld, [1, 0, -1]);
      if (!(s.near < s.far)) continue;
      const size = Math.min(1.2, Math.max(0.12, h[0] * 0.45));
      const facing = (s.far - s.near) * 0.5 * Math.hypot(...ld);
      const shift = (Math.abs(w[base + 19]!) % 1) * 61;
      const at = (u: number) =>
        [0, 1, 2].map((k) => (lo[k]! + u * ld[k]!) * h[k]! + shift) as unknown as V;
      const [bx, by, bz] = at(s.far).map((v) => Math.floor(v * 5 / size)) as [
        number,
        number,
        number,
      ];
      if (s.near > 1e-3 && leafy(at(s.near), size, facing, e0)) t = s.near;
      else if (quick(corner(bx, by, bz)) < e0 * (0.28 + 1.05 * facing)) t = s.far;
      else continue;
    } else {
      const s = scene.families[i] === POLY ? poly(lo, ld, e0, e1) : quadric(lo, ld, [e0, e1, e2]);
      if (!(s.near < s.far)) continue;
      t = s.near;
    }
    if (t > 1e-3 && t < distance) [distance, body] = [t, i];
  }
  return { distance, body };
}

/** Distances of a view, [H * W], metres; 0 where the ray meets nothing within the scene's range. */
export function referenceDistance(view: View, width: number, height: number): Float64Array {
  const out = new Float64Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const { distance } = castRay(
        view.scene,
        view.scene.camera,
        viewRay(view, width, height, x + 0.5, y + 0.5),
      );
      if (distance <= view.scene.range) out[y * width + x] = distance;
    }
  }
  return out;
}
