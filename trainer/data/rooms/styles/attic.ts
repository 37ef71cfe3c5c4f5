import { Builder } from "../builder.ts";
import type { Draft } from "../draft.ts";
import { Draws } from "../draws.ts";
import { fabric, paint } from "../materials/furnishing.ts";
import { planks, plaster, wood } from "../materials/interior.ts";
import type { Recipe } from "../materials/recipe.ts";
import { clutter } from "../objects/clutter.ts";
import { sofa } from "../objects/seating.ts";
import { cabinet, shelf } from "../objects/storage.ts";
import { drawSky } from "../sky.ts";
import { decorate, dining } from "./decoration.ts";
import { floorMaterial, wallMaterials } from "./dwelling.ts";
import { indoorDraft } from "./indoor_light.ts";
import { Room } from "./room.ts";

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
      k.uniform("x", -0.2, 0.2) * w,
      -k.uniform("y", 1.1, 1.7),
      k.uniform("z", -0.3, 0.3) * deep,
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
