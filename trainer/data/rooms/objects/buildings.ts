/** Houses, town buildings, fences. */
import { Builder, type Frame } from "../builder.ts";
import { Draws } from "../draws.ts";
import { glass, metal, paint, trimPaint } from "../materials/furnishing.ts";
import { plaster, wood } from "../materials/interior.ts";
import { brick, concrete, facade, slats, stone } from "../materials/mineral.ts";
import type { Recipe } from "../materials/recipe.ts";

/** A house of w x deep with a slanted roof, windows and a door in its front (towards -z); origin in the middle. */
export function house(
  b: Builder,
  d: Draws,
  frame: Frame,
  w: number,
  deep: number,
  floors: number,
): void {
  b.object("house", frame, () => {
    const m = d.pick("wall", [plaster, plaster, brick, planked, concrete])(d.of("wall"));
    const trim = trimPaint(d.of("trim"));
    const pane = glass(d.of("pane"));
    const roof = slats(d.of("roof"));
    const h = floors * 2.8 + 0.3;
    b.box([0, -h / 2, 0], [w, h, deep], m, { grain: 0.3 });
    const rise = d.uniform("rise", 0.3, 0.75) * deep / 2;
    if (d.chance("flat", 0.15)) {
      b.box([0, -h - 0.12, 0], [w + 0.5, 0.24, deep + 0.5], concrete(d.of("flat roof")));
    } else if (d.chance("gable front", 0.4)) {
      b.taper([0, -h - rise / 2, 0], [w + 0.7, rise, deep + 0.7], 0.5, 0.5, roof);
    } else {b.taper([0, -h - rise / 2, 0], [deep + 0.7, rise, w + 0.7], 0.5, 0.5, roof, {
        yaw: Math.PI / 2,
      });}
    if (d.chance("chimney", 0.6)) {
      b.box([w * 0.25, -h - rise * 0.8, 0], [0.6, rise * 1.2 + 0.6, 0.6], brick(d.of("chimney")));
    }
    const n = Math.max(2, Math.round(w / d.uniform("pitch", 2, 3.2)));
    const doorAt = d.whole("door", 0, n - 1);
    for (let f = 0; f < floors; f++) {
      for (let i = 0; i < n; i++) {
        const x = -w / 2 + (i + 0.5) * w / n;
        const z = -deep / 2;
        if (f === 0 && i === doorAt) {
          b.box([x, -1.15, z - 0.02], [1.1, 2.2, 0.08], trim, { shadow: false });
          b.box([x, -1.1, z - 0.06], [0.9, 2.05, 0.04], wood(d.of("leaf")), { shadow: false });
          b.box([x, -0.08, z - 0.5], [1.5, 0.16, 1], concrete(d.of("step")));
          continue;
        }
        const y = -(f * 2.8 + 1.65);
        b.box([x, y, z - 0.02], [1.25, 1.45, 0.08], trim, { shadow: false });
        b.box([x, y, z - 0.05], [1.08, 1.28, 0.06], pane, { shadow: false });
        b.box([x, y, z - 0.07], [0.06, 1.28, 0.05], trim, { shadow: false });
      }
    }
  });
}

function planked(d: Draws): Recipe {
  const m = slats(d);
  return { ...m, cell: [3, 0.18], joint: 0.006 };
}

/** A town building with a regular facade; its front is towards -z, origin in the middle of the front. */
export function block(
  b: Builder,
  d: Draws,
  frame: Frame,
  w: number,
  high: number,
  deep: number,
): void {
  b.object("building", frame, () => {
    const m = facade(d.of("facade"));
    const base = d.pick("base", [concrete, stone, plaster, brick])(d.of("base"));
    const floor = m.cell![1];
    const levels = Math.max(2, Math.round(high / floor));
    const top = levels * floor;
    const ground = d.uniform("ground", 3.2, 4.2);
    b.box([0, -ground - top / 2, deep / 2], [w, top, deep], m, {
      grain: d.uniform("grain", 0.1, 0.9),
    });
    b.box([0, -ground / 2, deep / 2], [w, ground, deep], base);
    b.box([0, -ground, deep / 2 - 0.1], [w, 0.3, deep + 0.3], base);
    b.box([0, -ground - top - 0.2, deep / 2 - 0.1], [w + 0.3, 0.5, deep + 0.5], base);
    const shops = Math.max(1, Math.round(w / 4));
    const pane = d.chance("lit", 0.3)
      ? {
        ...glass(d.of("pane")),
        emission: 1.2,
        a: [0.6, 0.5, 0.35] as const,
        b: [0.4, 0.33, 0.25] as const,
      }
      : glass(d.of("pane"));
    for (let i = 0; i < shops; i++) {
      const x = -w / 2 + (i + 0.5) * w / shops;
      const k = d.of("shop", i);
      b.box([x, -1.4, -0.04], [w / shops * 0.7, 2.2, 0.1], pane, { shadow: false });
      if (k.chance("awning", 0.4)) {
        b.box([x, -2.75, -0.6], [w / shops * 0.8, 0.05, 1.3], paint(k), { pitch: -0.35 });
      } else if (k.chance("sign", 0.6)) {
        b.box([x, -2.85, -0.06], [w / shops * 0.75, 0.45, 0.12], paint(k), { shadow: false });
      }
    }
    if (d.chance("balconies", 0.35)) {
      for (let f = 0; f < Math.min(4, levels); f++) {
        b.box([0, -ground - f * floor - 0.1, -0.5], [w * 0.5, 0.15, 1], base);
        b.box([0, -ground - f * floor - 0.6, -0.98], [w * 0.5, 0.9, 0.04], metal(d.of("rail")));
      }
    }
  });
}

/** A fence along x. */
export function fence(b: Builder, d: Draws, frame: Frame, length: number): void {
  b.object("fence", frame, () => {
    const m = d.pick("m", [wood, wood, metal, paint])(d.of("m"));
    const high = d.uniform("high", 0.8, 1.7);
    const n = Math.min(14, Math.round(length / d.uniform("pitch", 0.5, 2)));
    for (let i = 0; i <= n; i++) {
      b.box([-length / 2 + i * length / n, -high / 2, 0], [0.08, high, 0.08], m);
    }
    const rails = d.whole("rails", 2, 4);
    for (let j = 0; j < rails; j++) {
      b.box([0, -high * (j + 0.7) / rails, 0], [length, d.uniform("rail", 0.05, 0.14), 0.03], m);
    }
  });
}
