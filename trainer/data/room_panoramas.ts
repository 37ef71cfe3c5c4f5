/**
 * Rendered rooms as labelled panoramas.
 *
 * @module
 */
import { below, hashText, uniform } from "../random.ts";
import { makeScene, type Style, styles } from "./rooms/rooms.ts";
import type { Split } from "./rooms/scene.ts";
import type { PanoramaView } from "./rooms/view.ts";
import { parseSpec } from "./spec.ts";

const purpose = { style: hashText("room style"), yaw: hashText("room yaw") };

/** Rooms as a source of labelled panoramas. */
export interface RoomSource {
  readonly split: Split;
  readonly styles: readonly Style[];
}

/**
 * The rooms that a spec names.
 *
 * @throws RangeError for a source that has no labels, an unknown style or split
 */
export function roomSource(text: string): RoomSource {
  const { name, options } = parseSpec(text);
  if (name !== "rooms") {
    throw new RangeError(
      `Cannot train on "${text}" as labelled data: "${name}" has no depth; use --unlabeled for it`,
    );
  }
  const split = (options.split ?? "train") as Split;
  if (!["train", "val", "test"].includes(split)) {
    throw new RangeError(
      `Cannot open "${text}" as its split is "${split}": known are train, val, test`,
    );
  }
  const style = options.style as Style | undefined;
  if (style !== undefined && !styles.includes(style)) {
    throw new RangeError(
      `Cannot open "${text}" as there is no style "${style}": known are ${styles.join(", ")}`,
    );
  }
  return { split, styles: style ? [style] : styles };
}

/** A level camera that looks around by `yaw` radians. */
function levelView(scene: PanoramaView["scene"], yaw: number): PanoramaView {
  const [c, s] = [Math.cos(yaw), Math.sin(yaw)];
  return { scene, projection: "equirect", rotation: [c, 0, s, 0, 1, 0, -s, 0, c] };
}

/** A room of a source by its number: the scene is a pure function of seed, split and number. */
export function roomView(seed: number, source: RoomSource, index: number): PanoramaView {
  const style = source.styles[below(source.styles.length, seed, purpose.style, index)]!;
  const scene = makeScene({ seed, style, split: source.split, index });
  return levelView(scene, 2 * Math.PI * uniform(seed, purpose.yaw, index));
}
