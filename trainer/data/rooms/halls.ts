/** Corridors, halls, attics and photo studios. */
import { column, stairs } from "./architecture.ts";
import { Builder } from "./builder.ts";
import type { Draft } from "./draft.ts";
import type { Draws } from "./draws.ts";
import { bench, chair, sofa, stool } from "./seating.ts";
import { cabinet, clutter, pendant, plant, rug, shelf, table } from "./furniture.ts";
import { drawSky, type Light } from "./look.ts";
import {
  asphalt,
  brick,
  carpet,
  concrete,
  fabric,
  glow,
  marble,
  metal,
  paint,
  panels,
  planks,
  plaster,
  type Recipe,
  slats,
  stone,
  tile,
  trimPaint,
  wallpaper,
  wood,
} from "./materials.ts";
import { Room } from "./room.ts";
import { person } from "./people.ts";
import { indoorDraft } from "./indoor_light.ts";
import { breakUp, decorate, dining, floorMaterial, lamps, wallMaterials } from "./interiors.ts";

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

/** Large rooms: columns, galleries, rows of seats, big windows, machines. */
export function hall(d: Draws): Draft {
  const b = new Builder();
  const kind = d.pick("kind", ["museum", "industrial", "lobby", "auditorium", "church"]);
  const wallKind = kind === "industrial"
    ? d.pick("iw", [concrete, brick, slats])
    : d.pick("w", [plaster, marble, stone, plaster, brick]);
  const main = wallKind(d.of("wall"));
  const high = d.uniform("high", 4.2, 9);
  const room = new Room(b, d, {
    w: d.uniform("w", 9, 18),
    deep: d.uniform("deep", 10, 26),
    high,
    walls: [main],
    floor: kind === "industrial"
      ? d.pick("if", [concrete, concrete, asphalt])(d.of("floor"))
      : d.pick("f", [marble, tile, planks, carpet])(d.of("floor")),
    ceiling: d.chance("panels", 0.3) ? panels(d.of("panels")) : plaster(d.of("ceiling"), 0.6),
  });
  const { w, deep } = room.plan;
  for (const s of [0, 1, 2, 3]) {
    const k = d.of("wall openings", s);
    if (!k.chance("windows", 0.5)) continue;
    room.windows(
      s,
      Math.round(room.sides[s]!.length / k.uniform("pitch", 2.2, 5)),
      k.uniform("wide", 1, 3),
      k.uniform("bottom", 0.3, 2),
      high * k.uniform("top", 0.7, 0.92),
    );
  }
  room.doorway(0, "door", 1.6, 2.4);
  room.doorway(1, "passage", 2, 2.5);
  const sky = drawSky(d.of("sky"));
  room.build({ colour: sky.horizon, strength: d.uniform("outside", 1, 3) });
  const rows = d.chance("columns", kind === "industrial" ? 0.5 : 0.75) ? 2 : 0;
  const cm = d.pick("column", [marble, stone, plaster, concrete, metal])(d.of("column"));
  const n = Math.max(2, Math.round(deep / d.uniform("pitch", 3, 5.5)));
  const off = w * d.uniform("aisle", 0.26, 0.4);
  const r = d.uniform("r", 0.12, 0.38);
  for (let i = 0; i < n && rows > 0; i++) {
    const z = -deep / 2 + (i + 0.5) * deep / n;
    for (const s of [-1, 1]) {
      if (room.take({ x0: s * off - r, x1: s * off + r, z0: z - r, z1: z + r })) {
        column(b, d.of("columns"), { at: [s * off, 0, z], yaw: 0 }, high, r, cm);
      }
    }
  }
  if (d.chance("gallery", 0.4)) {
    const y = d.uniform("gallery high", 2.6, Math.min(3.6, high - 1.5));
    const wide = w / 2 - off + r;
    const rail = metal(d.of("rail"));
    b.object("gallery", { at: [0, 0, 0], yaw: 0 }, () => {
      for (const s of d.chance("both", 0.6) ? [-1, 1] : [1]) {
        b.box([s * (w / 2 - wide / 2), -y - 0.12, 0], [wide, 0.24, deep], main);
        const x = s * (w / 2 - wide);
        b.bar([x, -y - 1.2, -deep / 2], [x, -y - 1.2, deep / 2], 0.03, rail);
        const posts = Math.min(24, Math.round(deep / 0.9));
        for (let i = 0; i < posts; i++) {
          b.cylinder([x, -y - 0.7, -deep / 2 + (i + 0.5) * deep / posts], 0.012, 1, rail, {
            shadow: false,
          });
        }
      }
    });
    const at = room.free(d.of("stairs"), 1.4, 3.2);
    if (at) {
      b.object("stairs", at, () =>
        stairs(
          b,
          d.of("stairs"),
          { at: [0, 0, -1.6], yaw: 0 },
          1.3,
          Math.min(11, Math.floor(y / 0.175)),
        ));
    }
  }
  b.object("beam", { at: [0, 0, 0], yaw: 0 }, () => {
    if (!d.chance("beams", 0.65)) return;
    const m = kind === "industrial"
      ? metal(d.of("beam"))
      : d.chance("wood", 0.5)
      ? wood(d.of("beam"))
      : plaster(d.of("beam"));
    const size = d.uniform("size", 0.15, 0.5);
    for (let i = 0; i < n; i++) {
      const z = -deep / 2 + (i + 0.5) * deep / n;
      b.box([0, -high + size / 2, z], [w, size, size * 0.6], m, { shadow: false });
      if (kind === "industrial") {
        b.box([0, -high + size * 2.6, z], [w, size * 0.4, size * 0.4], m, { shadow: false });
        for (let j = 0; j < 6; j++) {
          const x0 = -w / 2 + j * w / 6;
          b.bar(
            [x0, -high + size * (j % 2 ? 0.8 : 2.5), z],
            [x0 + w / 6, -high + size * (j % 2 ? 2.5 : 0.8), z],
            0.04,
            m,
            { shadow: false },
          );
        }
      }
    }
    if (d.chance("duct", 0.4)) {
      b.bar(
        [w * 0.2, -high + size + 0.5, -deep / 2],
        [w * 0.2, -high + size + 0.5, deep / 2],
        d.uniform("duct r", 0.15, 0.4),
        metal(d.of("duct")),
        { shadow: false },
      );
    }
  });
  if (kind === "auditorium" || kind === "church") {
    const seat = kind === "church" ? wood(d.of("seat")) : fabric(d.of("seat"));
    const count = Math.min(9, Math.floor(deep / 1.6));
    const half = off - r - 0.9;
    const pitch = (deep - 4) / count;
    const rise = kind === "auditorium" && d.chance("tiers", 0.6) ? d.uniform("rise", 0.15, 0.4) : 0;
    for (let i = 0; i < count; i++) {
      const z = -deep / 2 + 2 + i * pitch;
      const step = rise * Math.max(0, i - Math.floor(count / 3));
      if (step > 0) {
        const tier = { at: [0, 0, z + 0.2 - pitch / 2] as const, yaw: 0 };
        const last = i === count - 1;
        b.object("tier", tier, () => {
          const long = last ? deep / 2 - (z + 0.2 - pitch / 2) : pitch;
          b.box([0, -step / 2, long / 2], [2 * half + 1.8, step, long], room.plan.floor, {
            world: true,
          });
        });
      }
      for (const s of [-1, 1]) {
        const x = s * (0.7 + half / 2);
        if (
          half < 1 || !room.take({ x0: x - half / 2, x1: x + half / 2, z0: z - 0.3, z1: z + 0.3 })
        ) continue;
        b.object("bench", { at: [x, -step, z], yaw: 0 }, () => {
          b.box([0, -0.43, 0], [half, 0.08, 0.42], seat, { shadow: false });
          b.box([0, -0.7, 0.2], [half, 0.5, 0.06], seat, { pitch: -0.12 });
          for (const e of [-1, 1]) b.box([e * half / 2, -0.4, 0.05], [0.06, 0.8, 0.48], seat);
        });
      }
    }
  } else {
    const things = d.whole("things", 5, 14);
    for (let i = 0; i < things; i++) thing(room, d.of("thing", i), kind);
  }
  for (let i = 0; i < d.whole("people", 0, 4); i++) {
    const k = d.of("person", i);
    const at = room.free(k, 0.6, 0.6);
    if (at) person(b, k, { at: at.at, yaw: k.uniform("yaw", 0, 6.28) });
  }
  decorate(room, d.of("decoration"), 8);
  const warm = d.uniform("warm", 0, 1);
  const power = d.uniform("power", 4, 14);
  b.object("lamp", { at: [0, -high, 0], yaw: 0 }, () => {
    const nz = Math.max(2, Math.round(deep / 4));
    const hang = d.chance("hang", 0.6);
    const lit = glow(warm * 0.6, 4);
    for (let i = 0; i < nz; i++) {
      const z = -deep / 2 + (i + 0.5) * deep / nz;
      if (hang) {
        pendant(
          b,
          d.of("pendant"),
          { at: [0, 0, z], yaw: 0 },
          high * d.uniform("drop", 0.15, 0.45),
        );
      } else {for (const s of [-1, 1]) {
          b.box([s * w * 0.22, 0.04, z], [0.25, 0.08, 1.5], lit, { shadow: false });
        }}
    }
  });
  const tint = [power, power * (1 - 0.15 * warm), power * (1 - 0.4 * warm)] as const;
  const lights: Light[] = [-0.25, 0.25].map((z) => ({
    at: [0, -high * 0.85, z * deep],
    colour: tint,
    radius: 0.6,
  }));
  return indoorDraft(room, d, sky, lights);
}

