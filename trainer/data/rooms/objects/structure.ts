/** Stairs and columns. */
import { Builder, type Frame } from "../builder.ts";
import { Draws } from "../draws.ts";
import { metal, paint } from "../materials/furnishing.ts";
import { plaster, wood } from "../materials/interior.ts";
import type { Recipe } from "../materials/recipe.ts";

/** Straight flight of stairs going up towards +z from the origin, with a rail. */
export function stairs(b: Builder, d: Draws, frame: Frame, w: number, steps: number): void {
  b.object("stairs", frame, () => {
    const m = d.pick("kind", [wood, plaster, paint])(d.of("stair"));
    const rise = 0.175;
    const run = 0.27;
    const solid = d.chance("solid", 0.6);
    for (let i = 0; i < steps; i++) {
      const top = rise * (i + 1);
      if (solid) b.box([0, -top / 2, run * (i + 0.5)], [w, top, run], m, { grain: 0.4 });
      else b.box([0, -top + 0.02, run * (i + 0.5)], [w, 0.045, run + 0.03], m, { grain: 0.4 });
    }
    const end = steps * run;
    const high = steps * rise;
    const rail = metal(d.of("rail"));
    const pitch = Math.atan2(rise, run);
    if (!solid) {
      for (const s of [-1, 1]) {
        b.box([s * w / 2, -high / 2, end / 2], [0.05, 0.24, Math.hypot(end, high)], m, { pitch });
      }
    }
    const s = d.sign("side");
    b.bar([s * (w / 2 - 0.04), -0.95, 0], [s * (w / 2 - 0.04), -0.95 - high, end], 0.022, rail);
    for (let i = 0; i < steps; i += 2) {
      b.cylinder([s * (w / 2 - 0.04), -rise * (i + 1) - 0.42, run * (i + 0.5)], 0.011, 0.85, rail);
    }
  });
}

/** Round or square column. */
export function column(
  b: Builder,
  d: Draws,
  frame: Frame,
  high: number,
  r: number,
  m: Recipe,
): void {
  b.object("column", frame, () => {
    if (d.chance("square", 0.4)) b.box([0, -high / 2, 0], [2 * r, high, 2 * r], m);
    else b.cone([0, -high / 2, 0], r, r * d.uniform("taper", 0.85, 1), high, m);
    if (d.chance("base", 0.6)) {
      b.box([0, -0.12, 0], [r * 2.6, 0.24, r * 2.6], m);
      b.box([0, -high + 0.12, 0], [r * 2.6, 0.24, r * 2.6], m, { shadow: false });
    }
  });
}
