/** A rectangular room that is being furnished: its walls with openings, and which parts of the floor are taken. */
import { wood } from "../materials/interior.ts";
import { Builder, type Footprint, type Frame } from "../builder.ts";
import { Draws } from "../draws.ts";
import type { Light, RoomBox } from "../look.ts";
import { trimPaint } from "../materials/furnishing.ts";
import type { Recipe } from "../materials/recipe.ts";
import { annex, door, type Opening, WALL, wall, window } from "../objects/walls.ts";

/** One of the four walls: its frame (middle of the inner face on the floor, +z outwards) and its length. */
export interface Side {
  readonly frame: Frame;
  readonly length: number;
  openings: Opening[];
}

export interface RoomPlan {
  readonly w: number;
  readonly deep: number;
  readonly high: number;
  readonly walls: readonly Recipe[];
  readonly floor: Recipe;
  readonly ceiling: Recipe;
  /** false: the caller builds the ceiling (attics). */
  readonly flatCeiling?: boolean;
}

export class Room {
  readonly b: Builder;
  readonly d: Draws;
  readonly plan: RoomPlan;
  readonly sides: Side[];
  readonly #taken: Footprint[] = [];
  readonly lights: Light[] = [];

  constructor(b: Builder, d: Draws, plan: RoomPlan) {
    this.b = b;
    this.d = d;
    this.plan = plan;
    const { w, deep } = plan;
    const side = (x: number, z: number, yaw: number, length: number): Side => ({
      frame: { at: [x, 0, z], yaw },
      length,
      openings: [],
    });
    this.sides = [
      side(0, deep / 2, 0, w),
      side(w / 2, 0, Math.PI / 2, deep),
      side(0, -deep / 2, Math.PI, w),
      side(-w / 2, 0, -Math.PI / 2, deep),
    ];
  }

  get box(): RoomBox {
    const { w, deep, high } = this.plan;
    return [[-w / 2, -high, -deep / 2], [w / 2, 0, deep / 2]];
  }

  /** Cut windows into a side, evenly spaced. */
  windows(s: number, count: number, wide: number, bottom: number, top: number): void {
    const side = this.sides[s]!;
    const pitch = side.length / count;
    for (let i = 0; i < count; i++) {
      const x = -side.length / 2 + pitch * (i + 0.5);
      const w = Math.min(wide, pitch - 0.3);
      if (w < 0.4) continue;
      if (side.openings.some((o) => o.x0 < x + w / 2 + 0.2 && o.x1 > x - w / 2 - 0.2)) continue;
      side.openings.push({ kind: "window", x0: x - w / 2, x1: x + w / 2, bottom, top });
    }
  }

  /** Cut a door or passage into a side at a drawn place; keeps the floor before it free. */
  doorway(s: number, kind: "door" | "passage", wide = 0.9, high = 2.05): void {
    const side = this.sides[s]!;
    for (let k = 0; k < 6; k++) {
      const x = this.d.of("doorway" + s, k).uniform("x", -0.5, 0.5) * (side.length - wide - 0.5);
      if (side.openings.some((o) => o.x0 < x + wide / 2 + 0.25 && o.x1 > x - wide / 2 - 0.25)) {
        continue;
      }
      side.openings.push({ kind, x0: x - wide / 2, x1: x + wide / 2, bottom: 0, top: high });
      this.#taken.push(this.#footprint(side, x, wide, 0.8));
      return;
    }
  }

  /** Floor, ceiling and walls, with what stands in their openings; window light is added to `lights`. */
  build(outside: { colour: readonly [number, number, number]; strength: number }): void {
    const { b, d, plan } = this;
    const { w, deep, high } = plan;
    b.object("floor", { at: [0, 0, 0], yaw: 0 }, () => {
      b.box([0, 0.1, 0], [w + 2 * WALL, 0.2, deep + 2 * WALL], plan.floor, {
        shadow: false,
        world: true,
      });
      if (plan.flatCeiling !== false) {
        b.box([0, -high - 0.1, 0], [w + 2 * WALL, 0.2, deep + 2 * WALL], plan.ceiling, {
          shadow: "sun",
          world: true,
        });
      }
    });
    const trim = d.chance("trim", 0.7)
      ? (d.chance("wooden", 0.25) ? wood : trimPaint)(d.of("trim"))
      : undefined;
    const found: Light[] = [];
    this.sides.forEach((side, s) => {
      wall(
        b,
        side.frame,
        side.length,
        high,
        side.openings,
        plan.walls[s % plan.walls.length]!,
        trim,
        0.1 + 0.2 * s,
      );
      side.openings.forEach((o, i) => {
        const k = d.of("opening" + s, i);
        if (o.kind === "window") {
          window(b, d.of("window style"), side.frame, o);
          const [sin, cos] = [Math.sin(side.frame.yaw), Math.cos(side.frame.yaw)];
          const x = (o.x0 + o.x1) / 2;
          const area = (o.x1 - o.x0) * (o.top - o.bottom);
          const [px, , pz] = side.frame.at;
          found.push({
            at: [px + cos * x - sin * 0.02, -(o.bottom + o.top) / 2, pz - sin * x - cos * 0.02],
            colour: [
              outside.colour[0] * area * outside.strength,
              outside.colour[1] * area * outside.strength,
              outside.colour[2] * area * outside.strength,
            ],
            radius: Math.min(0.8, Math.sqrt(area) * 0.45),
            beam: [-sin, 0, -cos],
            bound: 0.7,
          });
        } else {
          door(b, k, side.frame, o);
          if (o.kind === "passage") {
            annex(b, k.of("annex"), side.frame, o, k.uniform("deep", 1.5, 4));
          }
        }
      });
    });
    // many windows of one side light as one or two
    const merged = new Map<string, Light[]>();
    for (const light of found) {
      const key = light.beam!.join();
      merged.set(key, [...(merged.get(key) ?? []), light]);
    }
    for (const group of merged.values()) {
      const n = group.length;
      const middle = group[Math.floor(n / 2)]!;
      this.lights.push({
        ...middle,
        at: n % 2
          ? middle.at
          : [0, 1, 2].map((c) => (middle.at[c]! + group[n / 2 - 1]!.at[c]!) / 2) as [
            number,
            number,
            number,
          ],
        colour: middle.colour.map((c) => c * Math.sqrt(n)) as [number, number, number],
        radius: Math.min(1.2, middle.radius * n ** 0.5),
      });
    }
  }

