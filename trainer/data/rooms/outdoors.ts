/** Things that stand outside: trees, bushes, rocks, cars, houses, fences, lamp posts. */
import type { Builder, Frame } from "./builder.ts";
import type { Draws } from "./draws.ts";
import {
  bark,
  brick,
  concrete,
  facade,
  glass,
  glow,
  leaf,
  metal,
  paint,
  plaster,
  type Recipe,
  slats,
  stone,
  trimPaint,
  wood,
} from "./materials.ts";

/** What the trees of one scene share. */
export interface Flora {
  readonly leaf: readonly Recipe[];
  readonly bark: readonly Recipe[];
  readonly rock: Recipe;
  readonly bare: boolean;
}

export function flora(d: Draws): Flora {
  return {
    leaf: [leaf(d.of("leaf", 0)), leaf(d.of("leaf", 1)), leaf(d.of("leaf", 2))],
    bark: [bark(d.of("bark", 0)), bark(d.of("bark", 1))],
    rock: stone(d.of("rock")),
    bare: d.chance("bare", 0.15),
  };
}

/** A tree of the given height: broad-leaved, conifer, or a tall trunk with a high crown. `tufts`: how many balls of leaves. */
export function tree(
  b: Builder,
  d: Draws,
  f: Flora,
  frame: Frame,
  high: number,
  tufts: number,
  kind = d.whole("kind", 0, 2),
): void {
  b.object("tree", frame, () => {
    const m = d.pick("leaf", f.leaf);
    const stem = d.pick("bark", f.bark);
    const r = high * d.uniform("thick", 0.008, 0.02) + 0.03;
    const lean = d.uniform("lean", -0.06, 0.06);
    const turn = d.uniform("turn", 0, 6.28);
    if (kind === 1) { // conifer
      b.cone([0, -high / 2, 0], r, r * 0.2, high, stem);
      const n = Math.max(3, Math.min(7, tufts));
      const low = d.uniform("low", 0.05, 0.35);
      const spread = d.uniform("spread", 0.13, 0.24);
      for (let i = 0; i < n; i++) {
        const k = d.of("tier", i);
        const t = low + (1 - low) * (i + 0.3) / n;
        const wide = high * spread * (1.05 - t) * k.uniform("w", 0.8, 1.2) + 0.12;
        b.leaves(
          [k.uniform("x", -0.15, 0.15) * wide, -high * t, k.uniform("z", -0.15, 0.15) * wide],
          [wide, high * (1 - low) / n * 0.85, wide],
          k.uniform("density", 0.62, 0.8),
          m,
        );
      }
      return;
    }
    const crown = kind === 2 ? d.uniform("crown", 0.45, 0.7) : d.uniform("crown low", 0.22, 0.45);
    const top = high * 0.85;
    b.cone([0, -top / 2, 0], r * 1.2, r * 0.4, top, stem, { pitch: lean, yaw: turn });
    const wide = high * (kind === 2 ? d.uniform("wide", 0.1, 0.18) : d.uniform("wide", 0.2, 0.36));
    for (let i = 0; i < Math.min(4, tufts); i++) {
      const a = turn + i * 2.4;
      const y = -high * (crown + 0.06 * i);
      b.bar(
        [0, y, 0],
        [Math.sin(a) * wide * 0.8, y - high * 0.18, Math.cos(a) * wide * 0.8],
        r * 0.35,
        stem,
      );
    }
    if (f.bare && kind === 0) {
      for (let i = 0; i < tufts; i++) {
        const k = d.of("twig", i);
        const a = k.uniform("a", 0, 6.28);
        const y = -high * k.uniform("y", 0.45, 0.85);
        b.bar(
          [0, y, 0],
          [
            Math.sin(a) * wide * 0.6,
            y - high * k.uniform("up", 0.08, 0.2),
            Math.cos(a) * wide * 0.6,
          ],
          r * 0.2,
          stem,
          { shadow: false },
        );
      }
      return;
    }
    for (let i = 0; i < tufts; i++) {
      const k = d.of("tuft", i);
      const a = i * 2.4 + k.uniform("a", -0.6, 0.6);
      const t = tufts < 3 ? 0.4 + 0.3 * i : (i + 0.5) / tufts;
      const out = wide * (i === 0 ? 0.2 : k.uniform("out", 0.3, 0.85)) *
        Math.sin(Math.PI * (0.2 + 0.7 * t));
      const y = -high * (crown + (1 - crown) * t * 0.9);
      const s = wide * k.uniform("s", 0.55, 1.05) * (tufts < 4 ? 1.3 : 1);
      b.leaves(
        [Math.sin(a) * out, y, Math.cos(a) * out],
        [s, s * k.uniform("flat", 0.5, 0.9), s * k.uniform("long", 0.7, 1.1)],
        k.uniform("density", 0.52, 0.75),
        m,
        { yaw: a },
      );
    }
  });
}

