/** Things to sit and lie on. Object frame: origin on the floor in the middle of the back, front towards -z. */
import { Builder, type Frame } from "../builder.ts";
import { Draws } from "../draws.ts";
import { fabric, metal, paint } from "../materials/furnishing.ts";
import { wood } from "../materials/interior.ts";
import type { Recipe } from "../materials/recipe.ts";

/** Material of a piece of furniture's body. */
export function bodyMaterial(d: Draws): Recipe {
  return d.pick("kind", [wood, wood, wood, paint, metal])(d.of("body"));
}

/** Four legs under a rectangle centred at (0, z). */
export function legs(
  b: Builder,
  w: number,
  deep: number,
  z: number,
  high: number,
  r: number,
  m: Recipe,
  round: boolean,
): void {
  for (const sx of [-1, 1]) {
    for (const sz of [-1, 1]) {
      const x = sx * (w / 2 - r);
      const zz = z + sz * (deep / 2 - r);
      if (round) b.cone([x, -high / 2, zz], r * 0.7, r, high, m);
      else b.box([x, -high / 2, zz], [2 * r, high, 2 * r], m);
    }
  }
}

/** A chair of 0.45 m; its frame's origin is the middle of its seat on the floor. */
export function chair(
  b: Builder,
  d: Draws,
  frame: Frame,
  m: Recipe = bodyMaterial(d.of("chair")),
): void {
  b.object("chair", frame, () => {
    const w = d.uniform("w", 0.4, 0.48);
    const seat = d.uniform("seat", 0.43, 0.48);
    const back = d.uniform("back", 0.35, 0.55);
    const cushion = d.chance("cushion", 0.4) ? fabric(d.of("cushion")) : m;
    b.box([0, -seat, 0], [w, 0.045, w], cushion);
    legs(b, w, w, 0, seat - 0.02, 0.018, m, d.chance("round", 0.5));
    const style = d.whole("style", 0, 2);
    const z = w / 2 - 0.02;
    if (style === 0) b.box([0, -seat - back / 2, z], [w, back, 0.03], m, { pitch: -0.1 });
    else {
      for (const s of [-1, 1]) {
        b.box([s * (w / 2 - 0.02), -seat - back / 2, z], [0.03, back, 0.03], m);
      }
      b.box([0, -seat - back + 0.06, z], [w, 0.12, 0.025], m);
      if (style === 2) b.box([0, -seat - back * 0.4, z], [w, 0.07, 0.025], m);
    }
  });
}

/** Swivel chair on a star foot. */
export function officeChair(b: Builder, d: Draws, frame: Frame): void {
  b.object("chair", frame, () => {
    const m = d.chance("dark", 0.7) ? fabric(d.of("dark cloth")) : paint(d.of("shell"));
    const foot = metal(d.of("foot"));
    b.box([0, -0.48, 0], [0.48, 0.08, 0.46], m);
    b.box([0, -0.82, 0.22], [0.44, 0.55, 0.07], m, { pitch: -0.12 });
    b.cylinder([0, -0.26, 0], 0.025, 0.36, foot);
    for (let i = 0; i < 5; i++) {
      const a = i * 1.2566;
      b.bar([0, -0.1, 0], [0.3 * Math.sin(a), -0.05, 0.3 * Math.cos(a)], 0.02, foot);
    }
    if (d.chance("arms", 0.5)) {
      for (const s of [-1, 1]) b.box([s * 0.27, -0.66, 0], [0.05, 0.03, 0.28], foot);
    }
  });
}

/** Stool. */
export function stool(b: Builder, d: Draws, frame: Frame): void {
  b.object("stool", frame, () => {
    const m = bodyMaterial(d.of("stool"));
    const high = d.uniform("high", 0.42, 0.78);
    b.cylinder([0, -high, 0], 0.18, 0.04, m);
    for (let i = 0; i < 4; i++) {
      const a = i * Math.PI / 2 + 0.4;
      b.bar(
        [0.11 * Math.sin(a), -high, 0.11 * Math.cos(a)],
        [0.19 * Math.sin(a), 0, 0.19 * Math.cos(a)],
        0.014,
        m,
      );
    }
  });
}

