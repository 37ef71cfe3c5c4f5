/** The words that rooms.wgsl reads: views, scenes, lists. */
import { listLights } from "./light_grid.ts";
import { LIGHT, type Scene } from "./scene.ts";
import { listTiles, TILE } from "./tiles.ts";
import type { View } from "./view.ts";
import { Words } from "./words.ts";

const VIEW_WORDS = 24;

interface PackedScene {
  readonly data: Float32Array;
  readonly lists: Uint32Array;
  /** Words of `data` that hold where this scene's lists start in the batch. */
  readonly baseWords: readonly number[];
}

const packed = new WeakMap<Scene, PackedScene>();

/** A scene's words: look, materials, lights, bodies. */
function packScene(scene: Scene): PackedScene {
  const known = packed.get(scene);
  if (known) return known;
  const lists = new Words();
  const grids = listLights(scene, lists);
  const parts = [scene.look, scene.materials, scene.lights, scene.bodies];
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  const lightsAt = scene.look.length + scene.materials.length;
  const baseWords = grids.map(({ head, cells }, i) => {
    const word = lightsAt + i * LIGHT + 12;
    data[word] = head;
    data[word + 1] = cells;
    return word + 2;
  });
  const result = { data, lists: lists.array(), baseWords };
  packed.set(scene, result);
  return result;
}

/** Words of a batch: view headers, then each distinct scene once; lists: light grids per scene, tiles per view. */
export function packViews(
  views: readonly View[],
  width: number,
  height: number,
): { data: Float32Array<ArrayBuffer>; lists: Uint32Array<ArrayBuffer> } {
  const scenes = [...new Set(views.map((view) => view.scene))];
  const lists = new Words();
  const starts = new Map<Scene, number>();
  let words = views.length * VIEW_WORDS;
  for (const scene of scenes) {
    starts.set(scene, words);
    words += packScene(scene).data.length;
  }
  const data = new Float32Array(words);
  for (const scene of scenes) {
    const start = starts.get(scene)!;
    const part = packScene(scene);
    data.set(part.data, start);
    const base = lists.append(part.lists);
    for (const word of part.baseWords) data[start + word] = base;
  }
  views.forEach((view, v) => {
    const { scene } = view;
    const r = view.rotation;
    const start = starts.get(scene)! / 4;
    const materials = start + scene.look.length / 4;
    const lights = materials + scene.materials.length / 4;
    const bodies = lights + scene.lights.length / 4;
    const tiles = listTiles(view, width, height, lists);
    const flat = view.projection === "perspective";
    const tan = flat ? Math.tan(view.fov / 2) : 0;
    const pixel = flat ? 2 * tan / width : 2 * Math.PI / width;
    // deno-fmt-ignore
    data.set([
      ...scene.camera, flat ? 0 : 1,
      r[0]!, r[1]!, r[2]!, tan,
      r[3]!, r[4]!, r[5]!, scene.range,
      r[6]!, r[7]!, r[8]!, pixel,
      start, materials, bodies, lights,
      scene.lights.length / LIGHT, tiles, Math.ceil(width / TILE), noiseSeed(view),
    ], v * VIEW_WORDS);
  });
  return { data, lists: lists.array() };
}

/** Seed of a view's sensor noise: from its scene and rotation, so that it does not depend on the batch. */
function noiseSeed(view: View): number {
  let h = view.scene.index * 2654435761 ^ view.scene.seed;
  for (let i = 0; i < 9; i++) {
    h = Math.imul(h ^ Math.round(view.rotation[i]! * 1e6), 0x85ebca6b) ^ (h >>> 13);
  }
  return (h >>> 0) % 65521;
}
