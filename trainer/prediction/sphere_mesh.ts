/**
 * A grid over the sphere as triangles, torn where an object ends.
 *
 * @module
 */
import type { TexturedMesh } from "../formats/glb.ts";
import type { InputPanorama } from "./read_panorama.ts";
import type { SphereGrid } from "./sphere_grid.ts";

/**
 * Triangles between neighbouring points, across the seam too, seen from inside. One is left out when its farthest corner is
 * more than `1 + edge` times as far as its nearest: such triangles are stretched between an object and what is behind it.
 *
 * @returns positions and texture coordinates of the points that a triangle uses, and the triangles
 */
export function sphereMesh(
  grid: SphereGrid,
  image: InputPanorama,
  edge: number,
): Omit<TexturedMesh, "texture"> {
  const { rows, distance } = grid;
  const columns = 2 * rows;
  const across = columns + 1; // the first column again, at the right end of the picture
  const numbers = new Int32Array(across * rows).fill(-1);
  const used = new Uint32Array(numbers.length);
  const indices = new Uint32Array(6 * columns * Math.max(0, rows - 1));
  let [points, corners] = [0, 0];
  const cell = (vertex: number): number =>
    Math.floor(vertex / across) * columns + (vertex % across) % columns;
  const joins = (vertices: readonly number[]): boolean => {
    const far = vertices.map((vertex) => distance[cell(vertex)]!);
    return Math.max(...far) <= (1 + edge) * Math.min(...far); // false for NaN
  };
  const triangle = (...vertices: number[]): void => {
    if (!joins(vertices)) return;
    for (const vertex of vertices) {
      if (numbers[vertex]! < 0) {
        used[points] = vertex;
        numbers[vertex] = points++;
      }
      indices[corners++] = numbers[vertex]!;
    }
  };
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const a = row * across + column;
      const [b, c, d] = [a + 1, a + across, a + across + 1]; // a b over c d
      triangle(a, c, b);
      triangle(b, c, d);
    }
  }
  const positions = new Float32Array(3 * points);
  const uvs = new Float32Array(2 * points);
  used.subarray(0, points).forEach((vertex, i) => {
    const p = cell(vertex);
    positions.set(grid.points.subarray(3 * p, 3 * p + 3), 3 * i);
    uvs.set(textureAt(vertex % across, Math.floor(vertex / across), grid, image), 2 * i);
  });
  return { positions, uvs, indices: indices.slice(0, corners) };
}

/** Place of a cell's pixel in the picture, 0..1; beyond 1 on the far side of the seam. */
function textureAt(
  column: number,
  row: number,
  { rows }: SphereGrid,
  { width, height, placement }: InputPanorama,
): [number, number] {
  const { fullWidth, fullHeight, left, top } = placement;
  const x = Math.floor((column + 0.5) / (2 * rows) * fullWidth) - left;
  const y = Math.floor((row + 0.5) / rows * fullHeight) - top;
  return [((x < 0 ? x + fullWidth : x) + 0.5) / width, (y + 0.5) / height];
}
