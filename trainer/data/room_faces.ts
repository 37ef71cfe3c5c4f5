/**
 * Perspective faces of rendered rooms: half of them level, half of them turned any way, as the faces of a rotated cube are.
 *
 * @module
 */
import { drawRotation, type Matrix3 } from "@depth-anywhere/geometry";
import { hash, hashText, uniform } from "../random.ts";
import { makeScene, type Style, styles } from "./rooms/rooms.ts";
import type { Scene, Split } from "./rooms/scene.ts";
import type { PerspectiveView } from "./rooms/view.ts";

/** Faces that look into one scene, from its one camera, unless said otherwise. */
export const facesPerScene = 2;

const fieldOfView = Math.PI / 2;
const purpose = hashText("room faces");

/** Which faces to draw. */
export interface FaceDraw {
  readonly seed: number;
  readonly split: Split;
  /** Number of the first face; a face is a pure function of seed, split and number. */
  readonly first: number;
  readonly count: number;
  /** Faces that look into the same scene, from its one camera. */
  readonly perScene: number;
  /** Styles in turn; all when left out. */
  readonly styles?: readonly Style[];
}

/** Camera of a face: even faces are level, odd ones are turned uniformly over all rotations. */
function orientation(seed: number, face: number): Matrix3 {
  const u = [0, 1, 2].map((k) => uniform(seed, purpose, face, k)) as [number, number, number];
  return drawRotation(face % 2 === 0 ? "yaw" : "so3", u);
}

/** The views of some faces, in order. */
export function roomFaces(draw: FaceDraw): PerspectiveView[] {
  const { seed, split, first, count, perScene, styles: wanted = styles } = draw;
  const scenes = new Map<number, Scene>();
  return Array.from({ length: count }, (_, i) => {
    const face = first + i;
    const index = Math.floor(face / perScene);
    let scene = scenes.get(index);
    if (!scene) {
      // A shuffled turn, so that neither batches nor epochs lock onto a style.
      const style =
        wanted[(index + hash(seed, Math.floor(index / wanted.length))) % wanted.length]!;
      scenes.set(index, scene = makeScene({ seed, style, split, index }));
    }
    return {
      scene,
      projection: "perspective",
      rotation: orientation(seed, face),
      fov: fieldOfView,
    } as const;
  });
}
