/** Kinds of weather and hour. */
import { Draws } from "./draws.ts";
import { colour, scaled } from "./materials/recipe.ts";
import type { Vec3 } from "./scene.ts";

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