function thing(room: Room, d: Draws, kind: string): void {
  const { b } = room;
  const against = d.chance("against", 0.5);
  const [w, deep] = [d.uniform("w", 0.8, 2.4), d.uniform("d", 0.5, 1.4)];
  const at = against ? room.against(d, w, deep + 0.1, 1.5) : room.free(d, w + 0.2, deep + 0.2);
  if (!at) return;
  b.object(kind === "industrial" ? "machine" : "exhibit", at, () => {
    const z = against ? -deep / 2 : 0;
    if (kind === "industrial") {
      const m = paint(d.of("m"));
      const h = d.uniform("h", 0.8, 2.2);
      b.box([0, -h / 2, z], [w, h, deep], m);
      b.box([w * 0.2, -h * 1.1, z], [w * 0.4, h * 0.3, deep * 0.6], metal(d.of("top")));
      b.cylinder([-w * 0.25, -h * 1.2, z], 0.08, h * 0.6, metal(d.of("pipe")));
      b.box(
        [0, -h * 0.6, z - deep / 2 - 0.02],
        [w * 0.5, h * 0.3, 0.04],
        d.chance("lit", 0.3) ? glow(0.5, 1) : metal(d.of("panel")),
        { shadow: false },
      );
      return;
    }
    switch (d.whole("kind", 0, 6)) {
      case 0:
        cabinet(b, d, { at: [0, 0, z + deep / 2], yaw: 0 }, w, d.uniform("h", 0.8, 1.3), deep);
        break;
      case 1:
        sofa(b, d, { at: [0, 0, z + 0.4], yaw: 0 }, w);
        break;
      case 2:
        table(b, d, { at: [0, 0, z], yaw: 0 }, w, deep, 0.75);
        chair(b, d, { at: [0, 0, z - deep / 2 - 0.1], yaw: Math.PI });
        break;
      case 3: {
        const m = d.pick("stone", [marble, stone, wood])(d.of("m"));
        b.box([0, -0.5, z], [0.6, 1, 0.6], m);
        b.ball([0, -1.35, z], [0.25, 0.38, 0.22], m);
        b.ball([0, -1.85, z], [0.14, 0.18, 0.15], m);
        break;
      }
      case 4:
        b.object(
          "plant",
          { at: [0, 0, z], yaw: 0 },
          () => plant(b, d, { at: [0, 0, 0], yaw: 0 }, d.uniform("tall", 1, 2.6)),
        );
        break;
      case 5:
        shelf(b, d, { at: [0, 0, z + 0.2], yaw: 0 }, w, d.uniform("sh", 1, 2.2));
        break;
      default:
        bench(b, d, { at: [0, 0, z + 0.2], yaw: 0 }, w);
    }
  });
}

