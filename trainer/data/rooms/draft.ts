import { Builder } from "./builder.ts";
import { Draws } from "./draws.ts";
import type { Light, Look } from "./look.ts";
import type { Vec3 } from "./scene.ts";

/** A scene before its camera is chosen and its arrays are packed. */
export interface Draft {
  readonly b: Builder;
  readonly range: number;
  readonly look: Look;
  readonly lights: readonly Light[];
  /** Middle of the area that sunlight's shadows cover. */
  readonly centre: Vec3;
  /** A possible place for the camera. */
  readonly camera: (d: Draws) => Vec3;
}
