/**
 * Which bodies can be met by a bundle of rays: a sphere test, then an interval form of the slab test in the body's own
 * frame. Conservative: a body that is left out cannot be hit. Exact for lists that the shader walks.
 */
import { BODY, POLY, QUADRIC, type Scene } from "./scene.ts";

/** Bounds of a scene's bodies as seen from one point. */
export interface Seen {
  readonly count: number;
  /** [n, 4]: bounding-sphere centre relative to the point, radius. */
  readonly spheres: Float64Array;
  /** [n, 15]: rows of the map (9), their lengths (3), the point in the body's frame (3). */
  readonly maps: Float64Array;
}

/** Bounding-sphere centre and radius of body i. */
export function boundingSphere(scene: Scene, i: number): [number, number, number, number] {
  const b = scene.bodies;
  const k = i * BODY;
  // rows are r_i / h_i: centre = -sum_i (row_i.w * h_i^2 * row_i)
  let [x, y, z] = [0, 0, 0];
  for (let r = 0; r < 3; r++) {
    const h = b[k + 16 + r]!;
    const w = -b[k + r * 4 + 3]! * h * h;
    x += w * b[k + r * 4]!;
    y += w * b[k + r * 4 + 1]!;
    z += w * b[k + r * 4 + 2]!;
  }
  const [hx, hy, hz] = [b[k + 16]!, b[k + 17]!, b[k + 18]!];
  const cornered = scene.families[i] === POLY || scene.families[i] === QUADRIC && b[k + 14]! >= 0;
  return [x, y, z, cornered ? Math.hypot(hx, hy, hz) : Math.max(hx, hy, hz)];
}

/** Prepare the tests for rays that start at `from`; `grow` metres are added around every body. */
export function seenFrom(scene: Scene, from: ArrayLike<number>, grow = 0): Seen {
  const count = scene.families.length;
  const spheres = new Float64Array(count * 4);
  const maps = new Float64Array(count * 15);
  const b = scene.bodies;
  for (let i = 0; i < count; i++) {
    const [x, y, z, r] = boundingSphere(scene, i);
    spheres.set([x - from[0]!, y - from[1]!, z - from[2]!, r + grow], i * 4);
    for (let k = 0; k < 3; k++) {
      const at = i * BODY + k * 4;
      const h = b[i * BODY + 16 + k]!;
      const shrink = h / (h + grow);
      const [a, c, d] = [b[at]! * shrink, b[at + 1]! * shrink, b[at + 2]! * shrink];
      maps[i * 15 + k * 3] = a;
      maps[i * 15 + k * 3 + 1] = c;
      maps[i * 15 + k * 3 + 2] = d;
      maps[i * 15 + 9 + k] = Math.hypot(a, c, d);
      maps[i * 15 + 12 + k] = a * from[0]! + c * from[1]! + d * from[2]! + b[at + 3]! * shrink;
    }
  }
  return { count, spheres, maps };
}

/** Axis, cosine and sine of the half angle, and the chord 2 sin(angle / 2). */
export type Cone = readonly [
  x: number,
  y: number,
  z: number,
  cos: number,
  sin: number,
  chord: number,
];

/** Whether a unit ray of the cone can meet body i. */
export function reaches(seen: Seen, i: number, cone: Cone): boolean {
  const x = cone[0], y = cone[1], z = cone[2], cos = cone[3], sin = cone[4], chord = cone[5];
  const s = seen.spheres;
  const sx = s[i * 4]!, sy = s[i * 4 + 1]!, sz = s[i * 4 + 2]!, sr = s[i * 4 + 3]!;
  const square = sx * sx + sy * sy + sz * sz;
  const r2 = sr * sr;
  if (square > r2) {
    // angle(axis, centre) <= angle + asin(r / |centre|), all scaled by |centre|
    const along = sx * x + sy * y + sz * z;
    const flat = Math.sqrt(square - r2);
    if (along < cos * flat - sin * sr && (cos >= 0 || sin * flat + cos * sr > 0)) return false;
  }
  const m = seen.maps;
  const at = i * 15;
  let low = 0;
  let high = Infinity;
  for (let k = 0; k < 3; k++) {
    const o = m[at + 12 + k]!;
    const d = m[at + k * 3]! * x + m[at + k * 3 + 1]! * y + m[at + k * 3 + 2]! * z;
    const e = m[at + 9 + k]! * chord;
    const lo = d - e;
    const hi = d + e;
    if (o > 1) {
      if (lo >= 0) return false;
      low = Math.max(low, (o - 1) / -lo);
      if (hi < 0) high = Math.min(high, (o + 1) / -hi);
    } else if (o < -1) {
      if (hi <= 0) return false;
      low = Math.max(low, (-1 - o) / hi);
      if (lo > 0) high = Math.min(high, (1 - o) / lo);
    } else {
      if (lo > 0) high = Math.min(high, (1 - o) / lo);
      if (hi < 0) high = Math.min(high, (o + 1) / -hi);
    }
    if (low > high) return false;
  }
  return true;
}

/** A cone of all directions. */
export const EVERYWHERE: Cone = [0, 0, 1, -1, 0, 2];

/** The smallest cone around directions [n, 3] about their mean, widened by `extra` radians. */
export function coneAround(directions: Float64Array, extra = 0): Cone {
  let [x, y, z] = [0, 0, 0];
  for (let i = 0; i < directions.length; i += 3) {
    x += directions[i]!;
    y += directions[i + 1]!;
    z += directions[i + 2]!;
  }
  const length = Math.hypot(x, y, z) || 1;
  [x, y, z] = [x / length, y / length, z / length];
  let cos = 1;
  for (let i = 0; i < directions.length; i += 3) {
    cos = Math.min(cos, directions[i]! * x + directions[i + 1]! * y + directions[i + 2]! * z);
  }
  const angle = Math.min(Math.PI, Math.acos(Math.max(-1, cos)) * 1.02 + 1e-4 + extra);
  return [x, y, z, Math.cos(angle), Math.sin(angle), 2 * Math.sin(angle / 2)];
}
