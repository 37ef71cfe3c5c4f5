/**
 * Procedural materials: parameters of the one surface formula in rooms.wgsl (cells with joints over noise at two scales).
 * Colours are linear RGB reflectances.
 */
import type { Draws } from "./draws.ts";
import type { Vec3 } from "./scene.ts";

/** One material. Lengths in metres, frequencies in 1/metre. */
export interface Recipe {
  readonly name: string;
  /** The two colours that noise and cells blend between. */
  readonly a: Vec3;
  readonly b: Vec3;
  /** Colour and half width of the joints between cells. */
  readonly line?: Vec3;
  readonly joint?: number;
  /** Cell size along u and v. */
  readonly cell?: readonly [number, number];
  /** Shift of each row in cells; 2: random. */
  readonly shift?: number;
  /** How much cells differ in blend, and in hue. */
  readonly vary?: number;
  readonly hue?: number;
  /** Frequency and amplitude of the noise that blends a and b, and of the noise that darkens. */
  readonly blend?: readonly [number, number];
  readonly grain?: readonly [number, number];
  /** Length of the noise along u (wood). */
  readonly stretch?: number;
  readonly bump?: number;
  readonly gloss?: number;
  readonly emission?: number;
}

/** Linear RGB from hue (turns), saturation and value as seen (sRGB). */
export function colour(hue: number, saturation: number, value: number): Vec3 {
  const h = ((hue % 1) + 1) % 1 * 6;
  const channel = (n: number) => {
    const k = (n + h) % 6;
    return (value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1)))) ** 2.2;
  };
  return [channel(5), channel(3), channel(1)];
}

function shade(c: Vec3, by: number): Vec3 {
  return [c[0] * by, c[1] * by, c[2] * by];
}

/** Packs the distinct recipes of a scene. */
export class MaterialBook {
  readonly #index = new Map<Recipe, number>();

  index(recipe: Recipe): number {
    let i = this.#index.get(recipe);
    if (i === undefined) this.#index.set(recipe, i = this.#index.size);
    return i;
  }

  get names(): ReadonlySet<string> {
    return new Set([...this.#index.keys()].map((r) => r.name));
  }

  /** [m, 24]. */
  array(): Float32Array {
    const words: number[] = [];
    for (const r of this.#index.keys()) {
      const cell = r.cell ?? [1, 1];
      const [blend, grain] = [r.blend ?? [1, 0], r.grain ?? [1, 0]];
      words.push(...r.a, r.gloss ?? 0, ...r.b, r.emission ?? 0, ...(r.line ?? r.a), r.joint ?? 0);
      words.push(cell[0], cell[1], r.shift ?? 0, r.vary ?? 0);
      words.push(blend[0], blend[1], grain[0], grain[1]);
      words.push(r.stretch ?? 1, r.hue ?? 0, r.bump ?? 0, 0);
    }
    return new Float32Array(words);
  }
}

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

/** Carpet or lawn-like pile. */
export function carpet(d: Draws): Recipe {
  const a = colour(
    d.uniform("hue"),
    d.uniform("saturation", 0.02, 0.55),
    d.uniform("value", 0.2, 0.8),
  );
  const patterned = d.chance("pattern", 0.5);
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
  const strong = light < 0.7 && d.chance("strong", 0.16);
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

/** Grass. */
export function grass(d: Draws): Recipe {
  const dry = d.chance("dry", 0.35);
  const hue = dry ? d.uniform("hue", 0.09, 0.16) : d.uniform("hue", 0.19, 0.3);
  const a = colour(hue, d.uniform("s", 0.25, 0.65), d.uniform("v", 0.33, 0.6));
  return {
    name: "grass",
    a,
    b: colour(
      hue + d.uniform("turn", -0.06, 0.03),
      d.uniform("sb", 0.3, 0.6),
      d.uniform("vb", 0.25, 0.6),
    ),
    blend: [d.uniform("f", 0.3, 2.2), 1],
    grain: [d.uniform("fine", 9, 26), d.uniform("amount", 0.35, 0.7)],
    bump: 0.8,
  };
}

/** Soil, sand, forest floor. */
export function soil(d: Draws): Recipe {
  const a = colour(
    d.uniform("hue", 0.05, 0.13),
    d.uniform("s", 0.15, 0.55),
    d.uniform("v", 0.3, 0.75),
  );
  const mossy = d.chance("mossy", 0.4);
  return {
    name: "soil",
    a,
    b: mossy
      ? colour(d.uniform("hue b", 0.15, 0.28), 0.5, d.uniform("vb", 0.2, 0.45))
      : shade(a, 0.45),
    blend: [d.uniform("f", 0.5, 3), 1],
    grain: [d.uniform("fine", 10, 30), 0.5],
    bump: 0.7,
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

/** Leaves. */
export function leaf(d: Draws): Recipe {
  const autumn = d.chance("autumn", 0.12);
  const hue = autumn ? d.uniform("hue", 0.03, 0.13) : d.uniform("hue", 0.18, 0.33);
  const a = colour(hue, d.uniform("s", 0.35, 0.75), d.uniform("v", 0.28, 0.6));
  return {
    name: "leaf",
    a,
    b: colour(hue + d.uniform("turn", -0.05, 0.02), 0.5, d.uniform("vb", 0.12, 0.35)),
    blend: [d.uniform("f", 4, 9), 1],
    grain: [d.uniform("fine", 9, 17), 0.75],
  };
}

/** Bark. */
export function bark(d: Draws): Recipe {
  const a = colour(
    d.uniform("hue", 0.03, 0.12),
    d.uniform("s", 0.1, 0.45),
    d.uniform("v", 0.2, 0.6),
  );
  return {
    name: "bark",
    a,
    b: shade(a, 0.4),
    blend: [22, 1],
    grain: [60, 0.35],
    stretch: 0.35,
    bump: 0.4,
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

/** Water. */
export function water(d: Draws): Recipe {
  const a = colour(
    d.uniform("hue", 0.5, 0.62),
    d.uniform("s", 0.1, 0.45),
    d.uniform("v", 0.25, 0.6),
  );
  return {
    name: "water",
    a,
    b: shade(a, 0.7),
    blend: [0.5, 0.7],
    grain: [3, 0.25],
    stretch: 3,
    bump: 0.15,
    gloss: 0.9,
  };
}
