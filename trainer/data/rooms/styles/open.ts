import { Builder } from "../builder.ts";
import type { Draft } from "../draft.ts";
import { Draws } from "../draws.ts";
import { paint } from "../materials/furnishing.ts";
import { asphalt, brick, concrete, paving, stone } from "../materials/mineral.ts";
import { grass, soil, water } from "../materials/nature.ts";
import { block, fence, house } from "../objects/buildings.ts";
import { pavilion } from "../objects/pavilion.ts";
import { person } from "../objects/person.ts";
import { car, lampPost, pavementThing } from "../objects/street_things.ts";
import { stairs } from "../objects/structure.ts";
import { bush, flora, rock, tree } from "../objects/vegetation.ts";
import { drawSky } from "../sky.ts";
import { outdoorDraft } from "./outdoor_light.ts";
import { ground, scatter } from "./terrain.ts";

/** Fields, parks, squares, shores: far horizons with things here and there. */
export function open(d: Draws): Draft {
  const b = new Builder();
  const sky = drawSky(d.of("sky"));
  const f = flora(d.of("flora"));
  const kind = d.pick("kind", ["meadow", "meadow", "park", "square", "rocky", "shore"]);
  const floor = kind === "square"
    ? d.pick("floor", [paving, paving, asphalt, concrete])
    : kind === "rocky"
    ? soil
    : grass;
  const rises = kind === "square" || kind === "shore" ? 0 : d.whole("rises", 1, 8);
  ground(b, d, floor(d.of("ground")), rises, 3);
  const taken: [number, number][] = [[0, 0]];
  if (kind !== "square" && d.chance("road", 0.4)) {
    b.object(
      "path",
      { at: [d.uniform("px", -3, 3), 0, 0], yaw: d.uniform("py", 0, 3) },
      () =>
        b.box(
          [0, -0.006, 0],
          [d.uniform("wide", 1.5, 6), 0.02, 400],
          d.pick("road", [asphalt, soil, soil, paving])(d.of("road")),
          { shadow: false, world: true },
        ),
    );
  }
  if (kind === "shore") {
    b.object("water", { at: [0, 0, 0], yaw: d.uniform("wy", 0, 6.28) }, () => {
      const z = d.uniform("edge", 3, 12);
      b.box([0, 0.3, z + 200], [800, 0.62, 400], water(d.of("water")), {
        shadow: false,
        world: true,
      });
      if (d.chance("wall", 0.6)) b.box([0, -0.2, z], [120, 0.6, 0.6], stone(d.of("quay")));
    });
  }
  if (kind === "square" && d.chance("pavilion", 0.4)) pavilion(b, d.of("pavilion"), taken);
  if (kind === "square") {
    const n = d.whole("blocks", 3, 9);
    for (let i = 0; i < n; i++) {
      const k = d.of("block", i);
      const a = (i + k.uniform("a", -0.3, 0.3)) / n * 2 * Math.PI;
      const r = k.scale("r", 18, 90);
      block(
        b,
        k,
        { at: [Math.sin(a) * r, 0, Math.cos(a) * r], yaw: a },
        k.uniform("w", 14, 32),
        k.scale("high", 7, 45),
        14,
      );
    }
    scatter(
      d.of("things"),
      d.whole("things", 3, 16),
      3,
      30,
      1.5,
      (k, at) =>
        k.chance("person", 0.4)
          ? person(b, k, { at, yaw: k.uniform("y", 0, 6) })
          : pavementThing(b, k, { at, yaw: k.uniform("y", 0, 6) }),
      taken,
    );
    scatter(
      d.of("cars"),
      d.whole("cars", 0, 5),
      6,
      30,
      3,
      (k, at) => car(b, k, { at, yaw: k.uniform("y", 0, 6) }),
      taken,
    );
    scatter(
      d.of("posts"),
      d.whole("posts", 0, 4),
      5,
      30,
      2,
      (k, at) => lampPost(b, k, { at, yaw: k.uniform("y", 0, 6) }, sky.kind === "night"),
      taken,
    );
    if (d.chance("stairs", 0.25)) {
      stairs(b, d.of("stairs"), { at: [d.sign("sx") * 7, 0, 4], yaw: 0.3 }, 6, 9);
    }
  }
  const trees = kind === "park"
    ? d.whole("park trees", 8, 22)
    : kind === "rocky"
    ? d.whole("few", 0, 6)
    : d.whole("trees", 0, 10);
  scatter(
    d.of("trees"),
    trees,
    kind === "park" ? 4 : 9,
    70,
    3,
    (k, at, r) => tree(b, k, f, { at, yaw: 0 }, k.uniform("high", 4, 11), r > 35 ? 3 : 9),
    taken,
  );
  scatter(
    d.of("bushes"),
    kind === "square" ? 3 : d.whole("bushes", 0, 14),
    2.6,
    50,
    1,
    (k, at, r) => bush(b, k, f, { at, yaw: 0 }, k.scale("s", 0.25, 1.6), r > 15 ? 1 : 5),
    taken,
  );
  scatter(
    d.of("rocks"),
    kind === "rocky" ? d.whole("rocks", 5, 22) : d.whole("stones", 0, 3),
    2.2,
    30,
    0.7,
    (k, at) => rock(b, k, f, { at, yaw: 0 }, k.scale("s", 0.12, 1.4)),
    taken,
  );
  scatter(
    d.of("houses"),
    d.chance("houses", 0.4) ? d.whole("houses n", 1, 4) : 0,
    22,
    70,
    10,
    (k, at) =>
      house(
        b,
        k,
        { at, yaw: Math.atan2(at[0], at[2]) + k.uniform("turn", -0.5, 0.5) },
        k.uniform("w", 7, 13),
        k.uniform("d", 6, 9),
        k.whole("floors", 1, 2),
      ),
    taken,
  );
  if (d.chance("fence", 0.4) && kind !== "square") {
    const k = d.of("fence");
    const yaw = k.uniform("yaw", 0, 6.28);
    b.object("fence line", { at: [0, 0, 0], yaw }, () => {
      for (let i = -2; i <= 2; i++) {
        fence(b, k, { at: [i * 8, 0, k.uniform("z", 5, 14)], yaw: 0 }, 8);
      }
    });
  }
  if (d.chance("picnic", 0.15)) {
    scatter(
      d.of("persons"),
      3,
      3,
      12,
      1,
      (k, at) => person(b, k, { at, yaw: k.uniform("y", 0, 6) }),
      taken,
    );
  }
  // the far line of trees or hills, mostly beyond the range
  b.object("tree", { at: [0, 0, 0], yaw: 0 }, () => {
    const n = d.chance("line", 0.7) ? d.whole("line n", 6, 20) : 0;
    const far = d.uniform("line far", 50, 120);
    for (let i = 0; i < n; i++) {
      const k = d.of("line", i);
      const a = i / n * 2 * Math.PI + k.uniform("a", -0.2, 0.2);
      const s = k.uniform("s", 4, 12);
      b.leaves(
        [Math.sin(a) * far, -1.5, Math.cos(a) * far],
        [s, k.uniform("h", 2, 7), s],
        0.85,
        k.pick("leaf", f.leaf),
        { shadow: false },
      );
    }
  });
  if (d.chance("shed", 0.15)) {
    b.object("house", {
      at: [d.sign("hx") * 12, 0, d.uniform("hz", -8, 8)],
      yaw: d.uniform("hy", 0, 3),
    }, () => {
      b.box([0, -1.2, 0], [3, 2.4, 4], paint(d.of("shed")));
      b.taper([0, -2.9, 0], [3.6, 1, 4.6], 0.5, 0.5, brick(d.of("shed roof")));
    });
  }
  return outdoorDraft(
    b,
    d,
    sky,
    (k) => [k.uniform("x", -1, 1), -k.uniform("y", 1.2, 2), k.uniform("z", -1, 1)],
  );
}
