/** Large rooms: museums, works, lobbies, auditoriums, churches. */
import { Builder } from "../builder.ts";
import type { Draft } from "../draft.ts";
import { Draws } from "../draws.ts";
import type { Light } from "../look.ts";
import { fabric, glow, metal } from "../materials/furnishing.ts";
import { carpet, marble, panels, planks, plaster, tile, wood } from "../materials/interior.ts";
import { asphalt, brick, concrete, slats, stone } from "../materials/mineral.ts";
import { pendant } from "../objects/fittings.ts";
import { person } from "../objects/person.ts";
import { column, stairs } from "../objects/structure.ts";
import { drawSky } from "../sky.ts";
import { decorate } from "./decoration.ts";
import { thing } from "./hall_things.ts";
import { indoorDraft } from "./indoor_light.ts";
import { Room } from "./room.ts";

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