  #footprint(side: Side, x: number, w: number, deep: number): Footprint {
    const [s, c] = [Math.sin(side.frame.yaw), Math.cos(side.frame.yaw)];
    const [px, , pz] = side.frame.at;
    const corners = [[x - w / 2, 0], [x + w / 2, 0], [x - w / 2, -deep], [
      x + w / 2,
      -deep,
    ]] as const;
    const xs = corners.map(([a, z]) => px + c * a + s * z);
    const zs = corners.map(([a, z]) => pz - s * a + c * z);
    return { x0: Math.min(...xs), x1: Math.max(...xs), z0: Math.min(...zs), z1: Math.max(...zs) };
  }

  /** Mark a part of the floor as taken; false if it meets something. */
  take(f: Footprint, gap = 0.04): boolean {
    if (
      this.#taken.some((t) =>
        f.x0 < t.x1 + gap && f.x1 > t.x0 - gap && f.z0 < t.z1 + gap && f.z1 > t.z0 - gap
      )
    ) return false;
    this.#taken.push(f);
    return true;
  }

  /**
   * Find a place against a wall for something w x deep and `high` metres tall.
   *
   * @returns its frame (back middle on the floor), or undefined when nothing is free
   */
  against(
    d: Draws,
    w: number,
    deep: number,
    high: number,
    sides?: readonly number[],
  ): Frame | undefined {
    for (let k = 0; k < 10; k++) {
      const t = d.of("try", k);
      const s = sides ? t.pick("side", sides) : t.whole("side", 0, 3);
      const side = this.sides[s]!;
      const room = side.length - w;
      if (room < 0.02) continue;
      const corner = t.chance("corner", 0.3);
      const x = corner ? t.sign("end") * (room / 2 - 0.03) : t.uniform("x", -0.5, 0.5) * room;
      if (
        side.openings.some((o) =>
          o.bottom < high && x - w / 2 < o.x1 + 0.05 && x + w / 2 > o.x0 - 0.05
        )
      ) continue;
      if (!this.take(this.#footprint(side, x, w, deep))) continue;
      return this.on(s, x, 0.02);
    }
    return undefined;
  }

  /** Frame on side s at x along it, `off` metres from the wall. */
  on(s: number, x: number, off = 0.005): Frame {
    const side = this.sides[s]!;
    const [sin, cos] = [Math.sin(side.frame.yaw), Math.cos(side.frame.yaw)];
    const [px, , pz] = side.frame.at;
    return { at: [px + cos * x - sin * off, 0, pz - sin * x - cos * off], yaw: side.frame.yaw };
  }

  /** A free place on the floor for something w x deep; the frame's origin is its middle. */
  free(d: Draws, w: number, deep: number, middle = 1): Frame | undefined {
    for (let k = 0; k < 10; k++) {
      const t = d.of("try", k);
      const turned = t.chance("turned", 0.5);
      const [a, c] = turned ? [deep, w] : [w, deep];
      const [rx, rz] = [this.plan.w - a - 0.3, this.plan.deep - c - 0.3];
      if (rx < 0 || rz < 0) continue;
      const x = t.uniform("x", -0.5, 0.5) * rx * middle;
      const z = t.uniform("z", -0.5, 0.5) * rz * middle;
      if (!this.take({ x0: x - a / 2, x1: x + a / 2, z0: z - c / 2, z1: z + c / 2 }, 0.1)) continue;
      return {
        at: [x, 0, z],
        yaw: (turned ? Math.PI / 2 : 0) + (t.chance("around", 0.5) ? Math.PI : 0),
      };
    }
    return undefined;
  }

  /** Hang things on a wall where no opening is: returns frames. */
  hang(d: Draws, w: number, bottom: number): Frame | undefined {
    for (let k = 0; k < 6; k++) {
      const t = d.of("try", k);
      const s = t.whole("side", 0, 3);
      const side = this.sides[s]!;
      const room = side.length - w - 0.2;
      if (room <= 0) continue;
      const x = t.uniform("x", -0.5, 0.5) * room;
      if (
        side.openings.some((o) =>
          o.top > bottom && x - w / 2 < o.x1 + 0.25 && x + w / 2 > o.x0 - 0.25
        )
      ) continue;
      return this.on(s, x);
    }
    return undefined;
  }
}