/** Rooms under a slanted roof. */
export function attic(d: Draws): Draft {
  const b = new Builder();
  const knee = d.uniform("knee", 0.7, 1.5);
  const w = d.uniform("w", 3.8, 7);
  const ridge = Math.max(2.35, knee + w / 2 * Math.tan(d.uniform("slope", 0.5, 0.85)));
  const flat = d.chance("collar", 0.5) ? Math.min(ridge, d.uniform("flat", 2.3, 2.8)) : ridge;
  const deep = d.uniform("deep", 4, 9);
  const roof: Recipe = d.pick("roof", [planks, plaster, plaster, wood])(d.of("roof"));
  const room = new Room(b, d, {
    w,
    deep,
    high: flat,
    walls: wallMaterials(d),
    floor: floorMaterial(d),
    ceiling: roof,
    flatCeiling: false,
  });
  room.windows(
    0,
    d.whole("count", 1, 2),
    d.uniform("wide", 0.8, 1.6),
    0.8,
    Math.min(2.1, flat - 0.2),
  );
  room.doorway(2, "door", 0.85, 2);
  const sky = drawSky(d.of("sky"));
  room.build({ colour: sky.horizon, strength: d.uniform("outside", 0.8, 2.5) });
  const slope = Math.atan2(ridge - knee, w / 2);
  const beam = wood(d.of("beam"));
  b.object("slanted roof", { at: [0, 0, 0], yaw: 0 }, () => {
    const cut = (ridge - flat) / Math.tan(slope);
    b.box([0, -flat - 0.06, 0], [2 * cut + 0.6, 0.12, deep + 0.4], roof, { shadow: "sun" });
    const length = Math.hypot(w / 2, ridge - knee) + 0.5;
    for (const s of [-1, 1]) {
      // middle of the slope, moved outwards by half the thickness
      const [mx, my] = [s * w / 4, -(knee + ridge) / 2];
      const [nx, ny] = [s * Math.sin(slope), -Math.cos(slope)];
      const skylight = d.of("skylight", s + 1).chance("any", 0.55);
      const roll = s * slope;
      const slab = (along: number, z: number, l: number, deepness: number) =>
        b.box(
          [
            mx + nx * 0.08 + s * Math.cos(slope) * along,
            my + ny * 0.08 + Math.sin(slope) * along,
            z,
          ],
          [l, 0.16, deepness],
          roof,
          { roll, shadow: "sun", grain: 0.3 + 0.1 * s },
        );
      if (!skylight) slab(0, 0, length, deep + 0.4);
      else {
        const [zw, zl] = [d.uniform("sky wide", 0.7, 1.2), d.uniform("sky long", 0.8, 1.3)];
        const z0 = d.of("skylight", s + 1).uniform("z", -0.25, 0.25) * deep;
        const [back, front] = [z0 - zw / 2 + deep / 2 + 0.2, deep / 2 + 0.2 - z0 - zw / 2];
        slab(0, (-deep / 2 - 0.2 + z0 - zw / 2) / 2, length, back);
        slab(0, (deep / 2 + 0.2 + z0 + zw / 2) / 2, length, front);
        slab(-(length / 2 + zl / 2) / 2, z0, length / 2 - zl / 2, zw);
        slab((length / 2 + zl / 2) / 2, z0, length / 2 - zl / 2, zw);
        room.lights.push({
          at: [mx - nx * 0.02, my - ny * 0.02, z0],
          colour: [sky.horizon[0] * 2, sky.horizon[1] * 2, sky.horizon[2] * 2],
          radius: 0.5,
          beam: [-nx, -ny, 0],
          bound: 0.7,
        });
      }
      const n = d.whole("rafters", 0, 5);
      for (let i = 0; i < n; i++) {
        const z = -deep / 2 + (i + 0.5) * deep / n;
        b.box([mx - nx * 0.06, my - ny * 0.06, z], [length - 0.5, 0.14, 0.1], beam, {
          roll,
          shadow: false,
        });
      }
    }
    if (d.chance("posts", 0.35)) {
      for (const z of [-deep / 4, deep / 4]) {
        if (room.take({ x0: -0.1, x1: 0.1, z0: z - 0.1, z1: z + 0.1 })) {
          b.box([0, -flat / 2, z], [0.14, flat, 0.14], beam);
        }
      }
    }
    if (d.chance("ties", 0.4)) {
      for (const z of [-deep / 4, deep / 4]) {
        b.box([0, -2.15, z], [w * 0.6, 0.16, 0.12], beam, { shadow: false });
      }
    }
  });
  furnishAttic(room, d, knee);
  const draft = indoorDraft(room, d, sky, [{
    at: [0, -flat + 0.4, 0],
    colour: [1.4, 1.2, 0.9],
    radius: 0.3,
  }], []);
  return {
    ...draft,
    camera: (
      k,
    ) => [
      k.uniform("x", -0.5, 0.5) * (w - 2),
      -k.uniform("y", 0.8, 1.7),
      k.uniform("z", -0.5, 0.5) * (deep - 1),
    ],
  };
}

