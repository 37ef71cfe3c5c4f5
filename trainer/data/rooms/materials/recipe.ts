/** What a procedural material is: parameters of the one surface formula in rooms.wgsl (cells with joints over noise at two scales). */
import type { Vec3 } from "../scene.ts";

/** One material. Lengths in metres, frequencies in 1/metre. */
export interface Recipe {
  readonly name: string;
  /** The two colours that noise and cells blend between. */
  readonly a: Vec3;
  readonly b: Vec3;
  /** Colour and half width of the joints between cells. */
  readonly line?: Vec3;
  readonly joint?: number;
  /** Cell size along u and v. */
  readonly cell?: readonly [number, number];
  /** Shift of each row in cells; 2: random. */
  readonly shift?: number;
  /** How much cells differ in blend, and in hue. */
  readonly vary?: number;
  readonly hue?: number;
  /** Frequency and amplitude of the noise that blends a and b, and of the noise that darkens. */
  readonly blend?: readonly [number, number];
  readonly grain?: readonly [number, number];
  /** Length of the noise along u (wood). */
  readonly stretch?: number;
  readonly bump?: number;
  readonly gloss?: number;
  readonly emission?: number;
}

/** Linear RGB from hue (turns), saturation and value as seen (sRGB). */
export function colour(hue: number, saturation: number, value: number): Vec3 {
  const h = ((hue % 1) + 1) % 1 * 6;
  const channel = (n: number) => {
    const k = (n + h) % 6;
    return (value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1)))) ** 2.2;
  };
  return [channel(5), channel(3), channel(1)];
}

export function shade(c: Vec3, by: number): Vec3 {
  return [c[0] * by, c[1] * by, c[2] * by];
}

/** Packs the distinct recipes of a scene. */
export class MaterialBook {
  readonly #index = new Map<Recipe, number>();

  index(recipe: Recipe): number {
    let i = this.#index.get(recipe);
    if (i === undefined) this.#index.set(recipe, i = this.#index.size);
    return i;
  }

  get names(): ReadonlySet<string> {
    return new Set([...this.#index.keys()].map((r) => r.name));
  }

  /** [m, 24]. */
  array(): Float32Array {
    const words: number[] = [];
    for (const r of this.#index.keys()) {
      const cell = r.cell ?? [1, 1];
      const [blend, grain] = [r.blend ?? [1, 0], r.grain ?? [1, 0]];
      words.push(...r.a, r.gloss ?? 0, ...r.b, r.emission ?? 0, ...(r.line ?? r.a), r.joint ?? 0);
      words.push(cell[0], cell[1], r.shift ?? 0, r.vary ?? 0);
      words.push(blend[0], blend[1], grain[0], grain[1]);
      words.push(r.stretch ?? 1, r.hue ?? 0, r.bump ?? 0, 0);
    }
    return new Float32Array(words);
  }
}

export function scaled(c: Vec3, by: number): Vec3 {
  return [c[0] * by, c[1] * by, c[2] * by];
}
