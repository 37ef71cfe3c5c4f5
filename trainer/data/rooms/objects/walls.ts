/** Walls with openings, and what fills the openings. */
import { Builder, type Frame } from "../builder.ts";
import { Draws } from "../draws.ts";
import { fabric, glow, metal, paint, trimPaint } from "../materials/furnishing.ts";
import { planks, plaster, wood } from "../materials/interior.ts";
import type { Recipe } from "../materials/recipe.ts";
import { radiator } from "./fittings.ts";

/** A hole in a wall: from x0 to x1 along it, from `bottom` to `top` metres above the floor. */
export interface Opening {
  readonly kind: "window" | "door" | "passage";
  readonly x0: number;
  readonly x1: number;
  readonly bottom: number;
  readonly top: number;
}

/** Thickness of the walls. */
export const WALL = 0.2;

/**
 * A wall in its own frame: x along it in [-length/2, length/2], inner face at z = 0, room at z < 0. Pieces around the openings
 * share one texture in world coordinates.
 */
export function wall(
  b: Builder,
  frame: Frame,
  length: number,
  high: number,
  openings: readonly Opening[],
  material: Recipe,
  trim: Recipe | undefined,
  grain: number,
): void {
  b.object("wall", frame, () => {
    const options = { world: true, shadow: "sun" as const, grain };
    const piece = (x0: number, x1: number, bottom: number, top: number) => {
      if (x1 - x0 < 0.005 || top - bottom < 0.005) return;
      b.box(
        [(x0 + x1) / 2, -(bottom + top) / 2, WALL / 2],
        [x1 - x0, top - bottom, WALL],
        material,
        options,
      );
      if (trim && bottom === 0) {
        b.box([(x0 + x1) / 2, -0.045, -0.008], [x1 - x0, 0.09, 0.016], trim, { shadow: false });
      }
    };
    let x = -length / 2 - WALL;
    for (const o of [...openings].sort((p, q) => p.x0 - q.x0)) {
      piece(x, o.x0, 0, high);
      piece(o.x0, o.x1, 0, o.bottom);
      piece(o.x0, o.x1, o.top, high);
      x = o.x1;
    }
    piece(x, length / 2 + WALL, 0, high);
  });
}

/** Frame, bars, sill and perhaps curtains of a window opening. */
export function window(b: Builder, d: Draws, frame: Frame, o: Opening): void {
  b.object("window", frame, () => {
    const m = d.chance("wood", 0.25) ? wood(d.of("frame")) : trimPaint(d.of("frame"));
    const [w, h] = [o.x1 - o.x0, o.top - o.bottom];
    const [x, y] = [(o.x0 + o.x1) / 2, -(o.bottom + o.top) / 2];
    const z = WALL * 0.6;
    const t = d.uniform("bar", 0.04, 0.08);
    b.box([o.x0 + t / 2, y, z], [t, h, 0.06], m);
    b.box([o.x1 - t / 2, y, z], [t, h, 0.06], m);
    b.box([x, -o.bottom - t / 2, z], [w, t, 0.06], m);
    b.box([x, -o.top + t / 2, z], [w, t, 0.06], m);
    const columns = Math.max(1, Math.round(w / d.uniform("pane", 0.5, 1.1)));
    const rows = Math.max(1, Math.round(h / d.uniform("pane high", 0.6, 1.8)));
    for (let i = 1; i < columns; i++) b.box([o.x0 + i * w / columns, y, z], [t * 0.8, h, 0.05], m);
    for (let j = 1; j < rows; j++) b.box([x, -o.bottom - j * h / rows, z], [w, t * 0.7, 0.05], m);
    if (o.bottom > 0.3) {
      b.box([x, -o.bottom + 0.015, -0.06], [w + 0.16, 0.03, 0.2], m);
      if (d.chance("radiator", 0.45)) radiator(b, d, { at: [x, 0, 0], yaw: 0 }, w * 0.8);
    }
    if (d.chance("curtains", 0.5)) {
      const cloth = fabric(d.of("curtain"));
      const pleats = {
        ...cloth,
        cell: [0.09, 30] as const,
        vary: 0.7,
        line: [cloth.b[0] * 0.5, cloth.b[1] * 0.5, cloth.b[2] * 0.5] as const,
        joint: 0.008,
      };
      const top = Math.min(o.top + 0.2, o.top + 0.2);
      const low = d.chance("long", 0.7) ? 0.03 : Math.max(o.bottom - 0.15, 0.03);
      const each = w * d.uniform("drawn", 0.12, 0.3) + 0.15;
      for (const s of [-1, 1]) {
        const xs = x + s * (w / 2 + 0.12 - each / 2);
        const n = Math.max(2, Math.round(each / 0.14));
        for (let i = 0; i < n; i++) {
          b.cylinder(
            [xs + (i - (n - 1) / 2) * each / n, -(top + low) / 2, -0.1],
            each / n * 0.62,
            top - low,
            pleats,
          );
        }
      }
      b.bar(
        [x - w / 2 - 0.3, -top, -0.1],
        [x + w / 2 + 0.3, -top, -0.1],
        0.014,
        metal(d.of("rod")),
        { shadow: false },
      );
    } else if (d.chance("blind", 0.2)) {
      const drop = h * d.uniform("drop", 0.15, 0.6);
      b.box([x, -o.top + drop / 2, -0.03], [w + 0.06, drop, 0.02], fabric(d.of("blind")));
    }
  });
}