function furnishAttic(room: Room, d: Draws, knee: number): void {
  const { b } = room;
  for (let i = 0; i < d.whole("low", 2, 6); i++) {
    const k = d.of("low", i);
    const w = k.uniform("w", 0.6, 1.8);
    const at = room.against(k, w, 0.5, knee, [1, 3]);
    if (!at) continue;
    const h = Math.min(knee, k.uniform("h", 0.4, 1));
    if (k.chance("shelf", 0.4)) shelf(b, k, at, w, h);
    else cabinet(b, k, at, w, h, 0.45);
  }
  if (d.chance("bed", 0.5)) {
    const at = room.free(d.of("bed"), 1.7, 2.2, 0.7);
    if (at) {
      b.object("bed", at, () => {
        const cover = fabric(d.of("cover"));
        b.box([0, -0.2, 0], [1.6, 0.4, 2.1], wood(d.of("frame")));
        b.box([0, -0.46, 0], [1.58, 0.16, 2.06], cover);
        b.ball([0, -0.6, 0.8], [0.5, 0.1, 0.2], fabric(d.of("pillow")));
      });
    }
  }
  if (d.chance("sofa", 0.5)) {
    const at = room.free(d.of("sofa"), 2, 1);
    if (at) b.object("sofa", at, () => sofa(b, d.of("sofa"), { at: [0, 0, 0.45], yaw: 0 }, 1.9));
  }
  if (d.chance("table", 0.6)) dining(room, d.of("dining"));
  for (let i = 0; i < d.whole("boxes", 0, 6); i++) {
    const k = d.of("box", i);
    const s = k.uniform("s", 0.25, 0.6);
    const at = room.free(k, s, s);
    if (!at) continue;
    b.object("box", { at: at.at, yaw: 0 }, () => {
      b.box([0, -s / 2, 0], [s, s, s * 0.8], k.chance("wood", 0.5) ? wood(k) : paint(k));
      if (k.chance("more", 0.4)) clutter(b, k, s, s, 0, s, 2);
    });
  }
  decorate(room, d.of("decoration"), 2);
}

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

