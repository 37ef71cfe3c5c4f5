import type { Scene } from "./scene.ts";

/** One image of a scene from its camera. */
export interface PanoramaView {
  readonly scene: Scene;
  readonly projection: "equirect";
  /** Camera -> world, row-major 3x3. */
  readonly rotation: ArrayLike<number>;
}

/** One perspective image: `fov` is the horizontal field of view in radians (90° for a cube face). */
export interface PerspectiveView {
  readonly scene: Scene;
  readonly projection: "perspective";
  readonly rotation: ArrayLike<number>;
  readonly fov: number;
}

export type View = PanoramaView | PerspectiveView;
