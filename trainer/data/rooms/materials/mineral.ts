/** Brick, concrete, stone and what buildings and streets are made of. */
import { Draws } from "../draws.ts";
import { colour, type Recipe, shade } from "./recipe.ts";

/** Brick wall. */
export function brick(d: Draws): Recipe {
  const painted = d.chance("painted", 0.25);
  const a = painted
    ? colour(d.uniform("hue"), d.uniform("s", 0, 0.15), d.uniform("v", 0.6, 0.95))
    : colour(d.uniform("hue", 0.0, 0.08), d.uniform("s", 0.35, 0.65), d.uniform("v", 0.4, 0.75));
  return {
    name: "brick",
    a,
    b: shade(a, 0.55),
    line: painted ? shade(a, 0.7) : colour(0.1, 0.1, d.uniform("joint value", 0.45, 0.8)),
    joint: d.uniform("joint", 0.004, 0.008),
    cell: [0.24, 0.078],
    shift: 0.5,
    vary: painted ? 0.15 : 0.8,
    blend: [9, 0.4],
    grain: [60, 0.16],
    bump: 0.12,
  };
}

/** Concrete, screed. */
export function concrete(d: Draws): Recipe {
  const a = colour(d.uniform("hue", 0.05, 0.2), d.uniform("s", 0, 0.12), d.uniform("v", 0.35, 0.8));
  return {
    name: "concrete",
    a,
    b: shade(a, 0.6),
    line: shade(a, 0.5),
    joint: d.chance("slabs", 0.5) ? 0.006 : 0,
    cell: [d.uniform("u", 1, 3), d.uniform("v2", 1, 3)],
    vary: 0.25,
    blend: [d.uniform("f", 1.5, 5), d.uniform("blotches", 0.15, 0.5)],
    grain: [24, 0.2],
    bump: 0.15,
    gloss: d.uniform("gloss", 0, 0.45),
  };
}

/** Asphalt. */
export function asphalt(d: Draws): Recipe {
  const a = colour(d.uniform("hue"), d.uniform("s", 0, 0.06), d.uniform("v", 0.25, 0.55));
  return {
    name: "asphalt",
    a,
    b: shade(a, 0.7),
    blend: [d.uniform("f", 0.2, 1), 0.8],
    grain: [40, 0.2],
    bump: 0.2,
    gloss: d.chance("wet", 0.15) ? 0.7 : 0.05,
  };
}

/** Cobbles and paving slabs. */
export function paving(d: Draws): Recipe {
  const a = colour(
    d.uniform("hue", 0.02, 0.15),
    d.uniform("s", 0, 0.3),
    d.uniform("v", 0.35, 0.75),
  );
  const side = d.scale("side", 0.1, 0.8);
  return {
    name: "paving",
    a,
    b: shade(a, 0.6),
    line: shade(a, d.uniform("joint value", 0.3, 0.6)),
    joint: Math.min(0.012, side * 0.06),
    cell: [side * d.pick("shape", [1, 1.5, 2]), side],
    shift: d.pick("shift", [0, 0.5, 2]),
    vary: 0.6,
    blend: [1.2, 0.6],
    grain: [25, 0.2],
    bump: 0.15,
  };
}

/** Natural stone. */
export function stone(d: Draws): Recipe {
  const a = colour(
    d.uniform("hue", 0.02, 0.18),
    d.uniform("s", 0.02, 0.25),
    d.uniform("v", 0.3, 0.8),
  );
  return {
    name: "stone",
    a,
    b: shade(a, 0.5),
    blend: [d.uniform("f", 1.5, 5), 1],
    grain: [18, 0.35],
    bump: 0.6,
  };
}

/** A facade: cells are windows, joints are wall. */
export function facade(d: Draws): Recipe {
  const wall = colour(
    d.uniform("hue", 0, 0.15),
    d.uniform("s", 0.02, 0.45),
    d.uniform("v", 0.35, 0.9),
  );
  const floor = d.uniform("floor", 2.7, 3.6);
  const u = d.uniform("u", 1.6, 3.6);
  return {
    name: "facade",
    a: colour(0.58, 0.25, d.uniform("dark", 0.1, 0.3)),
    b: colour(0.57, 0.2, d.uniform("bright", 0.3, 0.8)),
    line: wall,
    joint: Math.min(u, floor) * d.uniform("joint", 0.17, 0.32),
    cell: [u, floor],
    vary: 1,
    blend: [0.8, 0.3],
    grain: [20, 0.1],
    gloss: 0.6,
  };
}

/** Corrugated or slatted surfaces: roof tiles, radiators, blinds. */
export function slats(d: Draws): Recipe {
  const a = colour(d.uniform("hue"), d.uniform("s", 0, 0.5), d.uniform("v", 0.3, 0.95));
  const v = d.scale("side", 0.03, 0.3);
  return {
    name: "slats",
    a,
    b: shade(a, 0.8),
    line: shade(a, 0.3),
    joint: v * 0.1,
    cell: [d.uniform("u", 0.2, 3), v],
    shift: 0.5,
    vary: 0.5,
    blend: [3, 0.4],
    grain: [30, 0.1],
  };
}