/** A bush. */
export function bush(b: Builder, d: Draws, f: Flora, frame: Frame, size: number, tufts = 3): void {
  b.object("bush", frame, () => {
    const m = d.pick("leaf", f.leaf);
    for (let i = 0; i < tufts; i++) {
      const k = d.of("tuft", i);
      const s = size * k.uniform("s", 0.5, 0.9);
      b.leaves(
        [k.uniform("x", -0.6, 0.6) * size, -s * 0.6, k.uniform("z", -0.6, 0.6) * size],
        [s, s * k.uniform("flat", 0.6, 1), s],
        k.uniform("density", 0.55, 0.8),
        m,
      );
    }
  });
}

/** A boulder or a heap of them. */
export function rock(b: Builder, d: Draws, f: Flora, frame: Frame, size: number): void {
  b.object("rock", frame, () => {
    for (let i = 0; i < d.whole("n", 1, 3); i++) {
      const k = d.of("part", i);
      const s = size * k.uniform("s", 0.5, 1);
      const at = [
        k.uniform("x", -0.7, 0.7) * size * (i > 0 ? 1 : 0),
        -s * 0.2,
        k.uniform("z", -0.7, 0.7) * size * (i > 0 ? 1 : 0),
      ] as const;
      if (k.chance("block", 0.5)) {
        b.taper(
          at,
          [s * 1.6, s * 1.2, s * 1.3],
          k.uniform("a", 0, 0.4),
          k.uniform("b", 0, 0.4),
          f.rock,
          { yaw: k.uniform("yaw", 0, 3), pitch: k.uniform("pitch", -0.3, 0.3) },
        );
      } else {b.ball(
          at,
          [s, s * k.uniform("flat", 0.5, 0.9), s * k.uniform("long", 0.6, 1.1)],
          f.rock,
          { yaw: k.uniform("yaw", 0, 3), pitch: k.uniform("pitch", -0.3, 0.3) },
        );}
    }
  });
}

/** A car about 4.3 m long, its length along z. */
export function car(b: Builder, d: Draws, frame: Frame): void {
  b.object("car", frame, () => {
    const m = { ...paint(d.of("paint")), gloss: 0.9 };
    const dark = { ...glass(d.of("glass")) };
    const black: Recipe = { name: "rubber", a: [0.015, 0.015, 0.016], b: [0.01, 0.01, 0.01] };
    const van = d.chance("van", 0.25);
    const [w, l] = [
      d.uniform("w", 1.65, 1.85),
      van ? d.uniform("lv", 4.5, 5.6) : d.uniform("l", 3.8, 4.8),
    ];
    const high = van ? d.uniform("hv", 1.9, 2.5) : d.uniform("h", 1.4, 1.65);
    const waist = van ? 1.05 : 0.88;
    b.box([0, -(waist + 0.25) / 2, 0], [w, waist - 0.25, l], m);
    b.box([0, -0.42, 0], [w + 0.04, 0.14, l + 0.1], black);
    const cabin = van ? l * 0.78 : l * d.uniform("cabin", 0.5, 0.62);
    const off = van ? 0.09 * l : d.uniform("off", 0.02, 0.1) * l;
    // taper leans along local x: turn it along the car
    const slope = (high - waist) / cabin;
    b.taper(
      [0, -(waist + high) / 2, off],
      [cabin, high - waist, w - 0.1],
      Math.min(0.8, slope * (van ? 0.4 : 1.1)),
      Math.min(0.9, slope * (van ? 1.2 : 1.5)),
      dark,
      { yaw: Math.PI / 2 },
    );
    b.box([0, -high, off], [w - 0.2, 0.05, cabin * (van ? 0.8 : 0.55)], m);
    if (van) {
      b.box([0, -(waist + high) / 2, off + cabin * 0.2], [w - 0.06, high - waist, cabin * 0.6], m);
    }
    for (const sx of [-1, 1]) {
      for (const sz of [-1, 1]) {
        const x = sx * (w / 2 - 0.1), z = sz * l * 0.31;
        b.cylinder([x, -0.32, z], 0.32, 0.24, black, { roll: Math.PI / 2 });
        b.cylinder([x + sx * 0.03, -0.32, z], 0.18, 0.2, metal(d.of("rim")), {
          roll: Math.PI / 2,
          shadow: false,
        });
      }
      b.box([sx * (w / 2 - 0.22), -0.68, -l / 2 - 0.01], [0.3, 0.13, 0.03], glow(0, 0.9), {
        shadow: false,
      });
      b.box([sx * (w / 2 - 0.18), -0.72, l / 2 + 0.01], [0.22, 0.14, 0.03], {
        name: "paint",
        a: [0.5, 0.02, 0.02],
        b: [0.4, 0.02, 0.02],
      }, { shadow: false });
    }
  });
}

