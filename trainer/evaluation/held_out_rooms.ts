/**
 * Held-out rooms: rendered once with exact distance, and what a student makes of them.
 *
 * @module
 */
import type { RoomRenderer } from "../data/rooms/renderer.ts";
import { type Style, styles } from "../data/rooms/rooms.ts";
import type { Split } from "../data/rooms/scene.ts";
import { roomView } from "../data/room_panoramas.ts";
import { protocol, type ProtocolName } from "./metrics_protocol.ts";
import { type Scores, ScoreSheet } from "./scores.ts";
import { readsInFlight } from "./reads_in_flight.ts";
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

/** Of which styles the held-out rooms of a run are, and how many of each. */
export function heldOutStyles(
  { styles: wanted, images }: { readonly styles: readonly string[]; readonly images: number },
): Pick<HeldOutOptions, "styles" | "perStyle"> {
  const chosen = wanted.length > 0 ? wanted as readonly Style[] : styles;
  return { styles: chosen, perStyle: Math.ceil(images / chosen.length) };
}

/** Render the rooms. A pure function of the options. */
export async function renderHeldOut(
  renderer: RoomRenderer,
  options: HeldOutOptions,
): Promise<HeldOutRoom[]> {
  const { seed, split, height, perStyle, styles } = options;
  const inFlight = readsInFlight();
  const indices = Array.from({ length: perStyle }, (_, i) => i);
  const rooms = styles.flatMap((style) => indices.map((index) => ({ style, index })));
  return await Promise.all(
    rooms.map(({ style, index }) =>
      inFlight(async (): Promise<HeldOutRoom> => {
        const view = roomView(seed, { split, styles: [style] }, index);
        const { rgb, distance, valid } = await renderer.readback([view], {
          width: 2 * height,
          height,
        });
        const { scene: { range } } = view;
        const [own, counts] = [distance.slice(), valid.slice()]; // they were read with the colours, which may go
        return { style, range, pixels: packed(rgb), distance: own, valid: counts };
      })
    ),
  );
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
