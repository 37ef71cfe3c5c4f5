import { Builder } from "../builder.ts";
import type { Draft } from "../draft.ts";
import { Draws } from "../draws.ts";
import { carpet } from "../materials/interior.ts";
import { rug, television } from "../objects/fittings.ts";
import { sofa } from "../objects/seating.ts";
import { cabinet, shelf } from "../objects/storage.ts";
import { table } from "../objects/tables.ts";
import { drawSky } from "../sky.ts";
import { decorate, dining, lamps } from "./decoration.ts";
import { breakUp, openRoom, plan } from "./dwelling.ts";
import { indoorDraft } from "./indoor_light.ts";
import { Room } from "./room.ts";

export function living(d: Draws): Draft {
  const b = new Builder();
  const room = new Room(b, d, plan(d, [3.6, 7.5], [3.2, 6.5]));
  openRoom(room, d.of("openings"));
  breakUp(room, d.of("shape"));
  const sky = drawSky(d.of("sky"));
  room.build({ colour: sky.horizon, strength: d.uniform("outside", 0.5, 2.2) });
  const n = d.whole("sofas", 1, 2);
  for (let i = 0; i < n; i++) {
    const k = d.of("sofa", i);
    const w = i === 0 ? k.uniform("w", 1.5, 2.6) : k.uniform("w2", 0.9, 1.6);
    const at = room.against(k, w, 1.0, 0.9);
    if (!at) continue;
    sofa(b, k, at, w);
    if (i > 0) continue;
    const t = d.of("coffee table");
    const [c, s] = [Math.cos(at.yaw), Math.sin(at.yaw)];
    const off = -1.55;
    const mid: [number, number, number] = [at.at[0] + s * off, 0, at.at[2] + c * off];
    if (d.chance("rug", 0.7)) {
      rug(
        b,
        { at: mid, yaw: at.yaw },
        t.uniform("rw", 1.8, 3),
        t.uniform("rd", 1.4, 2.2),
        carpet(t),
        t.chance("round", 0.25),
      );
    }
    const inside = Math.abs(mid[0]) < room.plan.w / 2 - 0.5 &&
      Math.abs(mid[2]) < room.plan.deep / 2 - 0.5;
    if (
      inside &&
      room.take({ x0: mid[0] - 0.5, x1: mid[0] + 0.5, z0: mid[2] - 0.5, z1: mid[2] + 0.5 })
    ) {
      table(
        b,
        t,
        { at: mid, yaw: at.yaw },
        t.uniform("w", 0.7, 1.2),
        t.uniform("d", 0.5, 0.7),
        t.uniform("h", 0.32, 0.48),
      );
    }
  }
  const tv = d.of("tv");
  const board = room.against(tv, 1.6, 0.45, 0.6);
  if (board) {
    cabinet(b, tv, board, 1.6, tv.uniform("h", 0.4, 0.6), 0.42);
    if (tv.chance("tv", 0.75)) television(b, tv, board, tv.uniform("tw", 0.9, 1.5));
  }
  for (let i = 0; i < d.whole("shelves", 0, 2); i++) {
    const k = d.of("shelf", i);
    const [w, h] = [k.uniform("w", 0.6, 1.8), k.uniform("h", 0.9, 2.2)];
    const at = room.against(k, w, 0.4, h);
    if (at) shelf(b, k, at, w, h);
  }
  if (d.chance("dining", 0.5)) dining(room, d.of("dining"));
  const cab = d.of("cabinet");
  if (cab.chance("any", 0.5)) {
    const at = room.against(cab, 1.1, 0.5, 0.9);
    if (at) cabinet(b, cab, at, 1.1, cab.uniform("h", 0.7, 1.1), 0.45);
  }
  const chairAt = room.free(d.of("armchair"), 0.95, 0.95);
  if (chairAt && d.chance("armchair", 0.5)) sofa(b, d.of("armchair"), chairAt, 0.85);
  decorate(room, d.of("decoration"), 5);
  return indoorDraft(room, d, sky, lamps(room, d.of("lamps")));
}
