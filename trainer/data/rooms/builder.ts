/** Collects the bodies of a scene; every method takes metres and radians in the frame of the current group. */
import { MaterialBook, type Recipe } from "./materials/recipe.ts";
import { BODY, LEAF, POLY, QUADRIC, rotation, type Turn, type Vec3 } from "./scene.ts";

/** Options of one body. */
export interface BodyOptions extends Turn {
  /** false: throws no shadow (pictures, thin trim); "sun": only sunlight is held off (walls, ceilings). */
  readonly shadow?: boolean | "sun";
  /** Texture runs in world coordinates, so that neighbouring pieces of a wall match. */
  readonly world?: boolean;
  /** Texture seed 0..1; pieces of one thing share it. */
  readonly grain?: number;
}

/** A place and heading that groups of bodies are put into: an object's own frame. */
export interface Frame {
  readonly at: Vec3;
  readonly yaw: number;
}

/** Axis-aligned bounds on the floor plane. */
export interface Footprint {
  readonly x0: number;
  readonly x1: number;
  readonly z0: number;
  readonly z1: number;
}

export class Builder {
  readonly #rows: number[] = [];
  readonly #families: number[] = [];
  readonly #casts: number[] = [];
  readonly #objects = new Set<string>();
  readonly book = new MaterialBook();
  #frame: Frame = { at: [0, 0, 0], yaw: 0 };

  get count(): number {
    return this.#families.length;
  }

  get objects(): ReadonlySet<string> {
    return this.#objects;
  }

  /** Build an object called `name` in its own frame: origin on the floor, its front towards -z. */
  object(name: string, frame: Frame, build: () => void): void {
    const outer = this.#frame;
    const [c, s] = [Math.cos(outer.yaw), Math.sin(outer.yaw)];
    const [x, y, z] = frame.at;
    this.#frame = {
      at: [outer.at[0] + c * x + s * z, outer.at[1] + y, outer.at[2] - s * x + c * z],
      yaw: outer.yaw + frame.yaw,
    };
    this.#objects.add(name);
    build();
    this.#frame = outer;
  }

  /** Box with centre and FULL sizes. */
  box(centre: Vec3, size: Vec3, material: Recipe, options: BodyOptions = {}): void {
    this.#add(POLY, centre, [size[0] / 2, size[1] / 2, size[2] / 2], [0, 0, 0], material, options);
  }

  /** Box whose right (a) and left (b) sides lean inwards by that share of the half width per half height (1: to the middle... a = b = 0.5 is a gable roof). */
  taper(
    centre: Vec3,
    size: Vec3,
    a: number,
    b: number,
    material: Recipe,
    options: BodyOptions = {},
  ): void {
    this.#add(POLY, centre, [size[0] / 2, size[1] / 2, size[2] / 2], [a, b, 0], material, options);
  }

  /** Upright cylinder or cone: radius at the bottom and at the top, full height, centre in the middle. */
  cone(
    centre: Vec3,
    bottom: number,
    top: number,
    height: number,
    material: Recipe,
    options: BodyOptions = {},
  ): void {
    const r = Math.max(bottom, top, 1e-4);
    const r0 = (bottom + top) / 2 / r;
    const r1 = (bottom - top) / 2 / r; // local y = +1 is the bottom (y down)
    this.#add(
      QUADRIC,
      centre,
      [r, height / 2, r],
      [r0 * r0, 2 * r0 * r1, r1 * r1],
      material,
      options,
    );
  }

  /** Upright cylinder. */
  cylinder(
    centre: Vec3,
    radius: number,
    height: number,
    material: Recipe,
    options: BodyOptions = {},
  ): void {
    this.cone(centre, radius, radius, height, material, options);
  }

  /** A straight round bar between two points. */
  bar(from: Vec3, to: Vec3, radius: number, material: Recipe, options: BodyOptions = {}): void {
    const d = [to[0] - from[0], to[1] - from[1], to[2] - from[2]] as const;
    const length = Math.hypot(...d) || 1e-3;
    const yaw = Math.atan2(d[0], d[2]);
    const pitch = Math.PI / 2 - Math.asin(Math.max(-1, Math.min(1, d[1] / length)));
    const centre: Vec3 = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2, (from[2] + to[2]) / 2];
    this.cone(centre, radius, radius, length, material, { ...options, yaw, pitch });
  }

  /** Ellipsoid with semi-axes. */
  ball(centre: Vec3, radii: Vec3, material: Recipe, options: BodyOptions = {}): void {
    this.#add(QUADRIC, centre, radii, [1, 0, -1], material, options);
  }

  /** Ellipsoid of foliage: a shell with holes; density 0..1. */
  leaves(
    centre: Vec3,
    radii: Vec3,
    density: number,
    material: Recipe,
    options: BodyOptions = {},
  ): void {
    this.#add(LEAF, centre, radii, [density, 0, 0], material, options);
  }

  #add(
    family: number,
    centre: Vec3,
    half: Vec3,
    shape: Vec3,
    material: Recipe,
    options: BodyOptions,
  ): void {
    const { at, yaw } = this.#frame;
    const [c, s] = [Math.cos(yaw), Math.sin(yaw)];
    const x = at[0] + c * centre[0] + s * centre[2];
    const y = at[1] + centre[1];
    const z = at[2] - s * centre[0] + c * centre[2];
    const r = rotation({ ...options, yaw: (options.yaw ?? 0) + yaw });
    const h = half.map((v) => Math.max(v, 1e-3));
    for (let i = 0; i < 3; i++) {
      const [a, b, d] = [r[i]! / h[i]!, r[3 + i]! / h[i]!, r[6 + i]! / h[i]!];
      this.#rows.push(a, b, d, -(a * x + b * y + d * z));
    }
    this.#rows.push(shape[0], shape[1], shape[2], this.book.index(material));
    const grain = options.grain ?? ((this.count * 0.6180339887) % 1);
    const mark = Math.min(0.998, Math.max(0.001, grain));
    this.#rows.push(h[0]!, h[1]!, h[2]!, options.world ? -mark : mark);
    this.#families.push(family);
    // thin and small things hide too little of a lamp to be worth looking for
    const middle = Math.max(Math.min(h[0]!, h[1]!), Math.min(Math.max(h[0]!, h[1]!), h[2]!));
    const lamp = middle >= 0.028 && Math.max(...h) >= 0.09 ? 1 : 0;
    const sun = middle >= 0.012 ? 2 : 0;
    this.#casts.push(options.shadow === false ? 0 : options.shadow === "sun" ? 2 : lamp | sun);
  }

  /** The arrays of a scene: [n, 20], [n], [n]. */
  arrays(): { bodies: Float32Array; families: Uint8Array; casts: Uint8Array } {
    const bodies = new Float32Array(this.#rows);
    if (bodies.length !== this.count * BODY) {
      throw new Error("Cannot pack bodies: rows do not match");
    }
    return { bodies, families: new Uint8Array(this.#families), casts: new Uint8Array(this.#casts) };
  }
}
