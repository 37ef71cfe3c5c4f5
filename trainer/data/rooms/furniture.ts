/** Tables, cupboards, lamps and the things that stand on them. Object frame: origin on the floor in the middle of the back, front towards -z. */
import type { Builder, Frame } from "./builder.ts";
import type { Draws } from "./draws.ts";
import { bodyMaterial, legs } from "./seating.ts";
import {
  books,
  fabric,
  glass,
  glow,
  metal,
  paint,
  poster,
  screen,
  slats,
  tile,
  wood,
} from "./materials.ts";

/** Small things on a surface at height `high` within w x deep centred at (0, z). */
export function clutter(
  b: Builder,
  d: Draws,
  w: number,
  deep: number,
  z: number,
  high: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) {
    const k = d.of("thing", i);
    const x = k.uniform("x", -0.42, 0.42) * w;
    const zz = z + k.uniform("z", -0.38, 0.38) * deep;
    const s = k.scale("size", 0.05, 0.16);
    const yaw = k.uniform("yaw", 0, 3);
    switch (k.whole("kind", 0, 6)) {
      case 0:
        b.cone([x, -high - s, zz], s * 0.4, s * k.uniform("top", 0.2, 0.6), 2 * s, paint(k));
        break;
      case 1:
        b.ball([x, -high - s * 0.6, zz], [s * 0.6, s * 0.6, s * 0.6], paint(k));
        break;
      case 2:
        b.box([x, -high - s * 0.2, zz], [s * 2, s * 0.4, s * 1.5], books(k), { yaw });
        break;
      case 3:
        b.box([x, -high - s * 0.7, zz], [s, s * 1.4, s], poster(k), { yaw });
        break;
      case 4:
        b.cone([x, -high - 0.06, zz], 0.05, 0.07, 0.12, paint(k));
        b.leaves([x, -high - 0.22, zz], [0.13, 0.14, 0.13], 0.5, leafOf(k));
        break;
      case 5:
        b.cylinder([x, -high - s, zz], s * 0.3, 2 * s, glass(k));
        break;
      default:
        b.box([x, -high - 0.01, zz], [0.21, 0.02, 0.3], paint(k), { yaw });
    }
  }
}

import { leaf as leafOf } from "./materials.ts";

/** Table of w x deep; origin in its middle. */
export function table(
  b: Builder,
  d: Draws,
  frame: Frame,
  w: number,
  deep: number,
  high: number,
): void {
  b.object("table", frame, () => {
    const m = bodyMaterial(d.of("table"));
    const top = d.chance("other top", 0.3) ? bodyMaterial(d.of("top")) : m;
    const round = d.chance("round", 0.3);
    if (round) {
      b.cylinder([0, -high + 0.02, 0], Math.min(w, deep) / 2, 0.04, top);
      b.cylinder([0, -high / 2, 0], 0.045, high - 0.06, m);
      b.cone([0, -0.025, 0], Math.min(w, deep) * 0.3, 0.08, 0.05, m);
    } else {
      b.box([0, -high + 0.02, 0], [w, 0.04, deep], top);
      const kind = d.whole("legs", 0, 2);
      if (kind < 2) {
        legs(b, w - 0.06, deep - 0.06, 0, high - 0.03, d.uniform("r", 0.02, 0.04), m, kind === 1);
      } else {for (const s of [-1, 1]) {
          b.box([s * (w / 2 - 0.06), -high / 2, 0], [0.05, high - 0.04, deep * 0.9], m);
        }}
      if (d.chance("apron", 0.4)) b.box([0, -high + 0.08, 0], [w - 0.12, 0.08, deep - 0.12], m);
    }
    const span = round ? 0.7 * Math.min(w, deep) : 1;
    clutter(
      b,
      d.of("on top"),
      round ? span : w,
      round ? span : deep,
      0,
      high,
      d.whole("things", 0, 5),
    );
  });
}

/** Desk with monitor and keyboard; origin in the middle of its back. */
export function desk(b: Builder, d: Draws, frame: Frame, w: number): void {
  b.object("desk", frame, () => {
    const m = bodyMaterial(d.of("desk"));
    const deep = 0.72;
    b.box([0, -0.72, -deep / 2], [w, 0.035, deep], m);
    const side = d.chance("panels", 0.5);
    if (side) {
      for (const s of [-1, 1]) {
        b.box([s * (w / 2 - 0.02), -0.35, -deep / 2], [0.035, 0.7, deep - 0.05], m);
      }
    } else legs(b, w, deep, -deep / 2, 0.7, 0.022, metal(d.of("legs")), d.chance("round", 0.3));
    if (d.chance("drawers", 0.5)) {
      const front = paint(d.of("drawer"));
      b.box([w / 2 - 0.24, -0.33, -deep / 2], [0.4, 0.62, deep - 0.1], front);
      for (let i = 0; i < 3; i++) {
        b.box(
          [w / 2 - 0.24, -0.14 - 0.19 * i, -deep + 0.045],
          [0.14, 0.015, 0.02],
          metal(d.of("grip")),
          { shadow: false },
        );
      }
    }
    const n = d.whole("monitors", 0, 2);
    const black = paint(d.of("monitor"));
    for (let i = 0; i < n; i++) {
      const x = (i - (n - 1) / 2) * 0.6;
      const yaw = (i - (n - 1) / 2) * 0.4 + d.uniform("turn", -0.2, 0.2);
      b.box([x, -1.08, -0.22], [0.54, 0.33, 0.03], black, { yaw });
      b.box(
        [x - 0.018 * Math.sin(yaw), -1.08, -0.22 - 0.018 * Math.cos(yaw)],
        [0.51, 0.3, 0.01],
        d.chance("on", 0.6) ? screen(d.of("screen", i)) : glass(d.of("screen", i)),
        { yaw, shadow: false },
      );
      b.cylinder([x, -0.83, -0.2], 0.025, 0.2, black);
      b.cylinder([x, -0.745, -0.2], 0.12, 0.015, black);
    }
    if (n > 0) {
      b.box([0, -0.75, -0.5], [0.42, 0.02, 0.14], paint(d.of("keys")), {
        yaw: d.uniform("key turn", -0.1, 0.1),
      });
    }
    clutter(b, d.of("on top"), w, deep, -deep / 2, 0.74, d.whole("things", 1, 5));
  });
}

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
    const m = leafOf(d.of("leaf"));
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
  material: import("./materials.ts").Recipe,
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
