/**
 * `rooms`: procedural scenes with exact distance. {@link makeScene} draws a scene on the host, {@link RoomRenderer} traces it
 * on the GPU.
 *
 * @module
 */
import { clearance } from "./clearance.ts";
import type { Scene, Split, Vec3 } from "./scene.ts";
import { Draws } from "./draws.ts";
import type { Draft } from "./draft.ts";
import { type Light, packLights, packLook } from "./look.ts";
import { attic } from "./styles/attic.ts";
import { bedroom } from "./styles/bedroom.ts";
import { corridor } from "./styles/corridor.ts";
import { forest } from "./styles/forest.ts";
import { hall } from "./styles/hall.ts";
import { kitchen } from "./styles/kitchen.ts";
import { living } from "./styles/living.ts";
import { office } from "./styles/office.ts";
import { open } from "./styles/open.ts";
import { street } from "./styles/street.ts";
import { studio } from "./styles/studio.ts";

const builders = {
  living,
  bedroom,
  kitchen,
  office,
  corridor,
  hall,
  attic,
  studio,
  street,
  forest,
  open,
} satisfies Record<string, (d: Draws) => Draft>;

/** Name of a kind of surroundings. */
export type Style = keyof typeof builders;

/** All styles. */
export const styles: readonly Style[] = Object.keys(builders) as Style[];

/** Scene numbers of each split; they never meet. */
export const splitRanges: Readonly<Record<Split, readonly [number, number]>> = {
  train: [0, 1 << 29],
  val: [1 << 29, 2 << 29],
  test: [2 << 29, 3 << 29],
};

/** Which scene. */
export interface SceneRequest {
  readonly seed: number;
  readonly style: Style;
  readonly split: Split;
  readonly index: number;
}

/** A camera nearer than this to anything is drawn again, metres: panoramas are taken from where there is room around. */
const ample = 0.9;

/** The first light of every scene shines with nothing: it measures how open a place is upwards. */
function overhead(range: number): Light {
  return { at: [0, -1, 0], sun: true, colour: [0, 0, 0], radius: 0.9, span: range > 20 ? 34 : 13 };
}

/**
 * Draw a scene. The same request gives the same scene to the bit.
 *
 * @throws RangeError for an unknown style or an index outside its split's range
 */
export function makeScene({ seed, style, split, index }: SceneRequest): Scene {
  const build = builders[style];
  const range = splitRanges[split];
  if (!build) {
    throw new RangeError(
      `Cannot make a scene of style "${style}": choose one of ${styles.join(", ")}`,
    );
  }
  if (!range || !Number.isInteger(index) || index < 0 || index >= range[1] - range[0]) {
    throw new RangeError(
      `Cannot make scene ${index} of split "${split}": the index must be a whole number below ${
        1 << 29
      }`,
    );
  }
  const d = new Draws(seed, 0x9e3779b9).of(style, range[0] + index);
  const draft = build(d);
  const arrays = draft.b.arrays();
  let camera: Vec3 = [0, -1.5, 0];
  let best = -Infinity;
  for (let k = 0; k < 60 && best < ample; k++) {
    const p = draft.camera(d.of("camera", k));
    let near = Infinity;
    for (let i = 0; i < arrays.families.length; i++) near = Math.min(near, clearance(arrays, i, p));
    if (near > best) [best, camera] = [near, p];
  }
  return {
    style,
    seed,
    split,
    index,
    range: draft.range,
    camera: [Math.fround(camera[0]), Math.fround(camera[1]), Math.fround(camera[2])],
    ...arrays,
    materials: draft.b.book.array(),
    lights: packLights([overhead(draft.range), ...draft.lights], draft.centre),
    look: packLook(d.of("look"), draft.look),
    objects: draft.b.objects,
    recipes: draft.b.book.names,
  };
}

export type { Scene, Split } from "./scene.ts";
export type { PanoramaView, PerspectiveView, View } from "./view.ts";
export {
  type Place,
  type RoomImages,
  RoomRenderer,
  type RoomSize,
  type RoomTarget,
} from "./renderer.ts";
