/** Tables and desks. */
import { Builder, type Frame } from "../builder.ts";
import { Draws } from "../draws.ts";
import { glass, metal, paint, screen } from "../materials/furnishing.ts";
import { clutter } from "./clutter.ts";
import { bodyMaterial, legs } from "./seating.ts";

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
