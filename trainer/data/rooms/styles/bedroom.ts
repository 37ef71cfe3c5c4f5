import { Builder } from "../builder.ts";
import type { Draft } from "../draft.ts";
import { Draws } from "../draws.ts";
import { carpet } from "../materials/interior.ts";
import { rug } from "../objects/fittings.ts";
import { bed, officeChair } from "../objects/seating.ts";
import { cabinet, shelf } from "../objects/storage.ts";
import { desk } from "../objects/tables.ts";
import { drawSky } from "../sky.ts";
import { decorate, lamps } from "./decoration.ts";
import { breakUp, openRoom, plan } from "./dwelling.ts";
import { indoorDraft } from "./indoor_light.ts";
import { Room } from "./room.ts";

export function bedroom(d: Draws): Draft {
  const b = new Builder();
  const room = new Room(b, d, plan(d, [2.8, 5], [2.8, 4.8]));
  openRoom(room, d.of("openings"));
  breakUp(room, d.of("shape"));
  const sky = drawSky(d.of("sky"));
  room.build({ colour: sky.horizon, strength: d.uniform("outside", 0.5, 2.2) });
  const k = d.of("bed");
  const w = k.pick("w", [0.9, 1.4, 1.6, 1.8]);
  const at = room.against(k, w + 0.1, 2.15, 0.6);
  if (at) {
    bed(b, k, at, w);
    if (d.chance("rug", 0.5)) {
      rug(
        b,
        {
          at: [at.at[0] - Math.sin(at.yaw) * 1.6, 0, at.at[2] - Math.cos(at.yaw) * 1.6],
          yaw: at.yaw,
        },
        w + 1,
        1.6,
        carpet(d.of("rug")),
        false,
      );
    }
    for (const s of [-1, 1]) {
      const n = d.of("bedside", s + 1);
      if (n.chance("none", 0.25)) continue;
      const c = Math.cos(at.yaw), si = Math.sin(at.yaw);
      const x = s * (w / 2 + 0.32);
      const p: [number, number, number] = [at.at[0] + c * x, 0, at.at[2] - si * x];
      const f = { x0: p[0] - 0.2, x1: p[0] + 0.2, z0: p[2] - 0.2, z1: p[2] + 0.2 };
      if (
        Math.abs(p[0]) < room.plan.w / 2 - 0.1 && Math.abs(p[2]) < room.plan.deep / 2 - 0.1 &&
        room.take(f, -0.05)
      ) cabinet(b, d.of("bedsides"), { at: p, yaw: at.yaw }, 0.42, 0.5, 0.38);
    }
  }
  const ward = d.of("wardrobe");
  const ww = ward.uniform("w", 0.9, 2.2);
  const wardAt = room.against(ward, ww, 0.62, 2.2);
  if (wardAt) cabinet(b, ward, wardAt, ww, ward.uniform("h", 1.9, 2.3), 0.58);
  const chest = d.of("chest");
  const chestAt = room.against(chest, 0.9, 0.48, 0.9);
  if (chestAt && chest.chance("any", 0.7)) {
    cabinet(b, chest, chestAt, 0.9, chest.uniform("h", 0.7, 1.2), 0.45);
  }
  const deskAt = room.against(d.of("desk"), 1.2, 1.1, 1.2);
  if (deskAt && d.chance("desk", 0.5)) {
    desk(b, d.of("desk"), deskAt, 1.15);
    b.object(
      "seat",
      deskAt,
      () =>
        officeChair(b, d.of("seat"), {
          at: [0, 0, -0.95],
          yaw: Math.PI + d.uniform("turn", -0.6, 0.6),
        }),
    );
  }
  const sh = d.of("shelf");
  const shAt = room.against(sh, 0.8, 0.4, 1.8);
  if (shAt && sh.chance("any", 0.5)) shelf(b, sh, shAt, 0.8, sh.uniform("h", 0.8, 2));
  decorate(room, d.of("decoration"), 5);
  return indoorDraft(room, d, sky, lamps(room, d.of("lamps")));
}
