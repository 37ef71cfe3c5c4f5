/** Ambient light, exposure, tone and lights of a scene, packed into the words that rooms.wgsl reads. */
import { Draws } from "./draws.ts";
import { LIGHT, LOOK, type Vec3 } from "./scene.ts";
import type { Sky } from "./sky.ts";

/** An axis-aligned room whose corners are dark: low and high corner, metres. */
export type RoomBox = readonly [Vec3, Vec3];

/** A lamp, a window that gives light, or the sun. */
export interface Light {
  /** Position, or for the sun the direction towards it. */
  readonly at: Vec3;
  readonly sun?: boolean;
  readonly colour: Vec3;
  /** Size that softens shadows, metres (for the sun: per 200 metres). */
  readonly radius: number;
  /** Direction it shines to, and how much it is bound to it (0..1). */
  readonly beam?: Vec3;
  readonly bound?: number;
  /** Sun only: half the width of the area whose shadows are kept, metres. */
  readonly span?: number;
}

export interface Look {
  readonly sky: Sky;
  readonly ambientUp: Vec3;
  readonly ambientDown: Vec3;
  /** How dark corners get, 0..1. */
  readonly corners: number;
  readonly exposure: number;
  readonly rooms: readonly RoomBox[];
}

/** The look words: [44 + 8 rooms]. */
export function packLook(d: Draws, look: Look): Float32Array {
  const { sky } = look;
  const words = new Float32Array(LOOK + 8 * look.rooms.length);
  const warm = d.uniform("warm", -0.13, 0.13) +
    (d.chance("strong cast", 0.15) ? d.uniform("cast", -0.15, 0.2) : 0);
  const exposure = look.exposure * d.scale("exposure", 0.65, 1.55);
  const marked = d.chance("watermark", 0.06);
  words.set([
    ...sky.zenith,
    0.0006,
    ...sky.horizon,
    sky.haze,
    ...sky.below,
    sky.clouds,
    ...sky.sun,
    sky.sunDisk,
    ...look.ambientUp,
    look.corners,
    ...look.ambientDown,
    look.rooms.length,
    1 + warm,
    1 + d.uniform("green", -0.03, 0.03),
    1 - warm,
    exposure,
    d.uniform("shoulder", 0, 1),
    d.uniform("gamma", 0.85, 1.2),
    d.uniform("saturation", 0.7, 1.25),
    d.scale("noise", 0.002, 0.025),
    marked ? d.uniform("opacity", 0.2, 0.6) : 0,
    d.scale("letter", 0.03, 0.12),
    d.pick("slope", [0, 0, 0.4, -0.5]),
    d.whole("text", 0, 65535),
    ...sky.skyline,
    sky.ridge,
    d.uniform("contrast", 0, 0.8),
    d.uniform("soft", 0.1, 0.5),
    0,
    0,
  ]);
  look.rooms.forEach(([low, high], i) => words.set([...low, 0, ...high, 0], LOOK + 8 * i));
  return words;
}

/** The light words: [k, 24]. `centre`: middle of the area that the sun's shadows cover. */
export function packLights(lights: readonly Light[], centre: Vec3): Float32Array {
  const words = new Float32Array(lights.length * LIGHT);
  lights.forEach((light, i) => {
    const [x, y, z] = light.at;
    const n = light.sun ? Math.hypot(x, y, z) : 1;
    const to: Vec3 = [x / n, y / n, z / n];
    words.set([
      ...to,
      light.sun ? 1 : 0,
      ...light.colour,
      light.radius,
      ...(light.beam ?? [0, 1, 0]),
      light.bound ?? 0,
    ], i * LIGHT);
    if (!light.sun) return;
    // two axes across the rays, scaled so that the area maps to 0..1
    const side = Math.hypot(to[0], to[2]) > 1e-3 ? [to[2], 0, -to[0]] : [1, 0, 0];
    const m = Math.hypot(side[0]!, side[2]!);
    const u = [side[0]! / m, 0, side[2]! / m] as const;
    const v = [to[1] * u[2] - 0, to[2] * u[0] - to[0] * u[2], -to[1] * u[0]] as const;
    [u, v].forEach((axis, k) => {
      const s = 1 / (2 * (light.span ?? 20));
      const w = 0.5 - s * (axis[0] * centre[0] + axis[1] * centre[1] + axis[2] * centre[2]);
      words.set([axis[0] * s, axis[1] * s, axis[2] * s, w], i * LIGHT + 16 + 4 * k);
    });
  });
  return words;
}
