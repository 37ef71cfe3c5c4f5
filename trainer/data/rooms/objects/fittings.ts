/** Lamps, plants, televisions, pictures, rugs, radiators. */
import { leaf } from "../materials/nature.ts";
import type { Recipe } from "../materials/recipe.ts";
import { Builder, type Frame } from "../builder.ts";
import { Draws } from "../draws.ts";
import { fabric, glass, glow, metal, paint, poster, screen } from "../materials/furnishing.ts";
import { wood } from "../materials/interior.ts";
import { slats } from "../materials/mineral.ts";
import { bodyMaterial } from "./seating.ts";

/** Standing lamp; returns nothing, its glow is a material: the scene adds the light. */
export function floorLamp(b: Builder, d: Draws, frame: Frame): void {
  b.object("lamp", frame, () => {
    const m = metal(d.of("pole"));
    const high = d.uniform("high", 1.3, 1.75);
    b.cylinder([0, -0.015, 0], 0.14, 0.03, m);
    b.cylinder([0, -high / 2, 0], 0.012, high, m);
    b.cone(
      [0, -high - 0.08, 0],
      d.uniform("bottom", 0.14, 0.24),
      d.uniform("top", 0.08, 0.16),
      0.26,
      d.chance("lit", 0.6) ? glow(0.8, 2.5) : fabric(d.of("shade")),
      { shadow: false },
    );
  });
}

/** Hanging lamp; the frame's origin is on the ceiling. */
export function pendant(b: Builder, d: Draws, frame: Frame, drop: number): void {
  b.object("lamp", frame, () => {
    const m = metal(d.of("cord"));
    b.cylinder([0, drop / 2, 0], 0.006, drop, m, { shadow: false });
    const r = d.uniform("r", 0.1, 0.28);
    const lit = d.chance("lit", 0.7);
    if (d.chance("ball", 0.4)) {
      b.ball([0, drop, 0], [r, r * 0.9, r], lit ? glow(0.4, 3) : paint(d.of("ball")), {
        shadow: false,
      });
    } else {
      b.cone(
        [0, drop, 0],
        r,
        r * 0.4,
        r * 0.9,
        lit && d.chance("cloth", 0.5) ? glow(0.7, 2) : paint(d.of("shade")),
        { shadow: false },
      );
      if (lit) {
        b.ball([0, drop + r * 0.42, 0], [r * 0.3, r * 0.3, r * 0.3], glow(0.5, 6), {
          shadow: false,
        });
      }
    }
  });
}

/** Pot plant about `high` metres tall. */
export function plant(b: Builder, d: Draws, frame: Frame, high: number): void {
  b.object("plant", frame, () => {
    const pot = high * d.uniform("pot", 0.18, 0.3);
    const m = leaf(d.of("leaf"));
    b.cone([0, -pot / 2, 0], pot * 0.35, pot * 0.5, pot, paint(d.of("pot")));
    const n = d.whole("n", 3, 6);
    const wide = high * d.uniform("wide", 0.16, 0.32);
    for (let i = 0; i < n; i++) {
      const k = d.of("tuft", i);
      const y = -pot - (high - pot) * (0.15 + 0.75 * (i + 0.5) / n);
      const r = wide * k.uniform("r", 0.5, 0.95);
      b.leaves(
        [k.uniform("x", -0.6, 0.6) * wide, y, k.uniform("z", -0.6, 0.6) * wide],
        [r, r * k.uniform("flat", 0.6, 1.5), r],
        k.uniform("density", 0.42, 0.65),
        m,
      );
    }
    b.cylinder(
      [0, -(pot + high * 0.6) / 2, 0],
      0.015 + high * 0.008,
      high * 0.6 - pot * 0.6,
      wood(d.of("stem")),
    );
  });
}

/** Television on the wall or on a low board; origin at the wall on the floor. */
export function television(b: Builder, d: Draws, frame: Frame, w: number): void {
  b.object("television", frame, () => {
    const high = w * 0.57;
    const y = d.uniform("y", 0.9, 1.3);
    b.box([0, -y, -0.06], [w, high, 0.05], paint(d.of("rim")), { shadow: false });
    b.box(
      [0, -y, -0.088],
      [w - 0.04, high - 0.04, 0.008],
      d.chance("on", 0.25) ? screen(d.of("screen")) : glass(d.of("screen")),
      { shadow: false },
    );
  });
}

/** Framed picture, poster or board on a wall: centre at height y. */
export function picture(
  b: Builder,
  d: Draws,
  frame: Frame,
  w: number,
  high: number,
  y: number,
): void {
  b.object("picture", frame, () => {
    const rim = d.uniform("rim", 0.015, 0.06);
    b.box(
      [0, -y, -0.012],
      [w, high, 0.024],
      d.chance("frame", 0.8) ? bodyMaterial(d.of("rim")) : poster(d.of("p")),
      { shadow: false },
    );
    b.box([0, -y, -0.026], [w - 2 * rim, high - 2 * rim, 0.006], poster(d.of("image")), {
      shadow: false,
    });
  });
}

/** Flat rug; origin in its middle. */
export function rug(
  b: Builder,
  frame: Frame,
  w: number,
  deep: number,
  material: Recipe,
  round: boolean,
): void {
  b.object("rug", frame, () => {
    if (round) {
      b.cylinder([0, -0.006, 0], Math.min(w, deep) / 2, 0.012, material, { shadow: false });
    } else b.box([0, -0.006, 0], [w, 0.012, deep], material, { shadow: false });
  });
}

/** Radiator under a window. */
export function radiator(b: Builder, d: Draws, frame: Frame, w: number): void {
  b.object("radiator", frame, () => {
    const m = slats(d.of("radiator"));
    b.box([0, -0.4, -0.09], [w, 0.5, 0.09], {
      ...m,
      a: [0.75, 0.74, 0.7],
      b: [0.7, 0.69, 0.65],
      line: [0.35, 0.34, 0.32],
      cell: [0.06, 3],
      shift: 0,
    });
  });
}
