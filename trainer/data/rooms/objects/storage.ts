/** Shelves, cupboards, kitchen units, appliances. Object frame: origin on the floor in the middle of the back, front towards -z. */
import { Builder, type Frame } from "../builder.ts";
import { Draws } from "../draws.ts";
import { books, glass, metal, paint } from "../materials/furnishing.ts";
import { tile, wood } from "../materials/interior.ts";
import { clutter } from "./clutter.ts";
import { bodyMaterial, legs } from "./seating.ts";

/** Shelf unit w x high, 0.3 m deep, filled with books and things. */
export function shelf(b: Builder, d: Draws, frame: Frame, w: number, high: number): void {
  b.object("shelf", frame, () => {
    const m = bodyMaterial(d.of("shelf"));
    const deep = d.uniform("deep", 0.26, 0.4);
    const t = 0.025;
    for (const s of [-1, 1]) b.box([s * (w - t) / 2, -high / 2, -deep / 2], [t, high, deep], m);
    if (d.chance("backed", 0.7)) b.box([0, -high / 2, -0.006], [w, high, 0.012], m);
    const n = Math.max(2, Math.round(high / d.uniform("step", 0.3, 0.42)));
    const step = (high - 0.08) / n;
    for (let i = 0; i <= n; i++) {
      const y = -0.06 - i * step;
      b.box([0, y, -deep / 2], [w - 2 * t, t, deep], m, { shadow: i === n || i === 0 });
      if (i === n) break;
      const k = d.of("level", i);
      if (k.chance("books", 0.62)) {
        const tall = step * k.uniform("tall", 0.6, 0.88);
        const long = (w - 2 * t) * k.uniform("long", 0.4, 1);
        b.box(
          [(w - 2 * t - long) / 2 * k.sign("side"), y - tall / 2 - t / 2, -deep * 0.45],
          [long, tall, deep * 0.75],
          books(k),
          { shadow: false },
        );
      } else clutter(b, k, w * 0.8, deep * 0.7, -deep / 2, -y + t / 2, k.whole("n", 1, 3));
    }
  });
}

/** Cupboard, wardrobe, chest of drawers: a closed body with fronts and grips. */
export function cabinet(
  b: Builder,
  d: Draws,
  frame: Frame,
  w: number,
  high: number,
  deep: number,
): void {
  b.object("cabinet", frame, () => {
    const m = bodyMaterial(d.of("cabinet"));
    const front = d.chance("other fronts", 0.4) ? paint(d.of("front")) : m;
    const grip = metal(d.of("grip"));
    const foot = d.uniform("foot", 0.03, 0.14);
    b.box([0, -(high + foot) / 2, -deep / 2], [w, high - foot, deep], m);
    legs(b, w - 0.06, deep - 0.06, -deep / 2, foot, 0.02, m, false);
    const columns = Math.max(1, Math.round(w / d.uniform("column", 0.42, 0.7)));
    const rows = d.chance("drawers", 0.5)
      ? Math.max(1, Math.round(high / 0.26))
      : high > 1.5
      ? 1
      : 1;
    const [cw, rh] = [w / columns, (high - foot) / rows];
    for (let i = 0; i < columns && columns * rows <= 16; i++) {
      for (let j = 0; j < rows; j++) {
        const x = -w / 2 + (i + 0.5) * cw;
        const y = -foot - (j + 0.5) * rh;
        b.box([x, y, -deep - 0.008], [cw - 0.012, rh - 0.012, 0.018], front, { shadow: false });
        const upright = rows === 1;
        b.box(
          [upright ? x + cw * 0.4 * (i % 2 ? -1 : 1) : x, y, -deep - 0.03],
          upright ? [0.015, Math.min(0.2, rh * 0.3), 0.02] : [cw * 0.3, 0.015, 0.02],
          grip,
          { shadow: false },
        );
      }
    }
    if (high < 1.3) clutter(b, d.of("on top"), w, deep, -deep / 2, high, d.whole("things", 0, 5));
    else if (d.chance("boxes", 0.3)) {
      b.box([0, -high - 0.15, -deep / 2], [w * 0.5, 0.3, deep * 0.7], paint(d.of("box")));
    }
  });
}

/** Kitchen run along a wall: base units, worktop, sink, hob, wall units, hood. */
export function kitchenRun(b: Builder, d: Draws, frame: Frame, w: number, upper: boolean): void {
  b.object("kitchen", frame, () => {
    const front = d.of("fronts").chance("wood", 0.4) ? wood(d.of("front")) : paint(d.of("front"));
    const top = bodyMaterial(d.of("top"));
    const grip = metal(d.of("grip"));
    const n = Math.max(1, Math.round(w / 0.6));
    const each = w / n;
    b.box([0, -0.49, -0.29], [w, 0.78, 0.56], front);
    b.box([0, -0.05, -0.27], [w, 0.1, 0.5], paint(d.of("plinth")));
    b.box([0, -0.9, -0.31], [w + 0.02, 0.04, 0.62], top);
    b.box([0, -1.18, -0.008], [w, 0.52, 0.016], tile(d.of("splash")), {
      shadow: false,
      world: true,
    });
    for (let i = 0; i < n; i++) {
      const x = -w / 2 + (i + 0.5) * each;
      b.box([x, -0.49, -0.575], [each - 0.01, 0.76, 0.02], front, { shadow: false });
      b.box([x, -0.8, -0.595], [each * 0.4, 0.015, 0.02], grip, { shadow: false });
      if (upper && !d.of("gap", i).chance("open", 0.3)) {
        b.box([x, -1.8, -0.17], [each - 0.008, 0.7, 0.34], front);
        b.box([x + each * 0.35, -1.55, -0.35], [0.015, 0.14, 0.02], grip, { shadow: false });
      }
    }
    const hob = -w / 2 + (d.whole("hob", 0, n - 1) + 0.5) * each;
    b.box([hob, -0.925, -0.3], [0.56, 0.01, 0.5], glass(d.of("hob")), { shadow: false });
    if (d.chance("pot", 0.5)) b.cylinder([hob + 0.12, -0.99, -0.2], 0.1, 0.13, metal(d.of("pot")));
    clutter(b, d.of("on top"), w, 0.5, -0.3, 0.92, d.whole("things", 2, 7));
  });
}

/** Refrigerator or tall appliance. */
export function fridge(b: Builder, d: Draws, frame: Frame): void {
  b.object("fridge", frame, () => {
    const m = d.chance("steel", 0.5) ? metal(d.of("m")) : paint(d.of("m"));
    const high = d.uniform("high", 1.5, 2);
    b.box([0, -high / 2, -0.32], [0.6, high, 0.62], m);
    b.box([0, -high * 0.66, -0.64], [0.58, high * 0.64, 0.03], m, { shadow: false });
    b.box([0, -high * 0.16, -0.64], [0.58, high * 0.3, 0.03], m, { shadow: false });
    b.box([0.24, -high * 0.6, -0.67], [0.02, 0.4, 0.03], metal(d.of("grip")), { shadow: false });
  });
}