/** Sofa or armchair of the given width; depth about 0.9 m. */
export function sofa(b: Builder, d: Draws, frame: Frame, w: number): void {
  b.object("sofa", frame, () => {
    const m = fabric(d.of("cloth"));
    const deep = 0.88;
    const arm = d.uniform("arm", 0.1, 0.24);
    const low = d.uniform("low", 0.05, 0.16);
    const seat = d.uniform("seat", 0.38, 0.46);
    const back = d.uniform("back", 0.65, 0.95);
    const high = d.uniform("arm high", 0.5, 0.65);
    b.box([0, -(low + seat) / 2 + 0.05, -deep / 2], [w - 2 * arm, seat - low - 0.05, deep], m);
    b.box([0, -(low + back) / 2, -0.1], [w, back - low, 0.2], m, { pitch: -0.06 });
    for (const s of [-1, 1]) {
      b.box([s * (w - arm) / 2, -(low + high) / 2, -deep / 2], [arm, high - low, deep], m);
    }
    const n = Math.max(1, Math.round((w - 2 * arm) / 0.7));
    const each = (w - 2 * arm) / n;
    for (let i = 0; i < n; i++) {
      const x = -w / 2 + arm + (i + 0.5) * each;
      b.box([x, -seat, -deep / 2 - 0.08], [each - 0.02, 0.12, deep - 0.22], m);
      b.box([x, -seat - 0.24, -0.28], [each - 0.03, 0.38, 0.16], m, { pitch: -0.25 });
    }
    const pillow = fabric(d.of("pillow"));
    if (d.chance("pillow", 0.7)) {
      b.box([w / 2 - arm - 0.22, -seat - 0.22, -0.42], [0.4, 0.36, 0.12], pillow, {
        pitch: -0.4,
        yaw: -0.4,
      });
    }
    legs(b, w - 0.1, deep - 0.1, -deep / 2, low + 0.04, 0.025, wood(d.of("legs")), false);
  });
}

/** Bed of width w and length 2 m, its head at the wall. */
export function bed(b: Builder, d: Draws, frame: Frame, w: number): void {
  b.object("bed", frame, () => {
    const m = bodyMaterial(d.of("frame"));
    const cover = fabric(d.of("cover"));
    const sheet = fabric(d.of("sheet"));
    const high = d.uniform("high", 0.42, 0.62);
    const head = d.uniform("head", 0.8, 1.3);
    b.box([0, -head / 2, -0.04], [w + 0.08, head, 0.08], d.chance("soft head", 0.5) ? cover : m);
    b.box([0, -0.18, -1.05], [w, 0.2, 2], m);
    b.box([0, -high + 0.11, -1.05], [w - 0.02, 0.24, 1.96], sheet);
    b.box([0, -high, -1.3], [w + 0.06, 0.09, 1.45], cover);
    b.box([0, -high + 0.16, -1.35], [w + 0.08, 0.3, 1.36], cover);
    const n = w > 1.2 ? 2 : 1;
    for (let i = 0; i < n; i++) {
      const x = (i - (n - 1) / 2) * w / 2;
      b.ball([x, -high - 0.05, -0.36], [Math.min(0.36, w / 2 - 0.06), 0.11, 0.2], sheet, {
        pitch: 0.35,
      });
      if (d.chance("second", 0.4)) {
        b.box([x, -high - 0.16, -0.5], [0.4, 0.34, 0.12], cover, { pitch: -0.5 });
      }
    }
  });
}

/** Long bench. */
export function bench(b: Builder, d: Draws, frame: Frame, w: number): void {
  b.object("bench", frame, () => {
    const m = bodyMaterial(d.of("bench"));
    b.box([0, -0.44, -0.2], [w, 0.06, 0.4], m);
    for (const s of [-1, 1]) b.box([s * (w / 2 - 0.15), -0.21, -0.2], [0.06, 0.42, 0.36], m);
    if (d.chance("back", 0.5)) {
      b.box([0, -0.72, -0.02], [w, 0.3, 0.04], m, { pitch: -0.15 });
      for (const s of [-1, 1]) b.box([s * (w / 2 - 0.15), -0.6, -0.02], [0.05, 0.4, 0.04], m);
    }
  });
}
