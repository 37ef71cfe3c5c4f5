/** Living rooms, bedrooms, kitchens, offices. */
import { column } from "./architecture.ts";
import { Builder } from "./builder.ts";
import type { Draft } from "./draft.ts";
import type { Draws } from "./draws.ts";
import { bed, bench, chair, officeChair, sofa, stool } from "./seating.ts";
import {
  cabinet,
  desk,
  floorLamp,
  fridge,
  kitchenRun,
  pendant,
  picture,
  plant,
  rug,
  shelf,
  table,
  television,
} from "./furniture.ts";
import { drawSky, type Light } from "./look.ts";
import {
  brick,
  carpet,
  concrete,
  glow,
  marble,
  panels,
  planks,
  plaster,
  type Recipe,
  tile,
  wallpaper,
  wood,
} from "./materials.ts";
import { Room, type RoomPlan } from "./room.ts";
import { person } from "./people.ts";
import { indoorDraft } from "./indoor_light.ts";

export function wallMaterials(d: Draws): Recipe[] {
  const main = d.pick("walls", [plaster, plaster, plaster, plaster, wallpaper, brick, concrete])(
    d.of("wall"),
  );
  if (!d.chance("accent", 0.4)) return [main];
  const accent = d.pick("accent kind", [plaster, wallpaper, brick, wood, planks, tile])(
    d.of("accent wall"),
  );
  return [main, accent, main, main];
}

export function floorMaterial(d: Draws): Recipe {
  return d.pick("floor", [planks, planks, planks, tile, carpet, concrete, marble])(d.of("floor"));
}

function plan(d: Draws, w: readonly [number, number], deep: readonly [number, number]): RoomPlan {
  return {
    w: d.uniform("w", ...w),
    deep: d.uniform("deep", ...deep),
    high: d.chance("tall", 0.2) ? d.uniform("tall high", 2.9, 4) : d.uniform("high", 2.35, 2.85),
    walls: wallMaterials(d),
    floor: floorMaterial(d),
    ceiling: plaster(d.of("ceiling"), 0.8),
  };
}

/** Windows and doors that suit a dwelling. */
export function openRoom(room: Room, d: Draws): void {
  const { high } = room.plan;
  const bottom = d.chance("full height", 0.25) ? 0.05 : d.uniform("bottom", 0.7, 1.05);
  const top = Math.min(high - 0.15, d.uniform("top", 2.0, 2.5));
  const first = d.whole("first", 0, 3);
  const wide = d.scale("wide", 0.8, 2.6);
  if (d.chance("windows", 0.88)) room.windows(first, d.whole("count", 1, 3), wide, bottom, top);
  if (d.chance("second", 0.35)) {
    room.windows((first + 1) % 4, d.whole("count2", 1, 2), wide, bottom, top);
  }
  room.doorway((first + 2) % 4, d.chance("open door", 0.5) ? "passage" : "door");
  if (d.chance("third", 0.35)) {
    room.doorway(
      (first + 3) % 4,
      d.chance("wide passage", 0.5) ? "passage" : "door",
      d.uniform("passage wide", 0.8, 1.8),
    );
  }
}

/** A filled corner makes the room L-shaped; a column or ceiling beams break it up. */
export function breakUp(room: Room, d: Draws): void {
  const { b, plan } = room;
  const m = plan.walls[0]!;
  if (d.chance("corner", 0.35)) {
    for (let k = 0; k < 4; k++) {
      const t = d.of("corner", k);
      const [cw, cd] = [
        plan.w * t.uniform("w", 0.15, 0.42),
        plan.deep * t.uniform("d", 0.15, 0.42),
      ];
      const [sx, sz] = [t.sign("sx"), t.sign("sz")];
      const [x, z] = [sx * (plan.w - cw) / 2, sz * (plan.deep - cd) / 2];
      const touching = room.sides.some((side) => {
        const [nx, nz] = [Math.sin(side.frame.yaw), Math.cos(side.frame.yaw)];
        if (nx * sx + nz * sz < 0.5) return false;
        const along = x * nz - z * nx;
        const half = (Math.abs(nz) * cw + Math.abs(nx) * cd) / 2;
        return side.openings.some((o) => o.x0 < along + half + 0.1 && o.x1 > along - half - 0.1);
      });
      if (
        touching || !room.take({ x0: x - cw / 2, x1: x + cw / 2, z0: z - cd / 2, z1: z + cd / 2 })
      ) continue;
      b.object(
        "corner block",
        { at: [0, 0, 0], yaw: 0 },
        () => b.box([x, -plan.high / 2, z], [cw, plan.high, cd], m, { world: true }),
      );
      break;
    }
  }
  if (d.chance("beams", 0.25) && plan.flatCeiling !== false) {
    const beam = d.chance("wood", 0.6) ? wood(d.of("beam")) : m;
    const n = d.whole("n", 2, 5);
    const size = d.uniform("size", 0.1, 0.26);
    b.object("beam", { at: [0, 0, 0], yaw: 0 }, () => {
      for (let i = 0; i < n; i++) {
        b.box(
          [0, -plan.high + size / 2, (i + 0.5) / n * plan.deep - plan.deep / 2],
          [plan.w, size, size],
          beam,
          { shadow: false },
        );
      }
    });
  }
  if (d.chance("column", 0.12)) {
    const at = room.free(d.of("column"), 0.4, 0.4);
    if (at) column(b, d.of("column"), at, plan.high, d.uniform("column r", 0.1, 0.22), m);
  }
}

