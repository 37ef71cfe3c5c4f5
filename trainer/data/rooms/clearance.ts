import { BODY, LEAF, QUADRIC, type Vec3 } from "./scene.ts";

/** Distance from a point to body i, metres; a lower bound is enough for round bodies. */
export function clearance(
  scene: { bodies: Float32Array; families: Uint8Array },
  i: number,
  p: Vec3,
): number {
  const b = scene.bodies;
  const at = i * BODY;
  const l: number[] = [];
  let square = 0;
  for (let k = 0; k < 3; k++) {
    const h = b[at + 16 + k]!;
    const v = b[at + 4 * k]! * p[0] + b[at + 4 * k + 1]! * p[1] + b[at + 4 * k + 2]! * p[2] +
      b[at + 4 * k + 3]!;
    l.push(v);
    square += Math.max(0, Math.abs(v) - 1) ** 2 * h * h;
  }
  if (scene.families[i] === LEAF || scene.families[i] === QUADRIC && b[at + 14]! < 0) {
    const n = Math.hypot(l[0]!, l[1]!, l[2]!);
    return (n - 1) * Math.min(b[at + 16]!, b[at + 17]!, b[at + 18]!);
  }
  return Math.sqrt(square);
}
