import { metal } from "../materials/furnishing.ts";
import { Builder } from "../builder.ts";
import { Draws } from "../draws.ts";
import { planks, plaster, wood } from "../materials/interior.ts";
import { brick, concrete, slats, stone } from "../materials/mineral.ts";
import { column } from "./structure.ts";

/** A roof on columns over the camera, perhaps with a wall or two: courtyards, arcades, carports. */
export function pavilion(b: Builder, d: Draws, taken: [number, number][]): void {
  const [w, deep, high] = [d.uniform("w", 6, 16), d.uniform("d", 6, 18), d.uniform("h", 2.6, 5)];
  const m = d.pick("m", [wood, metal, concrete, plaster, stone])(d.of("m"));
  const roof = d.pick("roof", [planks, concrete, slats, plaster])(d.of("roof"));
  const [nx, nz] = [Math.round(w / 4) + 1, Math.round(deep / 4) + 1];
  const r = d.uniform("r", 0.08, 0.3);
  b.object("pavilion", {
    at: [d.uniform("x", -1.5, 1.5), 0, d.uniform("z", -1.5, 1.5)],
    yaw: d.uniform("yaw", 0, 3.14),
  }, () => {
    b.box([0, -high - 0.15, 0], [w + 0.8, 0.3, deep + 0.8], roof, { world: false });
    for (let i = 0; i < nx; i++) {
      for (let j = 0; j < nz; j++) {
        if (i > 0 && i < nx - 1 && j > 0 && j < nz - 1) continue;
        column(
          b,
          d.of("columns"),
          { at: [(i / (nx - 1) - 0.5) * w, 0, (j / (nz - 1) - 0.5) * deep], yaw: 0 },
          high,
          r,
          m,
        );
      }
    }
    const beams = d.chance("beams", 0.7) ? nz * 2 : 0;
    for (let j = 0; j < beams; j++) {
      b.box([0, -high + 0.11, ((j + 0.5) / beams - 0.5) * deep], [w, 0.22, 0.12], m, {
        shadow: false,
      });
    }
    for (const [k, s] of [[0, -1], [1, 1]] as const) {
      if (!d.of("wall", k).chance("any", 0.5)) continue;
      b.box(
        [s * w / 2, -high / 2, 0],
        [0.25, high, deep],
        d.pick("wall", [brick, plaster, concrete])(d.of("wall material")),
      );
      b.box(
        [s * (w / 2 - 0.14), -1.05, d.uniform("door", -0.3, 0.3) * deep],
        [0.06, 2.1, 1],
        wood(d.of("door")),
        { shadow: false },
      );
    }
  });
  for (let a = 0; a < 12; a++) {
    taken.push([Math.sin(a * 0.524) * w / 2, Math.cos(a * 0.524) * deep / 2]);
  }
}