/** A house of w x deep with a slanted roof, windows and a door in its front (towards -z); origin in the middle. */
export function house(
  b: Builder,
  d: Draws,
  frame: Frame,
  w: number,
  deep: number,
  floors: number,
): void {
  b.object("house", frame, () => {
    const m = d.pick("wall", [plaster, plaster, brick, planked, concrete])(d.of("wall"));
    const trim = trimPaint(d.of("trim"));
    const pane = glass(d.of("pane"));
    const roof = slats(d.of("roof"));
    const h = floors * 2.8 + 0.3;
    b.box([0, -h / 2, 0], [w, h, deep], m, { grain: 0.3 });
    const rise = d.uniform("rise", 0.3, 0.75) * deep / 2;
    if (d.chance("flat", 0.15)) {
      b.box([0, -h - 0.12, 0], [w + 0.5, 0.24, deep + 0.5], concrete(d.of("flat roof")));
    } else if (d.chance("gable front", 0.4)) {
      b.taper([0, -h - rise / 2, 0], [w + 0.7, rise, deep + 0.7], 0.5, 0.5, roof);
    } else {b.taper([0, -h - rise / 2, 0], [deep + 0.7, rise, w + 0.7], 0.5, 0.5, roof, {
        yaw: Math.PI / 2,
      });}
    if (d.chance("chimney", 0.6)) {
      b.box([w * 0.25, -h - rise * 0.8, 0], [0.6, rise * 1.2 + 0.6, 0.6], brick(d.of("chimney")));
    }
    const n = Math.max(2, Math.round(w / d.uniform("pitch", 2, 3.2)));
    const doorAt = d.whole("door", 0, n - 1);
    for (let f = 0; f < floors; f++) {
      for (let i = 0; i < n; i++) {
        const x = -w / 2 + (i + 0.5) * w / n;
        const z = -deep / 2;
        if (f === 0 && i === doorAt) {
          b.box([x, -1.15, z - 0.02], [1.1, 2.2, 0.08], trim, { shadow: false });
          b.box([x, -1.1, z - 0.06], [0.9, 2.05, 0.04], wood(d.of("leaf")), { shadow: false });
          b.box([x, -0.08, z - 0.5], [1.5, 0.16, 1], concrete(d.of("step")));
          continue;
        }
        const y = -(f * 2.8 + 1.65);
        b.box([x, y, z - 0.02], [1.25, 1.45, 0.08], trim, { shadow: false });
        b.box([x, y, z - 0.05], [1.08, 1.28, 0.06], pane, { shadow: false });
        b.box([x, y, z - 0.07], [0.06, 1.28, 0.05], trim, { shadow: false });
      }
    }
  });
}

function planked(d: Draws): Recipe {
  const m = slats(d);
  return { ...m, cell: [3, 0.18], joint: 0.006 };
}