/** Ceiling lamps; gives the lights. */
export function lamps(room: Room, d: Draws): Light[] {
  const { b, plan } = room;
  const on = d.chance("on", 0.7);
  const warm = d.uniform("warm", 0, 1);
  const power = on ? d.uniform("power", 0.8, 2.4) : 0.15;
  const tint = [1, 1 - 0.18 * warm, 1 - 0.45 * warm] as const;
  const out: Light[] = [];
  const n = plan.w * plan.deep > 24 ? 2 : 1;
  const kind = d.pick("kind", ["pendant", "disc", "spots", "panel"]);
  for (let i = 0; i < n; i++) {
    const along = plan.w > plan.deep;
    const off = n === 1 ? d.uniform("off", -0.15, 0.15) : i - 0.5 === 0 ? 0 : (i - 0.5) * 0.5;
    const [x, z] = along ? [off * plan.w, 0] : [0, off * plan.deep];
    const at = { at: [x, -plan.high, z] as const, yaw: 0 };
    if (kind === "pendant") {
      pendant(b, d.of("pendant"), at, d.uniform("drop", 0.4, Math.min(1.1, plan.high - 1.9)));
    } else {
      const lit = glow(warm * 0.6, on ? 4 : 0.8);
      b.object("lamp", at, () => {
        if (kind === "disc") b.cylinder([0, 0.05, 0], 0.2, 0.1, lit, { shadow: false });
        else if (kind === "panel") b.box([0, 0.03, 0], [0.3, 0.06, 1.2], lit, { shadow: false });
        else {for (let k = 0; k < 4; k++) {
            b.cylinder(
              [(k % 2 - 0.5) * plan.w * 0.3, 0.01, (Math.floor(k / 2) - 0.5) * plan.deep * 0.35],
              0.05,
              0.02,
              lit,
              { shadow: false },
            );
          }}
      });
    }
    out.push({
      at: [x, -plan.high + (kind === "pendant" ? d.uniform("drop", 0.4, 1.1) : 0.12), z],
      colour: [power * tint[0] * 2 / n, power * tint[1] * 2 / n, power * tint[2] * 2 / n],
      radius: kind === "pendant" ? 0.2 : 0.45,
    });
  }
  return out;
}

/** Pictures, plants, lamps, people: what any room may hold. */
export function decorate(room: Room, d: Draws, most: number): void {
  const { b } = room;
  const n = d.whole("pictures", 0, most);
  for (let i = 0; i < n; i++) {
    const k = d.of("picture", i);
    const w = k.scale("w", 0.25, 1.4);
    const at = room.hang(k, w, 1.1);
    if (at) picture(b, k, at, w, w * k.uniform("aspect", 0.6, 1.5), k.uniform("y", 1.4, 1.75));
  }
  for (let i = 0; i < d.whole("plants", 0, 2); i++) {
    const k = d.of("plant", i);
    const high = k.uniform("high", 0.5, 1.9);
    const at = room.against(k, 0.5, 0.5, 0.6);
    if (at) b.object("plant", at, () => plant(b, k, { at: [0, 0, -0.28], yaw: 0 }, high));
  }
  if (d.chance("floor lamp", 0.4)) {
    const k = d.of("floor lamp");
    const at = room.against(k, 0.4, 0.4, 1.8);
    if (at) b.object("lamp", at, () => floorLamp(b, k, { at: [0, 0, -0.2], yaw: 0 }));
  }
  for (let i = 0; i < (d.chance("people", 0.2) ? d.whole("persons", 1, 2) : 0); i++) {
    const k = d.of("person", i);
    const at = room.free(k, 0.6, 0.5);
    if (at) person(b, k, at);
  }
}

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

/** A table with chairs around it on free floor. */
export function dining(room: Room, d: Draws): void {
  const { b } = room;
  const [w, deep] = [d.uniform("w", 0.9, 2), d.uniform("d", 0.75, 1)];
  const at = room.free(d, w + 0.9, deep + 1.1);
  if (!at) return;
  b.object("dining", at, () => {
    table(b, d, { at: [0, 0, 0], yaw: 0 }, w, deep, 0.74);
    const n = Math.max(1, Math.floor(w / 0.6));
    for (let i = 0; i < n; i++) {
      for (const s of [-1, 1]) {
        const k = d.of("chair", i * 2 + (s + 1) / 2);
        if (k.chance("missing", 0.15)) continue;
        const out = k.uniform("out", 0.05, 0.3);
        chair(b, d.of("chairs"), {
          at: [(i - (n - 1) / 2) * w / n, 0, s * (deep / 2 + out)],
          yaw: (s > 0 ? 0 : Math.PI) + k.uniform("turn", -0.4, 0.4),
        });
      }
    }
  });
}

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
