/**
 * What a scene is made of. World frame: x right, y DOWN, z forward, metres; the floor is y = 0, a ceiling is at a
 * negative y. Shapes are unit bodies under an affine map, so that one intersection routine serves each family.
 */

/** Kinds of surroundings that `makeScene` can build. */
export type Style = string;

/** Range of scene numbers a scene is drawn from; the ranges never meet. */
export type Split = "train" | "val" | "test";

export type Vec3 = readonly [number, number, number];

/** Families of bodies: `poly` is a box whose left and right sides may lean, `quadric` a sphere, cylinder or cone. */
export const POLY = 0, QUADRIC = 1, LEAF = 2;

/** Floats per body, material and light in the scene's arrays (vec4s times 4). */
export const BODY = 20, MATERIAL = 24, LIGHT = 24, LOOK = 44;

/** A scene: bodies, materials, lights, sky, look and the camera position. All arrays hold f32-exact numbers. */
export interface Scene {
  readonly style: Style;
  readonly seed: number;
  readonly split: Split;
  readonly index: number;
  /** Depths beyond this are invalid, metres: 10 indoors, 80 outdoors. */
  readonly range: number;
  /** Camera position in the world, metres. */
  readonly camera: Vec3;
  /**
   * [n, 20]: three rows of the affine map world -> unit body; (taper a, taper b, 0) or quadric (A, B, C) and the material;
   * half extents in metres and texture flags.
   */
  readonly bodies: Float32Array;
  /** [n]: POLY, QUADRIC or LEAF. */
  readonly families: Uint8Array;
  /** [n]: bit 0 throws shadows from lamps, bit 1 from the sun. */
  readonly casts: Uint8Array;
  /** [m, 24]. */
  readonly materials: Float32Array;
  /** [k, 24]. */
  readonly lights: Float32Array;
  /** Sky, ambient light, exposure, tone, watermark and the room boxes: [44 + 8 r]. */
  readonly look: Float32Array;
  /** Names of the objects that stand in the scene, e.g. "chair"; for tests and statistics. */
  readonly objects: ReadonlySet<string>;
  /** Names of the material recipes used. */
  readonly recipes: ReadonlySet<string>;
}

/** Turn of a body: yaw about y (positive turns z towards x), then pitch about its x, then roll about its z; radians. */
export interface Turn {
  readonly yaw?: number;
  readonly pitch?: number;
  readonly roll?: number;
}

/** Row-major rotation body -> world for a turn. */
export function rotation({ yaw = 0, pitch = 0, roll = 0 }: Turn): number[] {
  const [cy, sy] = [Math.cos(yaw), Math.sin(yaw)];
  const [cp, sp] = [Math.cos(pitch), Math.sin(pitch)];
  const [cr, sr] = [Math.cos(roll), Math.sin(roll)];
  // Ry(yaw) * Rx(pitch) * Rz(roll)
  return [
    cy * cr + sy * sp * sr,
    -cy * sr + sy * sp * cr,
    sy * cp,
    cp * sr,
    cp * cr,
    -sp,
    -sy * cr + cy * sp * sr,
    sy * sr + cy * sp * cr,
    cy * cp,
  ];
}
