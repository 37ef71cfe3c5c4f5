/** Which bodies each 16x16 tile of a view can show: the lists that rooms.wgsl walks, four head words a tile. */
import { type Cone, coneAround, EVERYWHERE, reaches, seenFrom } from "./culling.ts";
import type { View } from "./view.ts";
import type { Words } from "./words.ts";

/** Pixels along the side of a tile; the workgroup size of rooms.wgsl. */
export const TILE = 16;

/** Tiles along the side of a block that is culled first. */
const BLOCK = 4;

/** Unit ray in the world of image position (x, y) in pixels. */
export function viewRay(
  view: View,
  width: number,
  height: number,
  x: number,
  y: number,
): [number, number, number] {
  let [a, b, c] = [0, 0, 0];
  const qx = x / width - 0.5;
  const qy = y / height - 0.5;
  if (view.projection === "equirect") {
    const theta = qx * 2 * Math.PI;
    const phi = qy * Math.PI;
    [a, b, c] = [Math.cos(phi) * Math.sin(theta), Math.sin(phi), Math.cos(phi) * Math.cos(theta)];
  } else {
    const t = 2 * Math.tan(view.fov / 2);
    [a, b, c] = [qx * t, qy * t * height / width, 1];
    const n = Math.hypot(a, b, c);
    [a, b, c] = [a / n, b / n, c / n];
  }
  const r = view.rotation;
  return [
    r[0]! * a + r[1]! * b + r[2]! * c,
    r[3]! * a + r[4]! * b + r[5]! * c,
    r[6]! * a + r[7]! * b + r[8]! * c,
  ];
}

/** A cone around the rays of a pixel square, one pixel wider for samples beside the centres. */
function squareCone(
  view: View,
  width: number,
  height: number,
  x0: number,
  y0: number,
  side: number,
): Cone {
  let extra = 0;
  if (view.projection === "equirect") {
    const span = side / width * 2 * Math.PI;
    if (span > 2) return EVERYWHERE;
    extra = span * span / 64; // how far a circle of latitude leaves the great circle between two of the rays below
  }
  const out = new Float64Array(24);
  const [x1, y1] = [Math.min(x0 + side, width) + 0.5, Math.min(y0 + side, height) + 0.5];
  const xs = [x0 - 0.5, (x0 + x1) / 2, x1];
  const ys = [y0 - 0.5, (y0 + y1) / 2, y1];
  let k = 0;
  for (let j = 0; j < 3; j++) {
    for (let i = 0; i < 3; i++) {
      if (i === 1 && j === 1) continue;
      out.set(viewRay(view, width, height, xs[i]!, ys[j]!), k);
      k += 3;
    }
  }
  return coneAround(out, extra);
}

/**
 * Append the tile lists of a view to `lists`.
 *
 * @returns where the head words stand: per tile the offset of its list and how many polys, quadrics and leaves it holds
 */
export function listTiles(view: View, width: number, height: number, lists: Words): number {
  const { scene } = view;
  const { families } = scene;
  const seen = seenFrom(scene, scene.camera);
  const [nx, ny] = [Math.ceil(width / TILE), Math.ceil(height / TILE)];
  const head = lists.reserve(nx * ny * 4);
  const some = new Uint16Array(seen.count);
  for (let by = 0; by < ny; by += BLOCK) {
    for (let bx = 0; bx < nx; bx += BLOCK) {
      const outer = squareCone(view, width, height, bx * TILE, by * TILE, TILE * BLOCK);
      let count = 0;
      for (let i = 0; i < seen.count; i++) if (reaches(seen, i, outer)) some[count++] = i;
      for (let ty = by; ty < Math.min(by + BLOCK, ny); ty++) {
        for (let tx = bx; tx < Math.min(bx + BLOCK, nx); tx++) {
          const cone = squareCone(view, width, height, tx * TILE, ty * TILE, TILE);
          const at = head + 4 * (ty * nx + tx);
          lists.set(at, lists.length);
          for (let family = 0; family < 3; family++) {
            const before = lists.length;
            for (let k = 0; k < count; k++) {
              const i = some[k]!;
              if (families[i] === family && reaches(seen, i, cone)) lists.push(i);
            }
            lists.set(at + 1 + family, lists.length - before);
          }
        }
      }
    }
  }
  return head;
}
