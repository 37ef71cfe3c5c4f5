/**
 * Held-out rooms: rendered once with exact distance, and what a student makes of them.
 *
 * @module
 */
import pLimit from "p-limit";
import type { RoomRenderer } from "../data/rooms/renderer.ts";
import type { Style } from "../data/rooms/rooms.ts";
import type { Split } from "../data/rooms/scene.ts";
import { roomView } from "../data/room_panoramas.ts";
import { protocol, type ProtocolName } from "./metrics_protocol.ts";
import { type Scores, ScoreSheet } from "./scores.ts";
import { seamMeasure } from "./seam.ts";

/** One rendered panorama. */
export interface HeldOutRoom {
  readonly style: Style;
  /** Largest valid distance of the scene, metres. */
  readonly range: number;
  /** Packed RGBA words `[H, 2H]`. */
  readonly pixels: Uint32Array;
  /** Metres along the ray `[H, 2H]`, 0 where invalid. */
  readonly distance: Float32Array;
  /** 1 where the distance counts `[H, 2H]`. */
  readonly valid: Float32Array;
}

/** Which rooms. */
export interface HeldOutOptions {
  readonly seed: number;
  readonly split: Split;
  readonly height: number;
  /** Rooms of each style. */
  readonly perStyle: number;
  readonly styles: readonly Style[];
}

/** Rooms of one rendering, so that any number of them fits an adapter: 34 MB at height 512. */
const atOnce = 4;

/** Renderings on their way to the host: what else uses the GPU is waited for once, not after each of them. */
const mostRead = 4;

/** Render the rooms. A pure function of the options. */
export async function renderHeldOut(
  renderer: RoomRenderer,
  options: HeldOutOptions,
): Promise<HeldOutRoom[]> {
  const { seed, split, height, perStyle, styles } = options;
  const count = 2 * height * height;
  const inFlight = pLimit(mostRead);
  const firsts = Array.from({ length: Math.ceil(perStyle / atOnce) }, (_, i) => i * atOnce);
  const groups = styles.flatMap((style) => firsts.map((first) => ({ style, first })));
  const rooms = await Promise.all(groups.map(({ style, first }) =>
    inFlight(async () => {
      const views = Array.from(
        { length: Math.min(atOnce, perStyle - first) },
        (_, i) => roomView(seed, { split, styles: [style] }, first + i),
      );
      const { rgb, distance, valid } = await renderer.readback(views, {
        width: 2 * height,
        height,
      });
      const part = (map: Float32Array, i: number): Float32Array =>
        map.slice(i * count, (i + 1) * count);
      return views.map(({ scene: { range } }, i): HeldOutRoom => ({
        style,
        range,
        pixels: packed(rgb.subarray(i * count * 4, (i + 1) * count * 4)),
        distance: part(distance, i),
        valid: part(valid, i),
      }));
    })
  ));
  return rooms.flat();
}

/** `[P, 4]` sRGB 0..1 to RGBA bytes in words. */
function packed(rgb: Float32Array): Uint32Array {
  const bytes = new Uint8ClampedArray(rgb.length);
  for (let i = 0; i < rgb.length; i++) bytes[i] = i % 4 === 3 ? 255 : rgb[i]! * 255;
  return new Uint32Array(bytes.buffer);
}

/** What a student makes of rooms. */
export interface HeldOutResult {
  readonly scores: Scores;
  /** Mean of {@linkcode seamMeasure}'s ratio over the rooms. */
  readonly seam: number;
}

/**
 * Score what a student made of rooms, by style, under a protocol's rules and up to the range of each room.
 *
 * @param predictions affine-ambiguous disparity of each room, `[H, 2H]`
 */
export function scoreHeldOut(
  rooms: readonly HeldOutRoom[],
  predictions: readonly Float32Array[],
  { height, protocol: rules }: { height: number; protocol: ProtocolName },
): HeldOutResult {
  const sheet = new ScoreSheet();
  let seam = 0;
  rooms.forEach(({ style, range, distance, valid }, i) => {
    const prediction = predictions[i]!;
    sheet.add(
      style,
      { prediction, kind: "disparity", distance, mask: valid },
      protocol(rules, range),
    );
    seam += seamMeasure(prediction, height).ratio / rooms.length;
  });
  return { scores: sheet.scores(), seam };
}