/** A door leaf with its frame; open by `ajar` radians. */
export function door(b: Builder, d: Draws, frame: Frame, o: Opening): void {
  b.object("door", frame, () => {
    const m = d.chance("painted", 0.5) ? trimPaint(d.of("leaf")) : wood(d.of("leaf"));
    const rim = d.chance("same", 0.5) ? m : trimPaint(d.of("rim"));
    const w = o.x1 - o.x0;
    for (const s of [o.x0, o.x1]) {
      b.box([s, -o.top / 2 - 0.02, -0.01], [0.09, o.top + 0.04, 0.03], rim, { shadow: false });
    }
    b.box([(o.x0 + o.x1) / 2, -o.top - 0.04, -0.01], [w + 0.18, 0.08, 0.03], rim, {
      shadow: false,
    });
    const ajar = o.kind === "passage" ? d.uniform("ajar", 1.2, 1.7) : 0;
    if (ajar > 0 && d.chance("no leaf", 0.4)) return;
    b.object("door", { at: [o.x0 + 0.02, 0, 0.09], yaw: -ajar }, () => {
      const leaf = w - 0.04;
      b.box([leaf / 2, -o.top / 2, 0], [leaf, o.top, 0.04], m);
      for (const y of [0.28, 0.72]) {
        b.box([leaf / 2, -o.top * y, -0.024], [leaf * 0.62, o.top * 0.3, 0.012], m, {
          shadow: false,
        });
      }
      b.bar([leaf * 0.9, -1.02, -0.06], [leaf * 0.76, -1.02, -0.06], 0.011, metal(d.of("handle")), {
        shadow: false,
      });
    });
  });
}

/** The small room behind a passage: floor, ceiling, back and side walls. */
export function annex(b: Builder, d: Draws, frame: Frame, o: Opening, deep: number): void {
  b.object("annex", frame, () => {
    const m = plaster(d.of("wall"));
    const floor = planks(d.of("floor"));
    const x = (o.x0 + o.x1) / 2 + d.uniform("x", -0.4, 0.4);
    const [w, h] = [
      Math.max(d.uniform("w", 1.8, 3), o.x1 - o.x0 + 0.9),
      Math.max(2.6, o.top + 0.15),
    ];
    const z = WALL + deep / 2;
    b.box([x, 0.05, z], [w + 0.4, 0.1, deep + 0.4], floor, { shadow: false, world: true });
    b.box([x, -h - 0.05, z], [w + 0.4, 0.1, deep + 0.4], m, { shadow: false });
    b.box([x, -h / 2, WALL + deep + 0.05], [w + 0.2, h, 0.1], m, { shadow: false });
    for (const s of [-1, 1]) {
      b.box([x + s * (w / 2 + 0.05), -h / 2, z], [0.1, h, deep], m, { shadow: false });
    }
    if (d.chance("thing", 0.6)) {
      b.box(
        [x + d.uniform("tx", -0.5, 0.5), -0.45, WALL + deep - 0.2],
        [0.8, 0.9, 0.36],
        wood(d.of("thing")),
      );
    }
    if (d.chance("picture", 0.5)) {
      b.box([x, -1.6, WALL + deep - 0.01], [0.5, 0.6, 0.03], paint(d.of("p")));
    }
    b.ball([x, -h + 0.05, z], [0.15, 0.06, 0.15], glow(0.5, 3), { shadow: false });
  });
}
