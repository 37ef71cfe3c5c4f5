/** Materials of furniture, pictures, screens and people. */
import { Draws } from "../draws.ts";
import { colour, type Recipe, shade } from "./recipe.ts";
import type { Vec3 } from "../scene.ts";

/** Woven cloth of sofas, beds, curtains, clothes. */
export function fabric(d: Draws): Recipe {
  const a = colour(d.uniform("hue"), d.uniform("s", 0, 0.75), d.scale("v", 0.12, 0.95));
  const stripes = d.chance("stripes", 0.25);
  return {
    name: "fabric",
    a,
    b: stripes ? colour(d.uniform("hue b"), 0.3, d.uniform("vb", 0.2, 0.9)) : shade(a, 0.7),
    cell: stripes ? [d.uniform("side", 0.03, 0.2), 9] : [1, 1],
    vary: stripes ? 1 : 0,
    blend: [5, 0.4],
    grain: [60, 0.15],
    bump: 0.12,
  };
}

/** Paint, lacquer or plastic. */
export function paint(d: Draws): Recipe {
  const neutral = d.chance("neutral", 0.68);
  const a = colour(
    d.uniform("hue"),
    neutral ? d.uniform("s", 0, 0.12) : d.uniform("s", 0.3, 0.85),
    neutral ? d.pick("v", [0.08, 0.15, 0.4, 0.75, 0.92, 0.95]) : d.uniform("v", 0.25, 0.85),
  );
  return {
    name: "paint",
    a,
    b: shade(a, 0.9),
    blend: [2, 0.4],
    grain: [40, 0.02],
    gloss: d.uniform("gloss", 0.1, 0.8),
  };
}

/** Paint of frames, doors and skirting: white, grey or dark as a rule. */
export function trimPaint(d: Draws): Recipe {
  if (d.chance("bold", 0.12)) return paint(d);
  const v = d.pick("v", [0.95, 0.95, 0.92, 0.88, 0.8, 0.5, 0.25, 0.12]);
  const a = colour(d.uniform("hue", 0.05, 0.15), d.uniform("s", 0, 0.1), v);
  return {
    name: "paint",
    a,
    b: shade(a, 0.9),
    blend: [2, 0.4],
    grain: [40, 0.03],
    gloss: d.uniform("gloss", 0.1, 0.6),
  };
}

/** Bare or dark metal. */
export function metal(d: Draws): Recipe {
  const a = colour(
    d.uniform("hue", 0.05, 0.65),
    d.uniform("s", 0, 0.1),
    d.pick("v", [0.12, 0.25, 0.55, 0.7, 0.8]),
  );
  return {
    name: "metal",
    a,
    b: shade(a, 0.7),
    blend: [8, 0.4],
    grain: [50, 0.05],
    stretch: 5,
    gloss: d.uniform("gloss", 0.5, 1),
  };
}

/** Panes and screens: dark and glossy. */
export function glass(d: Draws): Recipe {
  const a = colour(
    d.uniform("hue", 0.5, 0.65),
    d.uniform("s", 0.1, 0.4),
    d.uniform("v", 0.06, 0.3),
  );
  return { name: "glass", a, b: shade(a, 1.8), blend: [1.2, 0.7], gloss: 1 };
}

/** A lit screen or sign. */
export function screen(d: Draws): Recipe {
  const a = colour(d.uniform("hue"), 0.6, 0.8);
  const side = d.uniform("side", 0.05, 0.3);
  return {
    name: "screen",
    a,
    b: colour(d.uniform("hue b"), 0.4, 0.3),
    cell: [side * 2, side],
    vary: 1,
    hue: 0.5,
    blend: [4, 0.6],
    emission: d.uniform("e", 0.3, 1.5),
    gloss: 0.8,
  };
}

/** Pictures and posters: coloured blocks over noise. */
export function poster(d: Draws): Recipe {
  const a = colour(d.uniform("hue"), d.uniform("s", 0, 0.7), d.uniform("v", 0.3, 0.95));
  const side = d.scale("side", 0.03, 0.5);
  return {
    name: "poster",
    a,
    b: colour(d.uniform("hue b"), d.uniform("sb", 0, 0.8), d.uniform("vb", 0.1, 0.9)),
    line: colour(d.uniform("hue l"), 0.3, d.uniform("lv", 0, 1)),
    joint: d.chance("lines", 0.4) ? side * 0.06 : 0,
    cell: [side * d.uniform("aspect", 0.6, 2.5), side],
    shift: d.pick("shift", [0, 0.3, 2]),
    vary: d.uniform("vary", 0.2, 1),
    hue: d.chance("colourful", 0.5) ? d.uniform("hue amount", 0.2, 0.9) : 0,
    blend: [d.scale("f", 2, 14), 1],
    grain: [30, 0.1],
    gloss: 0.15,
  };
}

/** Rows of book spines. */
export function books(d: Draws): Recipe {
  return {
    name: "books",
    a: colour(d.uniform("hue"), 0.4, 0.6),
    b: colour(d.uniform("hue b"), 0.3, 0.25),
    line: [0.01, 0.01, 0.01],
    joint: 0.002,
    cell: [d.uniform("u", 0.025, 0.05), 5],
    vary: 1,
    hue: d.uniform("colour", 0.3, 0.9),
    grain: [50, 0.15],
    blend: [12, 0.3],
  };
}

/** Something that shines by itself. */
export function glow(warm: number, strength: number): Recipe {
  const a: Vec3 = [1, 0.97 - 0.2 * warm, 0.94 - 0.5 * warm];
  return { name: "glow", a, b: a, emission: strength };
}

/** Skin. */
export function skin(d: Draws): Recipe {
  const a = colour(d.uniform("hue", 0.04, 0.07), d.uniform("s", 0.3, 0.55), d.scale("v", 0.3, 0.9));
  return { name: "skin", a, b: shade(a, 0.85), blend: [6, 0.4] };
}
