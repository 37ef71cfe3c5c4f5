/** Streets, woods and open ground. */
import { Builder } from "./builder.ts";
import type { Draft } from "./draft.ts";
import type { Draws } from "./draws.ts";
import { drawSky, type Light, scaled } from "./look.ts";
import {
  asphalt,
  brick,
  concrete,
  grass,
  metal,
  paint,
  paving,
  planks,
  plaster,
  type Recipe,
  slats,
  soil,
  stone,
  water,
  wood,
} from "./materials.ts";
import {
  block,
  bush,
  car,
  fence,
  flora,
  house,
  lampPost,
  pavementThing,
  rock,
  tree,
} from "./outdoors.ts";
import { person } from "./people.ts";
import type { Vec3 } from "./scene.ts";
import { column, stairs } from "./architecture.ts";

function outdoorDraft(
  b: Builder,
  d: Draws,
  sky: ReturnType<typeof drawSky>,
  camera: Draft["camera"],
  extra: readonly Light[] = [],
  gain = 1,
): Draft {
  const up = Math.max(0.05, -sky.sun[1]);
  const warmth = Math.max(0, 0.5 - up);
  const sun: Light = {
    at: sky.sun,
    sun: true,
    colour: scaled([1, 0.95 - 0.3 * warmth, 0.86 - 0.75 * warmth], sky.direct),
    radius: sky.kind === "overcast" ? 6 : d.uniform("soft", 1, 3),
    span: 34,
  };
  const ambient = scaled([
    0.5 * sky.zenith[0] + 0.5 * sky.horizon[0],
    0.5 * sky.zenith[1] + 0.5 * sky.horizon[1],
    0.5 * sky.zenith[2] + 0.5 * sky.horizon[2],
  ], d.uniform("ambient", 0.35, 0.65));
  const level = 0.7 * (0.2126 * ambient[0] + 0.7152 * ambient[1] + 0.0722 * ambient[2]) +
    0.4 * sky.direct * Math.max(0.25, up);
  return {
    b,
    range: 80,
    look: {
      sky,
      ambientUp: ambient,
      ambientDown: scaled(
        [ambient[0] * 0.95, ambient[1] * 0.9, ambient[2] * 0.75],
        d.uniform("from ground", 0.3, 0.55),
      ),
      corners: 0,
      exposure: gain * d.uniform("target", 0.72, 1.1) / Math.max(0.06, level),
      rooms: [],
    },
    lights: [sun, ...extra],
    centre: [0, -2, 0],
    camera,
  };
}

/** The ground to 400 m and, on it, gentle rises. */
function ground(b: Builder, d: Draws, m: Recipe, rises: number, clear: number): void {
  const steep = d.chance("hilly", 0.3) ? 0.32 : 0.11;
  b.object("ground", { at: [0, 0, 0], yaw: 0 }, () => {
    b.box([0, 1, 0], [900, 2, 900], m, { shadow: false, world: true, grain: 0.37 });
    for (let i = 0; i < rises; i++) {
      const k = d.of("rise", i);
      const far = k.scale("far", 14, 150);
      const r = far * k.uniform("r", 0.5, 0.85);
      const a = k.uniform("a", 0, 6.28);
      const high = Math.min(r * steep, k.uniform("high", 0.3, 2.5) + far * steep * 0.4);
      if (far - r < clear) continue;
      b.ball(
        [Math.sin(a) * far, 0.05, Math.cos(a) * far],
        [r, high, r * k.uniform("long", 0.6, 1)],
        m,
        { shadow: false, world: true, grain: 0.37, yaw: a },
      );
    }
  });
}

/** Place n things between two distances around the origin, keeping some metres between them. */
function scatter(
  d: Draws,
  n: number,
  near: number,
  far: number,
  gap: number,
  put: (k: Draws, at: Vec3, distance: number) => void,
  taken: [number, number][] = [],
): void {
  for (let i = 0; i < n; i++) {
    for (let t = 0; t < 5; t++) {
      const k = d.of("item" + i, t);
      const r = k.scale("r", near, far);
      const a = k.uniform("a", 0, 2 * Math.PI);
      const [x, z] = [r * Math.sin(a), r * Math.cos(a)];
      const room = gap * (1 + r / 25);
      if (taken.some(([p, q]) => (p - x) ** 2 + (q - z) ** 2 < room * room)) continue;
      taken.push([x, z]);
      put(k, [x, 0, z], r);
      break;
    }
  }
}

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

/** A roof on columns over the camera, perhaps with a wall or two: courtyards, arcades, carports. */
function pavilion(b: Builder, d: Draws, taken: [number, number][]): void {
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
