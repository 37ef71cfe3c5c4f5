import { Builder } from "../builder.ts";
import type { Draft } from "../draft.ts";
import { Draws } from "../draws.ts";
import { stool } from "../objects/seating.ts";
import { cabinet, fridge, kitchenRun, shelf } from "../objects/storage.ts";
import { drawSky } from "../sky.ts";
import { decorate, dining, lamps } from "./decoration.ts";
import { openRoom, plan } from "./dwelling.ts";
import { indoorDraft } from "./indoor_light.ts";
import { Room } from "./room.ts";

export function kitchen(d: Draws): Draft {
  const b = new Builder();
  const room = new Room(b, d, plan(d, [2.6, 5.5], [2.8, 5.5]));
  openRoom(room, d.of("openings"));
  const sky = drawSky(d.of("sky"));
  room.build({ colour: sky.horizon, strength: d.uniform("outside", 0.5, 2.2) });
  const runs = d.whole("runs", 1, 2);
  for (let i = 0; i < runs; i++) {
    const k = d.of("run", i);
    for (const w of [3.6, 3, 2.4, 1.8, 1.2]) {
      const at = room.against(k.of("w", w * 10), w, 0.64, 2.3) ??
        (w < 2 ? room.against(k.of("low", w * 10), w, 0.64, 0.85) : undefined);
      if (!at) continue;
      kitchenRun(b, d.of("units"), at, w, w > 1.3);
      break;
    }
  }
  const fr = room.against(d.of("fridge"), 0.66, 0.7, 2);
  if (fr) fridge(b, d.of("fridge"), fr);
  if (d.chance("island", 0.3)) {
    const at = room.free(d.of("island"), 1.9, 1.3, 0.6);
    if (at) {
      b.object("island", at, () => {
        cabinet(b, d.of("island"), { at: [0, 0, 0.35], yaw: 0 }, 1.7, 0.9, 0.7);
        for (let i = 0; i < 3; i++) {
          stool(b, d.of("stools"), { at: [(i - 1) * 0.55, 0, 0.62], yaw: 0 });
        }
      });
    }
  } else dining(room, d.of("dining"));
  const tall = room.against(d.of("tall"), 0.8, 0.5, 2.1);
  if (tall && d.chance("tall", 0.6)) cabinet(b, d.of("tall"), tall, 0.8, 2.05, 0.45);
  const open = room.against(d.of("open"), 0.9, 0.4, 1.5);
  if (open && d.chance("open", 0.4)) shelf(b, d.of("open"), open, 0.9, 1.5);
  decorate(room, d.of("decoration"), 3);
  return indoorDraft(room, d, sky, lamps(room, d.of("lamps")));
}
