/** Trees, bushes and rocks. */
import { Builder, type Frame } from "../builder.ts";
import { Draws } from "../draws.ts";
import { stone } from "../materials/mineral.ts";
import { bark, leaf } from "../materials/nature.ts";
import type { Recipe } from "../materials/recipe.ts";

/** What the trees of one scene share. */
interface Flora {
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
