/**
 * Held-out rooms: rendered once with exact distance, and what a student makes of them.
 *
 * @module
 */
import type { RoomRenderer } from "../data/rooms/renderer.ts";
import type { Style } from "../data/rooms/rooms.ts";
import type { Split } from "../data/rooms/scene.ts";
import { roomView } from "../data/room_panoramas.ts";
import { protocol, type ProtocolName } from "./metrics_protocol.ts";
import { type Scores, ScoreSheet } from "./scores.ts";
import { seamMeasure } from "./seam.ts";
import type { StudentPredictor } from "./student_predictor.ts";

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

/** Render the rooms. A pure function of the options. */
export async function renderHeldOut(
  renderer: RoomRenderer,
  options: HeldOutOptions,
): Promise<HeldOutRoom[]> {
  const { seed, split, height, perStyle, styles } = options;
  const rooms: HeldOutRoom[] = [];
  const count = 2 * height * height;
  for (const style of styles) {
    for (let first = 0; first < perStyle; first += atOnce) {
      const views = Array.from(
        { length: Math.min(atOnce, perStyle - first) },
        (_, i) => roomView(seed, { split, styles: [style] }, first + i),
      );
      const size = { width: 2 * height, height };
      const { rgb, distance, valid } = await renderer.readback(views, size);
      views.forEach(({ scene: { range } }, i) => {
        const pixels = packed(rgb.subarray(i * count * 4, (i + 1) * count * 4));
        const part = (map: Float32Array): Float32Array => map.slice(i * count, (i + 1) * count);
        rooms.push({ style, range, pixels, distance: part(distance), valid: part(valid) });
      });
    }
  }
  return rooms;
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

/** Score a student on rooms, by style, under a protocol's rules and up to the range of each room. */
export async function scoreHeldOut(
  rooms: readonly HeldOutRoom[],
  predictor: StudentPredictor,
  { height, protocol: rules }: { height: number; protocol: ProtocolName },
): Promise<HeldOutResult> {
  const predictions = await predictor.predict(rooms.map(({ pixels }) => pixels));
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
