/** Materials of walls, floors and ceilings. */
import { Draws } from "../draws.ts";
import { colour, type Recipe, shade } from "./recipe.ts";
import type { Vec3 } from "../scene.ts";

function woodColour(d: Draws): Vec3 {
  return colour(
    d.uniform("hue", 0.05, 0.11),
    d.uniform("saturation", 0.2, 0.65),
    d.scale("value", 0.25, 0.85),
  );
}

/** Solid wood of furniture and doors. */
export function wood(d: Draws): Recipe {
  const a = woodColour(d.of("wood"));
  return {
    name: "wood",
    a,
    b: shade(a, d.uniform("contrast", 0.55, 0.85)),
    blend: [d.uniform("f", 14, 30), 0.7],
    grain: [90, 0.12],
    stretch: 14,
    gloss: d.uniform("gloss", 0.05, 0.45),
  };
}

/** Floor of wooden planks. */
export function planks(d: Draws): Recipe {
  const a = woodColour(d.of("planks"));
  const wide = d.uniform("wide", 0.07, 0.24);
  return {
    name: "planks",
    a,
    b: shade(a, d.uniform("contrast", 0.55, 0.85)),
    line: shade(a, 0.25),
    joint: d.uniform("joint", 0.001, 0.004),
    cell: [d.uniform("long", 0.5, 2.2), wide],
    shift: d.chance("regular", 0.3) ? 0.5 : 2,
    vary: d.uniform("vary", 0.25, 0.9),
    blend: [d.uniform("f", 9, 20), 0.5],
    grain: [70, 0.12],
    stretch: 12,
    gloss: d.uniform("gloss", 0.1, 0.75),
  };
}

/** Square tiles. */
export function tile(d: Draws): Recipe {
  const a = colour(
    d.uniform("hue"),
    d.uniform("saturation", 0, 0.22),
    d.uniform("value", 0.35, 0.95),
  );
  const side = d.scale("side", 0.12, 0.9);
  return {
    name: "tile",
    a,
    b: shade(a, d.uniform("contrast", 0.6, 0.95)),
    line: d.chance("light joint", 0.4) ? colour(0, 0, 0.85) : shade(a, 0.4),
    joint: d.uniform("joint", 0.0015, 0.005),
    cell: [side * d.pick("shape", [1, 1, 2]), side],
    shift: d.pick("shift", [0, 0, 0.5]),
    vary: d.uniform("vary", 0, 0.5),
    blend: [6, 0.5],
    grain: [30, 0.05],
    gloss: d.uniform("gloss", 0.2, 0.85),
  };
}

/** Carpet or lawn-like pile. */
export function carpet(d: Draws): Recipe {
  const a = colour(
    d.uniform("hue"),
    d.uniform("saturation", 0.02, 0.35),
    d.uniform("value", 0.2, 0.7),
  );
  const patterned = d.chance("pattern", 0.25);
  const side = d.scale("side", 0.06, 0.5);
  const b = patterned
    ? colour(d.uniform("hue b"), d.uniform("sb", 0.05, 0.6), d.uniform("vb", 0.2, 0.85))
    : shade(a, 0.75);
  return {
    name: "carpet",
    a,
    b,
    line: patterned ? colour(d.uniform("hue c"), 0.3, d.uniform("vc", 0.2, 0.9)) : a,
    joint: patterned ? side * d.uniform("joint", 0.02, 0.2) : 0,
    cell: [side, side],
    shift: d.pick("shift", [0, 0.5]),
    vary: patterned ? 1 : 0,
    blend: [3, 0.35],
    grain: [70, 0.2],
    bump: 0.15,
  };
}

/** Painted plaster of walls and ceilings. */
export function plaster(d: Draws, light = 0.6): Recipe {
  const strong = light < 0.7 && d.chance("strong", 0.1);
  const a = colour(
    d.uniform("hue"),
    strong ? d.uniform("s", 0.2, 0.55) : d.uniform("s", 0, 0.1),
    strong ? d.uniform("v", 0.35, 0.85) : d.uniform("v", light, 0.97),
  );
  const rough = d.chance("rough", 0.25);
  return {
    name: "plaster",
    a,
    b: shade(a, 0.9),
    blend: [d.uniform("f", 0.4, 1.5), 0.5],
    grain: rough ? [28, 0.12] : [50, 0.03],
    bump: rough ? 0.2 : 0.03,
    gloss: 0.04,
  };
}

/** Wallpaper: stripes or a repeated motif. */
export function wallpaper(d: Draws): Recipe {
  const a = colour(d.uniform("hue"), d.uniform("s", 0.03, 0.4), d.uniform("v", 0.5, 0.92));
  const stripes = d.chance("stripes", 0.5);
  const side = d.uniform("side", 0.06, 0.4);
  return {
    name: "wallpaper",
    a,
    b: shade(a, d.uniform("contrast", 0.7, 0.95)),
    line: shade(
      d.chance("contrast line", 0.3) ? colour(d.uniform("hue line"), 0.3, 0.7) : a,
      d.uniform("lv", 0.6, 1.05),
    ),
    joint: side * d.uniform("joint", 0.03, 0.2),
    cell: stripes ? [side, 60] : [side, side * d.uniform("aspect", 0.7, 1.6)],
    shift: stripes ? 0 : 0.5,
    vary: 0.4,
    blend: [1, 0.2],
    grain: [40, 0.04],
  };
}

/** Ceiling panels. */
export function panels(d: Draws): Recipe {
  const a = colour(0.1, d.uniform("s", 0, 0.06), d.uniform("v", 0.7, 0.95));
  return {
    name: "panels",
    a,
    b: shade(a, 0.88),
    line: shade(a, d.uniform("joint value", 0.4, 0.8)),
    joint: 0.01,
    cell: [0.6, d.pick("long", [0.6, 1.2])],
    vary: 0.2,
    grain: [45, 0.08],
    blend: [10, 0.2],
  };
}

/** Polished stone. */
export function marble(d: Draws): Recipe {
  const a = colour(d.uniform("hue", 0.05, 0.15), d.uniform("s", 0, 0.2), d.uniform("v", 0.5, 0.95));
  return {
    name: "marble",
    a,
    b: shade(a, 0.55),
    line: shade(a, 0.5),
    joint: 0.002,
    cell: [d.uniform("u", 0.5, 1.4), d.uniform("w", 0.5, 1.4)],
    vary: 0.35,
    blend: [d.uniform("f", 2, 6), d.uniform("veins", 0.1, 0.5)],
    grain: [16, 0.15],
    gloss: d.uniform("gloss", 0.4, 0.95),
  };
}
