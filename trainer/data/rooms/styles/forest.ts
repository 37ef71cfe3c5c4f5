import { Builder } from "../builder.ts";
import type { Draft } from "../draft.ts";
import { Draws } from "../draws.ts";
import { grass, soil } from "../materials/nature.ts";
import { person } from "../objects/person.ts";
import { bush, flora, rock, tree } from "../objects/vegetation.ts";
import { drawSky } from "../sky.ts";
import { outdoorDraft } from "./outdoor_light.ts";
import { ground, scatter } from "./terrain.ts";

/** Woods: trunks near and far, undergrowth, rocks, perhaps a path. */
export function forest(d: Draws): Draft {
  const b = new Builder();
  const sky = drawSky(d.of("sky"));
  const f = flora(d.of("flora"));
  ground(
    b,
    d,
    d.chance("grass", 0.3) ? grass(d.of("ground")) : soil(d.of("ground")),
    d.whole("rises", 2, 8),
    2.5,
  );
  if (d.chance("path", 0.45)) {
    const yaw = d.uniform("path", 0, 3);
    b.object(
      "path",
      { at: [0, 0, 0], yaw },
      () =>
        b.box([0, -0.005, 0], [d.uniform("wide", 1.2, 3.5), 0.02, 160], soil(d.of("path")), {
          shadow: false,
          world: true,
        }),
    );
  }
  const taken: [number, number][] = [[0, 0]];
  const kind = d.whole("kind", 0, 2);
  const dense = d.uniform("dense", 0.6, 1.3);
  scatter(
    d.of("near trees"),
    Math.round(17 * dense),
    2.2,
    14,
    1.1,
    (k, at) =>
      tree(
        b,
        k,
        f,
        { at, yaw: 0 },
        k.uniform("high", 5, 15),
        k.whole("tufts", 6, 11),
        k.chance("same", 0.75) ? kind : k.whole("kind", 0, 2),
      ),
    taken,
  );
  scatter(
    d.of("far trees"),
    Math.round(60 * dense),
    10,
    60,
    0.8,
    (k, at, r) =>
      tree(
        b,
        k,
        f,
        { at, yaw: 0 },
        k.uniform("high", 6, 17),
        r > 30 ? 2 : 4,
        k.chance("same", 0.75) ? kind : k.whole("kind", 0, 2),
      ),
    taken,
  );
  scatter(
    d.of("bushes"),
    Math.round(d.uniform("bushes", 4, 26)),
    2.2,
    30,
    0.8,
    (k, at, r) => bush(b, k, f, { at, yaw: 0 }, k.scale("s", 0.25, 1.3), r > 12 ? 1 : 5),
    taken,
  );
  scatter(
    d.of("rocks"),
    d.whole("rocks", 0, 8),
    2.5,
    18,
    1,
    (k, at) => rock(b, k, f, { at, yaw: 0 }, k.scale("s", 0.2, 1.6)),
    taken,
  );
  if (d.chance("log", 0.4)) {
    b.object("log", {
      at: [d.uniform("lx", 2, 5), 0, d.uniform("lz", -4, 4)],
      yaw: d.uniform("la", 0, 3),
    }, () => b.bar([-2, -0.2, 0], [2.5, -0.28, 0.3], 0.2, f.bark[0]!));
  }
  // the wood behind: a ring of foliage that closes the view
  b.object("tree", { at: [0, 0, 0], yaw: 0 }, () => {
    const n = d.whole("ring", 8, 18);
    for (let i = 0; i < n; i++) {
      const k = d.of("ring", i);
      const a = i / n * 2 * Math.PI;
      const r = k.uniform("r", 55, 75);
      const s = k.uniform("s", 8, 15);
      b.leaves(
        [Math.sin(a) * r, -4, Math.cos(a) * r],
        [s, k.uniform("h", 5, 11), s],
        0.85,
        k.pick("leaf", f.leaf),
        { shadow: false },
      );
    }
  });
  if (d.chance("person", 0.2)) {
    person(b, d.of("person"), {
      at: [d.uniform("px", -3, 3), 0, d.uniform("pz", 2, 7)],
      yaw: d.uniform("pa", 0, 6),
    });
  }
  const draft = outdoorDraft(
    b,
    d,
    sky,
    (k) => [k.uniform("x", -1.2, 1.2), -k.uniform("y", 1.2, 1.9), k.uniform("z", -1.2, 1.2)],
    [],
    1.5,
  );
  return draft;
}
