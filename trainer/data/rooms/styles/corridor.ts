import { Builder } from "../builder.ts";
import type { Draft } from "../draft.ts";
import { Draws } from "../draws.ts";
import type { Light } from "../look.ts";
import { glow, metal, trimPaint } from "../materials/furnishing.ts";
import { carpet, marble, panels, planks, plaster, tile, wallpaper } from "../materials/interior.ts";
import { brick, concrete } from "../materials/mineral.ts";
import { rug } from "../objects/fittings.ts";
import { bench } from "../objects/seating.ts";
import { cabinet } from "../objects/storage.ts";
import { drawSky } from "../sky.ts";
import { decorate } from "./decoration.ts";
import { indoorDraft } from "./indoor_light.ts";
import { Room } from "./room.ts";

/** Corridors, halls, attics and photo studios. */

export function corridor(d: Draws): Draft {
  const b = new Builder();
  const main = d.pick("walls", [plaster, plaster, wallpaper, tile, concrete, brick])(d.of("wall"));
  const room = new Room(b, d, {
    w: d.uniform("w", 1.3, 3),
    deep: d.uniform("deep", 7, 24),
    high: d.uniform("high", 2.3, 3.4),
    walls: [main],
    floor: d.pick("floor", [tile, carpet, planks, marble, concrete])(d.of("floor")),
    ceiling: d.chance("panels", 0.5) ? panels(d.of("panels")) : plaster(d.of("ceiling"), 0.8),
  });
  const { w, deep, high } = room.plan;
  for (const s of [1, 3]) {
    const kind = d.of("side", s);
    const n = Math.round(deep / kind.uniform("pitch", 2.2, 4.5));
    const windows = s === 1 && kind.chance("windows", 0.3);
    for (let i = 0; i < n; i++) {
      if (windows) continue;
      const k = kind.of("door", i);
      if (k.chance("none", 0.25)) continue;
      const x = -deep / 2 + (i + 0.5) * deep / n;
      room.sides[s]!.openings.push({
        kind: k.chance("open", 0.25) ? "passage" : "door",
        x0: x - 0.45,
        x1: x + 0.45,
        bottom: 0,
        top: 2.05,
      });
    }
    if (windows) {
      room.windows(s, n, 1.4, kind.chance("full", 0.3) ? 0.05 : 0.9, Math.min(high - 0.2, 2.3));
    }
  }
  if (d.chance("end window", 0.4)) room.windows(0, 1, w * 0.7, 0.6, Math.min(high - 0.2, 2.2));
  else room.doorway(0, d.chance("end open", 0.5) ? "passage" : "door");
  if (d.chance("far door", 0.6)) room.doorway(2, "door");
  const sky = drawSky(d.of("sky"));
  room.build({ colour: sky.horizon, strength: d.uniform("outside", 0.4, 1.5) });
  if (d.chance("portals", 0.3)) {
    const m = d.chance("same", 0.5) ? main : trimPaint(d.of("portal"));
    b.object("portal", { at: [0, 0, 0], yaw: 0 }, () => {
      const n = Math.round(deep / 4);
      for (let i = 1; i < n; i++) {
        const z = -deep / 2 + i * deep / n;
        for (const s of [-1, 1]) {
          b.box([s * (w / 2 - 0.09), -high / 2, z], [0.18, high, 0.3], m, { shadow: false });
        }
        b.box([0, -high + 0.15, z], [w, 0.3, 0.3], m, { shadow: false });
      }
    });
  }
  if (d.chance("runner", 0.3)) {
    rug(b, { at: [0, 0, 0], yaw: Math.PI / 2 }, deep * 0.8, w * 0.5, carpet(d.of("runner")), false);
  }
  if (d.chance("pipes", 0.25)) {
    b.object("pipe", { at: [0, 0, 0], yaw: 0 }, () => {
      for (let i = 0; i < d.whole("pipes n", 1, 3); i++) {
        const x = (i / 3 - 0.3) * w;
        b.bar(
          [x, -high + 0.16, -deep / 2],
          [x, -high + 0.16, deep / 2],
          d.of("pipe", i).uniform("r", 0.03, 0.1),
          metal(d.of("pipe", i)),
          { shadow: false },
        );
      }
    });
  }
  for (let i = 0; i < d.whole("things", 0, 5); i++) {
    const k = d.of("thing", i);
    const long = k.uniform("long", 0.6, 1.5);
    const at = room.against(k, long, 0.35, 0.8, [1, 3]);
    if (!at) continue;
    if (k.chance("bench", 0.35)) bench(b, k, at, long);
    else cabinet(b, k, at, long, k.uniform("h", 0.6, 1.9), 0.32);
  }
  decorate(room, d.of("decoration"), 7);
  const n = Math.max(2, Math.round(deep / 2.8));
  const warm = d.uniform("warm", 0, 1);
  const on = d.chance("on", 0.8);
  b.object("lamp", { at: [0, -high, 0], yaw: 0 }, () => {
    const lit = glow(warm * 0.7, on ? 4 : 0.7);
    const kind = d.whole("lamp", 0, 2);
    for (let i = 0; i < n; i++) {
      const z = -deep / 2 + (i + 0.5) * deep / n;
      if (kind === 0) b.cylinder([0, 0.04, z], 0.17, 0.08, lit, { shadow: false });
      else if (kind === 1) b.box([0, 0.02, z], [0.2, 0.04, 1.2], lit, { shadow: false });
      else b.box([0, 0.02, z], [0.55, 0.02, 0.55], lit, { shadow: false });
    }
  });
  const p = on ? d.uniform("power", 1, 2) : 0.25;
  const tint = [p, p * (1 - 0.15 * warm), p * (1 - 0.4 * warm)] as const;
  const lights: Light[] = [-0.3, 0.25].map((z) => ({
    at: [0, -high + 0.15, z * deep],
    colour: tint,
    radius: 0.4,
  }));
  return indoorDraft(room, d, sky, lights);
}
