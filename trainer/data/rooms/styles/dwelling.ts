/** What the rooms of dwellings and offices share: plan, openings, lamps, decoration. */
import { brick, concrete } from "../materials/mineral.ts";
import { Draws } from "../draws.ts";
import { carpet, marble, planks, plaster, tile, wallpaper, wood } from "../materials/interior.ts";
import type { Recipe } from "../materials/recipe.ts";
import { column } from "../objects/structure.ts";
import { Room, type RoomPlan } from "./room.ts";

/** Living rooms, bedrooms, kitchens, offices. */

export function wallMaterials(d: Draws): Recipe[] {
  const main = d.pick("walls", [
    ...Array<typeof plaster>(8).fill(plaster),
    wallpaper,
    wallpaper,
    brick,
    concrete,
  ])(
    d.of("wall"),
  );
  if (!d.chance("accent", 0.25)) return [main];
  const accent = d.pick("accent kind", [plaster, wallpaper, brick, wood, planks, tile])(
    d.of("accent wall"),
  );
  return [main, accent, main, main];
}

export function floorMaterial(d: Draws): Recipe {
  return d.pick("floor", [planks, planks, planks, tile, carpet, concrete, marble])(d.of("floor"));
}

export function plan(
  d: Draws,
  w: readonly [number, number],
  deep: readonly [number, number],
): RoomPlan {
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