function stand(
  b: Builder,
  d: Draws,
  frame: { at: readonly [number, number, number]; yaw: number },
  high: number,
  m: Recipe,
): void {
  b.object("stand", frame, () => {
    b.cylinder([0, -high / 2, 0], 0.014, high, m);
    for (let i = 0; i < 3; i++) {
      const a = i * 2.0944 + 0.5;
      b.bar([0, -0.5, 0], [0.4 * Math.sin(a), 0, 0.4 * Math.cos(a)], 0.011, m);
    }
    if (d.chance("camera", 0.4)) {
      b.box([0, -high - 0.05, 0], [0.13, 0.1, 0.08], paint(d.of("camera")));
      b.bar([0, -high - 0.05, -0.03], [0, -high - 0.05, -0.16], 0.035, m);
    } else if (d.chance("reflector", 0.5)) {
      b.cylinder([0, -high - 0.3, 0], d.uniform("r", 0.3, 0.6), 0.01, fabric(d.of("cloth")), {
        pitch: 1.3,
      });
    }
  });
}

function softbox(
  b: Builder,
  d: Draws,
  frame: { at: readonly [number, number, number]; yaw: number },
  y: number,
  on: boolean,
): void {
  const m = metal(d.of("m"));
  stand(b, d.of("no camera"), frame, y - 0.1, m);
  b.object("softbox", frame, () => {
    const lit = on ? glow(0.05, 5) : fabric(d.of("front"));
    const tilt = d.uniform("tilt", -0.1, 0.5);
    if (d.chance("round", 0.5)) {
      const r = d.uniform("r", 0.3, 0.55);
      b.cone([0, -y, -0.1], r, 0.1, 0.3, paint(d.of("shell")), {
        pitch: -Math.PI / 2 + tilt,
        shadow: false,
      });
      b.cylinder([0, -y + Math.sin(tilt) * 0.16, -0.26], r * 0.97, 0.02, lit, {
        pitch: Math.PI / 2 + tilt,
        shadow: false,
      });
    } else {
      const [w, h] = [d.uniform("w", 0.4, 0.9), d.uniform("h", 0.5, 1.2)];
      b.box([0, -y, -0.1], [w, h, 0.26], paint(d.of("shell")), { pitch: tilt, shadow: false });
      b.box(
        [0, -y + Math.sin(tilt) * 0.14, -0.1 - Math.cos(tilt) * 0.14],
        [w * 0.95, h * 0.95, 0.02],
        lit,
        { pitch: tilt, shadow: false },
      );
    }
  });
}
