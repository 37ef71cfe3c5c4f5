import { Builder } from "../builder.ts";
import type { Draft } from "../draft.ts";
import { Draws } from "../draws.ts";
import type { Light } from "../look.ts";
import { fabric, glow, metal, paint } from "../materials/furnishing.ts";
import { planks, plaster } from "../materials/interior.ts";
import { concrete } from "../materials/mineral.ts";
import { person } from "../objects/person.ts";
import { chair, sofa, stool } from "../objects/seating.ts";
import { cabinet, shelf } from "../objects/storage.ts";
import { softbox, stand } from "../objects/studio_gear.ts";
import { drawSky } from "../sky.ts";
import { decorate, dining, lamps } from "./decoration.ts";
import { breakUp, floorMaterial, wallMaterials } from "./dwelling.ts";
import { indoorDraft } from "./indoor_light.ts";
import { Room } from "./room.ts";

/** Photo studios: backdrops, softboxes on stands, tripods, black curtains or bright lofts. */
export function studio(d: Draws): Draft {
  const b = new Builder();
  const dark = d.chance("dark", 0.45);
  const black = {
    ...fabric(d.of("black")),
    a: [0.012, 0.012, 0.014] as const,
    b: [0.03, 0.03, 0.033] as const,
    cell: [0.12, 30] as const,
    vary: 0.8,
  };
  const white = {
    ...plaster(d.of("white"), 0.9),
    a: [0.82, 0.82, 0.81] as const,
    b: [0.75, 0.75, 0.75] as const,
  };
  const high = d.uniform("high", 2.8, 5);
  const room = new Room(b, d, {
    w: d.uniform("w", 5, 11),
    deep: d.uniform("deep", 5, 12),
    high,
    walls: dark ? [black] : d.chance("plain", 0.6) ? [white] : wallMaterials(d),
    floor: d.chance("white floor", 0.35) ? white : floorMaterial(d),
    ceiling: dark ? black : d.chance("concrete", 0.2) ? concrete(d.of("ceiling")) : white,
  });
  if (!dark || d.chance("window", 0.3)) {
    const s = d.whole("side", 0, 3);
    room.windows(
      s,
      d.whole("count", 1, 4),
      d.uniform("wide", 1, 3.2),
      d.uniform("bottom", 0.05, 0.9),
      high * 0.8,
    );
    if (d.chance("second", 0.3)) room.windows((s + 1) % 4, 2, 1.4, 0.7, high * 0.75);
    room.doorway((s + 2) % 4, d.chance("open", 0.5) ? "passage" : "door");
  } else room.doorway(d.whole("door", 0, 3), "door");
  const sky = drawSky(d.of("sky"));
  room.build({ colour: sky.horizon, strength: d.uniform("outside", 0.5, 2) });
  const lights: Light[] = [];
  if (d.chance("backdrop", 0.75)) {
    const k = d.of("backdrop");
    const w = k.uniform("w", 2.2, 4.2);
    const at = room.against(k, w, 2.2, 2.5);
    if (at) {
      b.object("backdrop", at, () => {
        const m = k.chance("white", 0.6) ? white : k.chance("wood", 0.3) ? planks(k) : paint(k);
        const top = Math.min(high - 0.2, k.uniform("top", 2.3, 3.4));
        b.box([0, -top / 2 - 0.1, -0.25], [w, top, 0.02], m);
        b.box([0, -0.012, -1.35], [w, 0.02, 1.9], m, { shadow: false });
        for (let i = 0; i < 3; i++) {
          b.box([0, -0.05 - 0.06 * i * i, -0.42 + 0.06 * i], [w, 0.16, 0.02], m, {
            pitch: 1.2 - 0.45 * i,
            shadow: false,
          });
        }
        b.bar([-w / 2 - 0.1, -top - 0.1, -0.25], [w / 2 + 0.1, -top - 0.1, -0.25], 0.04, metal(k));
        if (k.chance("subject", 0.5)) {
          if (k.chance("person", 0.5)) person(b, k.of("model"), { at: [0, 0, -1.3], yaw: 0 });
          else stool(b, k.of("stool"), { at: [k.uniform("x", -0.5, 0.5), 0, -1.2], yaw: 0 });
        }
      });
    }
  }
  const n = d.whole("softboxes", dark ? 1 : 0, 4);
  for (let i = 0; i < n; i++) {
    const k = d.of("softbox", i);
    const at = room.free(k, 0.9, 0.9);
    if (!at) continue;
    const y = k.uniform("y", 1.5, Math.min(2.3, high - 0.6));
    const yaw = Math.atan2(at.at[0], at.at[2]) + k.uniform("turn", -0.7, 0.7);
    const on = k.chance("on", 0.75);
    softbox(b, k, { at: at.at, yaw }, y, on);
    if (on) {
      lights.push({
        at: [at.at[0] - Math.sin(yaw) * 0.35, -y, at.at[2] - Math.cos(yaw) * 0.35],
        colour: [2.6, 2.5, 2.4],
        radius: 0.4,
        beam: [-Math.sin(yaw), 0.2, -Math.cos(yaw)],
        bound: 0.8,
      });
    }
  }
  for (let i = 0; i < d.whole("stands", 0, 4); i++) {
    const k = d.of("stand", i);
    const at = room.free(k, 0.7, 0.7);
    if (at) stand(b, k, at, k.uniform("h", 1.1, 2.2), metal(k));
  }
  for (let i = 0; i < d.whole("flats", 0, 3); i++) {
    const k = d.of("flat", i);
    const at = room.free(k, 1.3, 0.4);
    if (!at) continue;
    b.object("panel", { at: at.at, yaw: at.yaw + k.uniform("turn", -0.5, 0.5) }, () => {
      const [w, h] = [k.uniform("w", 0.8, 1.3), k.uniform("h", 1.2, 2.3)];
      b.box([0, -h / 2 - 0.03, 0], [w, h, 0.05], k.chance("white", 0.5) ? white : paint(k));
      if (k.chance("round", 0.4)) b.cylinder([0, -0.12, -0.28], 0.3, 0.24, white);
    });
  }
  for (let i = 0; i < d.whole("seats", 0, 3); i++) {
    const k = d.of("seat", i);
    const at = room.against(k, 1, 1, 0.9);
    if (!at) continue;
    if (k.chance("sofa", 0.5)) sofa(b, k, at, 1);
    else {b.object("seat", at, () =>
        chair(b, k, { at: [0, 0, -0.5], yaw: k.uniform("turn", -0.5, 0.5) }));}
  }
  if (d.chance("dressing", 0.5)) dining(room, d.of("dressing"));
  for (let i = 0; i < d.whole("cupboards", 0, 2); i++) {
    const k = d.of("cupboard", i);
    const at = room.against(k, 1.2, 0.5, 1.8);
    if (at) {
      k.chance("shelf", 0.5)
        ? shelf(b, k, at, 1.2, 1.7)
        : cabinet(b, k, at, 1.2, k.uniform("h", 0.8, 1.8), 0.45);
    }
  }
  const rails = d.chance("rails", 0.6);
  b.object("rail", { at: [0, 0, 0], yaw: 0 }, () => {
    if (!rails) return;
    const m = metal(d.of("rail"));
    const { w, deep } = room.plan;
    for (const s of [-0.25, 0.25]) {
      b.bar([s * w, -high + 0.3, -deep / 2], [s * w, -high + 0.3, deep / 2], 0.03, m, {
        shadow: false,
      });
      b.bar([-w / 2, -high + 0.36, s * deep], [w / 2, -high + 0.36, s * deep], 0.03, m, {
        shadow: false,
      });
    }
    for (let i = 0; i < 4; i++) {
      const x = (i % 2 - 0.5) * w * 0.5, z = (Math.floor(i / 2) - 0.5) * deep * 0.5;
      b.cylinder([x, -high + 0.55, z], 0.12, 0.35, m, { shadow: false, pitch: 0.4 });
      if (d.of("spot", i).chance("on", 0.5)) {
        b.ball([x, -high + 0.74, z], [0.1, 0.03, 0.1], glow(0.2, 6), { shadow: false });
      }
    }
  });
  breakUp(room, d.of("shape"));
  decorate(room, d.of("decoration"), dark ? 1 : 4);
  const all = lights.length >= 2 ? lights : [...lights, ...lamps(room, d.of("lamps"))];
  return indoorDraft(room, d, sky, all);
}
