import { Builder } from "../builder.ts";
import type { Draft } from "../draft.ts";
import { Draws } from "../draws.ts";
import { glow } from "../materials/furnishing.ts";
import { carpet, panels, planks, tile } from "../materials/interior.ts";
import { concrete } from "../materials/mineral.ts";
import { bench, officeChair } from "../objects/seating.ts";
import { cabinet, shelf } from "../objects/storage.ts";
import { desk } from "../objects/tables.ts";
import { drawSky } from "../sky.ts";
import { decorate, dining, lamps } from "./decoration.ts";
import { breakUp, openRoom, plan } from "./dwelling.ts";
import { indoorDraft } from "./indoor_light.ts";
import { Room } from "./room.ts";

export function office(d: Draws): Draft {
  const b = new Builder();
  const base = plan(d, [4, 10], [4, 8]);
  const room = new Room(b, d, {
    ...base,
    floor: d.pick("floor kind", [carpet, carpet, planks, tile, concrete])(d.of("office floor")),
    ceiling: d.chance("panels", 0.65) ? panels(d.of("panels")) : base.ceiling,
  });
  openRoom(room, d.of("openings"));
  breakUp(room, d.of("shape"));
  const sky = drawSky(d.of("sky"));
  room.build({ colour: sky.horizon, strength: d.uniform("outside", 0.5, 2.2) });
  const n = Math.max(1, Math.min(6, Math.round(base.w * base.deep / 8)));
  for (let i = 0; i < n; i++) {
    const k = d.of("place", i);
    const wall = k.chance("wall", 0.5);
    const w = k.uniform("w", 1.2, 1.8);
    const at = wall ? room.against(k, w, 1.4, 1.2) : room.free(k, w, 1.5);
    if (!at) continue;
    b.object("place", at, () => {
      const z = wall ? 0 : 0.7;
      desk(b, d.of("desks", k.chance("same", 0.6) ? 0 : i), { at: [0, 0, z], yaw: 0 }, w);
      officeChair(b, d.of("chairs"), {
        at: [k.uniform("cx", -0.2, 0.2), 0, z - 1.05],
        yaw: Math.PI + k.uniform("turn", -0.9, 0.9),
      });
    });
  }
  for (let i = 0; i < d.whole("cupboards", 1, 3); i++) {
    const k = d.of("cupboard", i);
    const w = k.uniform("w", 0.8, 1.6);
    const h = k.uniform("h", 0.7, 2.1);
    const at = room.against(k, w, 0.46, h);
    if (!at) continue;
    if (k.chance("shelf", 0.45)) shelf(b, k, at, w, h);
    else cabinet(b, k, at, w, h, 0.42);
  }
  if (d.chance("meeting", 0.4)) dining(room, d.of("meeting"));
  if (d.chance("bench", 0.2)) {
    const at = room.against(d.of("bench"), 1.5, 0.5, 0.8);
    if (at) bench(b, d.of("bench"), at, 1.5);
  }
  decorate(room, d.of("decoration"), 5);
  const tubes = lamps(room, d.of("lamps"));
  b.object("lamp", { at: [0, -base.high, 0], yaw: 0 }, () => {
    const lit = glow(0, 3.5);
    const [nx, nz] = [
      Math.max(1, Math.round(base.w / 2.4)),
      Math.max(1, Math.round(base.deep / 2.4)),
    ];
    for (let i = 0; i < nx * nz; i++) {
      const x = ((i % nx) + 0.5) / nx * base.w - base.w / 2;
      const z = (Math.floor(i / nx) + 0.5) / nz * base.deep - base.deep / 2;
      b.box([x, 0.01, z], d.chance("square", 0.5) ? [0.58, 0.03, 0.58] : [0.16, 0.05, 1.3], lit, {
        shadow: false,
      });
    }
  });
  return indoorDraft(room, d, sky, tubes);
}