/** A town building with a regular facade; its front is towards -z, origin in the middle of the front. */
export function block(
  b: Builder,
  d: Draws,
  frame: Frame,
  w: number,
  high: number,
  deep: number,
): void {
  b.object("building", frame, () => {
    const m = facade(d.of("facade"));
    const base = d.pick("base", [concrete, stone, plaster, brick])(d.of("base"));
    const floor = m.cell![1];
    const levels = Math.max(2, Math.round(high / floor));
    const top = levels * floor;
    const ground = d.uniform("ground", 3.2, 4.2);
    b.box([0, -ground - top / 2, deep / 2], [w, top, deep], m, {
      grain: d.uniform("grain", 0.1, 0.9),
    });
    b.box([0, -ground / 2, deep / 2], [w, ground, deep], base);
    b.box([0, -ground, deep / 2 - 0.1], [w, 0.3, deep + 0.3], base);
    b.box([0, -ground - top - 0.2, deep / 2 - 0.1], [w + 0.3, 0.5, deep + 0.5], base);
    const shops = Math.max(1, Math.round(w / 4));
    const pane = d.chance("lit", 0.3)
      ? {
        ...glass(d.of("pane")),
        emission: 1.2,
        a: [0.6, 0.5, 0.35] as const,
        b: [0.4, 0.33, 0.25] as const,
      }
      : glass(d.of("pane"));
    for (let i = 0; i < shops; i++) {
      const x = -w / 2 + (i + 0.5) * w / shops;
      const k = d.of("shop", i);
      b.box([x, -1.4, -0.04], [w / shops * 0.7, 2.2, 0.1], pane, { shadow: false });
      if (k.chance("awning", 0.4)) {
        b.box([x, -2.75, -0.6], [w / shops * 0.8, 0.05, 1.3], paint(k), { pitch: -0.35 });
      } else if (k.chance("sign", 0.6)) {
        b.box([x, -2.85, -0.06], [w / shops * 0.75, 0.45, 0.12], paint(k), { shadow: false });
      }
    }
    if (d.chance("balconies", 0.35)) {
      for (let f = 0; f < Math.min(4, levels); f++) {
        b.box([0, -ground - f * floor - 0.1, -0.5], [w * 0.5, 0.15, 1], base);
        b.box([0, -ground - f * floor - 0.6, -0.98], [w * 0.5, 0.9, 0.04], metal(d.of("rail")));
      }
    }
  });
}

/** A fence along x. */
export function fence(b: Builder, d: Draws, frame: Frame, length: number): void {
  b.object("fence", frame, () => {
    const m = d.pick("m", [wood, wood, metal, paint])(d.of("m"));
    const high = d.uniform("high", 0.8, 1.7);
    const n = Math.min(14, Math.round(length / d.uniform("pitch", 0.5, 2)));
    for (let i = 0; i <= n; i++) {
      b.box([-length / 2 + i * length / n, -high / 2, 0], [0.08, high, 0.08], m);
    }
    const rails = d.whole("rails", 2, 4);
    for (let j = 0; j < rails; j++) {
      b.box([0, -high * (j + 0.7) / rails, 0], [length, d.uniform("rail", 0.05, 0.14), 0.03], m);
    }
  });
}

/** Street lamp. */
export function lampPost(b: Builder, d: Draws, frame: Frame, lit: boolean): void {
  b.object("lamp post", frame, () => {
    const m = metal(d.of("m"));
    const high = d.uniform("high", 3.5, 7);
    b.cone([0, -high / 2, 0], 0.08, 0.045, high, m);
    b.bar([0, -high, 0], [0, -high - 0.25, -1.1], 0.035, m);
    b.box([0, -high - 0.25, -1.3], [0.22, 0.1, 0.5], lit ? glow(0.7, 6) : m);
  });
}

/** Sign on a post, bin, bollard, box: what stands on a pavement. */
export function pavementThing(b: Builder, d: Draws, frame: Frame): void {
  b.object("street furniture", frame, () => {
    switch (d.whole("kind", 0, 4)) {
      case 0:
        b.cylinder([0, -1.2, 0], 0.03, 2.4, metal(d.of("m")));
        b.cylinder([0, -2.2, -0.05], 0.32, 0.03, paint(d.of("sign")), { pitch: Math.PI / 2 });
        break;
      case 1:
        b.cone([0, -0.45, 0], 0.22, 0.26, 0.9, paint(d.of("bin")));
        break;
      case 2:
        b.cylinder([0, -0.45, 0], 0.07, 0.9, metal(d.of("m")));
        break;
      case 3:
        b.box([0, -0.6, 0], [0.7, 1.2, 0.4], paint(d.of("box")));
        break;
      default:
        b.box([0, -0.44, 0], [1.6, 0.06, 0.45], wood(d.of("bench")));
        for (const s of [-1, 1]) b.box([s * 0.65, -0.22, 0], [0.06, 0.44, 0.4], metal(d.of("m")));
        b.box([0, -0.72, 0.22], [1.6, 0.3, 0.04], wood(d.of("bench")), { pitch: -0.15 });
    }
  });
}
