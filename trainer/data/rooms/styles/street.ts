import { Builder } from "../builder.ts";
import type { Draft } from "../draft.ts";
import { Draws } from "../draws.ts";
import type { Light } from "../look.ts";
import { plaster } from "../materials/interior.ts";
import { asphalt, brick, concrete, paving, stone } from "../materials/mineral.ts";
import { grass } from "../materials/nature.ts";
import type { Recipe } from "../materials/recipe.ts";
import { block, fence, house } from "../objects/buildings.ts";
import { person } from "../objects/person.ts";
import { car, lampPost, pavementThing } from "../objects/street_things.ts";
import { bush, flora, tree } from "../objects/vegetation.ts";
import type { Vec3 } from "../scene.ts";
import { drawSky } from "../sky.ts";
import { outdoorDraft } from "./outdoor_light.ts";

export function street(d: Draws): Draft {
  const b = new Builder();
  const sky = drawSky(d.of("sky"));
  const lit = sky.kind === "night" || sky.kind === "low" && d.chance("lamps", 0.4);
  const f = flora(d.of("flora"));
  const suburb = d.chance("suburb", 0.45);
  const half = d.uniform("half", 2.8, 6.5); // half the road
  const walk = d.uniform("walk", 1.5, 4.5);
  const road = d.pick("road", [asphalt, asphalt, asphalt, paving, concrete])(d.of("road"));
  const side = suburb && d.chance("verge", 0.6) ? grass(d.of("verge")) : paving(d.of("walk"));
  b.object("ground", { at: [0, 0, 0], yaw: 0 }, () => {
    b.box([0, 1, 0], [900, 2, 900], suburb ? grass(d.of("lawn")) : concrete(d.of("far")), {
      shadow: false,
      world: true,
    });
    b.box([0, 0.49, 0], [2 * half, 1, 400], road, { shadow: false, world: true });
    for (const s of [-1, 1]) {
      b.box([s * (half + walk / 2), 0.37, 0], [walk, 1, 400], side, { shadow: false, world: true });
      b.box([s * (half + 0.07), 0.365, 0], [0.14, 1, 400], stone(d.of("kerb")), { shadow: false });
    }
    if (d.chance("marks", 0.6)) {
      const white: Recipe = {
        name: "paint",
        a: [0.7, 0.7, 0.68],
        b: [0.5, 0.5, 0.48],
        blend: [6, 0.8],
      };
      for (let i = -8; i < 8; i++) {
        b.box([0, -0.012, i * 5 + 1.5], [0.13, 0.01, 2.6], white, { shadow: false });
      }
    }
    if (d.chance("crossing", 0.25)) {
      const z = d.uniform("crossing z", -12, 12);
      for (let i = -4; i < 4; i++) {
        b.box([(i + 0.5) * half / 4, -0.012, z], [half / 8, 0.012, 3], {
          name: "paint",
          a: [0.65, 0.65, 0.63],
          b: [0.5, 0.5, 0.5],
        }, { shadow: false });
      }
    }
  });
  for (const s of [-1, 1]) {
    const row = d.of("row", s + 1);
    const open = row.chance("open", 0.18);
    let z = -62 + row.uniform("start", 0, 8);
    for (let i = 0; z < 62 && i < 14; i++) {
      const k = row.of("plot", i);
      const setback = half + walk +
        (suburb ? k.uniform("set", 2.5, 7) : k.chance("back", 0.2) ? 1.5 : 0);
      const yaw = s > 0 ? Math.PI / 2 : -Math.PI / 2; // front towards the road
      if (open && Math.abs(z) < 30) {
        z += 12;
        tree(b, k, f, { at: [s * (setback + 3), 0, z], yaw: 0 }, k.uniform("tree", 4, 9), 6);
        continue;
      }
      if (suburb) {
        const w = k.uniform("w", 7, 12);
        const deep = k.uniform("deep", 6, 9);
        const near = Math.abs(z) < 34;
        if (near) {
          house(
            b,
            k,
            { at: [s * (setback + deep / 2), 0, z + w / 2], yaw },
            w,
            deep,
            k.whole("floors", 1, 2),
          );
        } else {
          b.object("house", { at: [s * (setback + deep / 2), 0, z + w / 2], yaw }, () => {
            b.box([0, -2.6, 0], [w, 5.2, deep], plaster(k), {});
            b.taper([0, -6.2, 0], [deep + 0.6, 2, w + 0.6], 0.5, 0.5, brick(k.of("roof")), {
              yaw: Math.PI / 2,
            });
          });
        }
        if (k.chance("fence", 0.45) && near) {
          fence(b, k.of("fence"), { at: [s * (half + walk + 0.4), 0, z + w / 2], yaw }, w);
        }
        if (k.chance("tree", 0.5)) {
          tree(
            b,
            k.of("tree"),
            f,
            {
              at: [s * (half + walk + k.uniform("tx", 1.2, 2.2)), 0, z + k.uniform("tz", 0, 2)],
              yaw: 0,
            },
            k.uniform("th", 3, 8),
            near ? 6 : 3,
          );
        }
        if (k.chance("bush", 0.4)) {
          bush(
            b,
            k.of("bush"),
            f,
            { at: [s * (setback - 1), 0, z + w * 0.8], yaw: 0 },
            k.uniform("bs", 0.5, 1.1),
            near ? 3 : 1,
          );
        }
        z += w + k.uniform("gap", 2, 7);
      } else {
        const w = k.uniform("w", 8, 22);
        block(b, k, { at: [s * setback, 0, z + w / 2], yaw }, w, k.scale("high", 6, 28), 12);
        z += w + (k.chance("alley", 0.25) ? k.uniform("gap", 2, 6) : 0.02);
      }
    }
    for (let i = 0; i < d.whole("things", 2, 8); i++) {
      const k = row.of("thing", i);
      const at = [
        s * (half + k.uniform("x", 0.4, walk - 0.2)),
        -0.12,
        k.uniform("z", -22, 22),
      ] as const;
      const what = k.uniform("what");
      if (what < 0.35) pavementThing(b, k, { at, yaw: s * Math.PI / 2 });
      else if (what < 0.6) person(b, k, { at, yaw: k.uniform("yaw", 0, 6.28) });
      else if (what < 0.8) tree(b, k, f, { at, yaw: 0 }, k.uniform("tall", 3.5, 9), 9, 0);
      else lampPost(b, k, { at: [s * (half + 0.5), -0.12, at[2]], yaw: -s * Math.PI / 2 }, lit);
    }
    let cz = -30 + row.uniform("car start", 0, 8);
    for (let i = 0; i < 7 && row.chance("parked", 0.8); i++) {
      const k = row.of("car", i);
      cz += k.uniform("gap", 5.6, 15);
      if (cz > 34) break;
      car(b, k, { at: [s * (half - 1.1), 0, cz], yaw: s > 0 ? 0 : Math.PI });
    }
  }
  if (d.chance("end", 0.5)) {
    const z = d.sign("end side") * d.uniform("end z", 45, 75);
    block(
      b,
      d.of("end"),
      { at: [0, 0, z], yaw: z > 0 ? 0 : Math.PI },
      30,
      d.uniform("end high", 8, 24),
      10,
    );
  }
  const camera = (k: Draws): Vec3 => {
    const onRoad = k.chance("road", 0.5);
    const x = onRoad
      ? k.uniform("x", -0.7, 0.7) * half
      : k.sign("side") * (half + k.uniform("wx", 0.3, Math.max(0.4, walk - 0.5)));
    return [x, -k.uniform("y", 1.2, 2) - (onRoad ? 0 : 0.13), k.uniform("z", -6, 6)];
  };
  const extra: Light[] = lit
    ? [{ at: [half + 0.4, -5, 4], colour: [9, 6.5, 3.5], radius: 0.2 }, {
      at: [-half - 0.4, -5, -7],
      colour: [9, 6.5, 3.5],
      radius: 0.2,
    }]
    : [];
  return outdoorDraft(b, d, sky, camera, extra);
}
