/** Sky, ambient light, exposure and tone of a scene, packed into the words that rooms.wgsl reads. */
import type { Draws } from "./draws.ts";
import { colour } from "./materials.ts";
import { LIGHT, LOOK, type Vec3 } from "./scene.ts";

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

export interface Sky {
  readonly zenith: Vec3;
  readonly horizon: Vec3;
  readonly below: Vec3;
  readonly skyline: Vec3;
  readonly ridge: number;
  readonly clouds: number;
  readonly haze: number;
  readonly sun: Vec3;
  readonly sunDisk: number;
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

export function scaled(c: Vec3, by: number): Vec3 {
  return [c[0] * by, c[1] * by, c[2] * by];
}

/** Kinds of weather and hour. */
export function drawSky(d: Draws): Sky & { readonly kind: string; readonly direct: number } {
  const kind = d.pick("kind", [
    "clear",
    "clear",
    "clear",
    "cloudy",
    "cloudy",
    "overcast",
    "low",
    "low",
    "night",
  ]);
  const azimuth = d.uniform("azimuth", 0, 2 * Math.PI);
  const low = kind === "low" || kind === "night";
  const height = low ? d.uniform("height", 0.06, 0.3) : d.uniform("height", 0.4, 1.25);
  const sun: Vec3 = [
    Math.cos(height) * Math.sin(azimuth),
    -Math.sin(height),
    Math.cos(height) * Math.cos(azimuth),
  ];
  const blue = d.uniform("blue", 0.55, 0.65);
  const green = d.chance("green", 0.7);
  const below = green
    ? colour(d.uniform("bh", 0.15, 0.3), 0.4, d.uniform("bv", 0.25, 0.5))
    : colour(0.1, 0.1, d.uniform("bv", 0.3, 0.6));
  const skyline = green
    ? colour(d.uniform("lh", 0.2, 0.35), 0.4, d.uniform("lv", 0.12, 0.35))
    : colour(0.6, 0.1, d.uniform("lv", 0.25, 0.6));
  const shared = {
    below,
    skyline,
    ridge: d.chance("ridge", 0.75) ? d.scale("ridge height", 0.03, 0.25) : 0.001,
    sun,
  };
  switch (kind) {
    case "clear":
    case "cloudy":
      return {
        kind,
        ...shared,
        zenith: scaled(colour(blue, d.uniform("s", 0.45, 0.85), d.uniform("v", 0.55, 0.9)), 1.1),
        horizon: scaled(
          colour(blue - 0.04, d.uniform("sh", 0.05, 0.3), d.uniform("vh", 0.85, 1)),
          1.2,
        ),
        clouds: kind === "cloudy" ? d.uniform("clouds", 0.4, 0.85) : d.uniform("clouds", 0, 0.25),
        haze: d.scale("haze", 0.0004, 0.006),
        sunDisk: 0.5,
        direct: d.uniform("direct", 1.6, 3.2),
      };
    case "overcast":
      return {
        kind,
        ...shared,
        zenith: scaled(colour(0.6, d.uniform("s", 0.02, 0.15), d.uniform("v", 0.65, 0.9)), 1.1),
        horizon: scaled(colour(0.58, 0.04, d.uniform("vh", 0.8, 1)), 1.2),
        clouds: d.uniform("clouds", 0.3, 1),
        haze: d.scale("haze", 0.001, 0.014),
        sunDisk: 0.05,
        direct: d.uniform("direct", 0.0, 0.35),
      };
    case "low":
      return {
        kind,
        ...shared,
        zenith: scaled(
          colour(d.uniform("zh", 0.55, 0.7), d.uniform("s", 0.3, 0.65), d.uniform("v", 0.4, 0.75)),
          1,
        ),
        horizon: scaled(colour(d.uniform("hh", 0.02, 0.13), d.uniform("sh", 0.15, 0.6), 1), 1.1),
        clouds: d.uniform("clouds", 0, 0.6),
        haze: d.scale("haze", 0.001, 0.01),
        sunDisk: 0.6,
        direct: d.uniform("direct", 0.7, 1.8),
      };
    default:
      return {
        kind,
        ...shared,
        zenith: scaled(colour(0.64, d.uniform("s", 0.1, 0.6), d.uniform("v", 0.12, 0.35)), 0.6),
        horizon: scaled(
          colour(d.uniform("hh", 0.02, 0.7), d.uniform("sh", 0.1, 0.4), d.uniform("vh", 0.3, 0.7)),
          0.6,
        ),
        clouds: d.uniform("clouds", 0, 0.5),
        haze: d.scale("haze", 0.0005, 0.006),
        sunDisk: 0,
        direct: d.uniform("direct", 0.05, 0.3),
      };
  }
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
