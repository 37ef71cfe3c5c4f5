import { deepEqual, equal, ok } from "node:assert/strict";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { normalColors } from "./normals.ts";
import type { PanoramaDepth } from "./panorama_depth.ts";
import { IDENTITY, type Matrix3, pixelToRay } from "@depth-anywhere/geometry";
import { type Placement, whole } from "./placement.ts";
import { pointCloud } from "./point_cloud.ts";
import { sphereGrid } from "./sphere_grid.ts";
import { sphereMesh } from "./sphere_mesh.ts";

/** A room of 4 x 3 x 6 m around the camera, whose distances follow from its walls. */
function room(x: number, y: number, width: number, height: number): number {
  const [a, b, c] = pixelToRay(x, y, width, height);
  return Math.min(2 / Math.abs(a), 1.5 / Math.abs(b), 3 / Math.abs(c));
}

function depthOf(
  width: number,
  height: number,
  distance: (x: number, y: number) => number,
  placement: Placement = whole({ width, height }),
  pose: Matrix3 = IDENTITY,
): PanoramaDepth {
  const disparity = Float32Array.from(
    { length: width * height },
    (_, p) => 1 / distance(p % width, Math.floor(p / width)),
  );
  const rgba = Uint8Array.from(
    { length: disparity.length * 4 },
    (_, i) => i % 4 === 3 ? 255 : (i >> 2) % 251,
  );
  return {
    image: { width, height, rgba, placement, pose },
    disparity,
    range: { least: 0, low: 0, high: 1, most: 1 },
    metric: true,
    scale: () => ({ scale: 1, shift: 0, far: 100, unit: "metres" }),
  };
}

const whole64 = depthOf(128, 64, (x, y) => room(x, y, 128, 64));

Deno.test("sphereGrid() puts points on the walls: x right, y up, z backward", () => {
  const { points, distance } = sphereGrid(whole64, 64);
  for (let p = 0; p < distance.length; p++) {
    const [x, y, z] = points.subarray(3 * p, 3 * p + 3);
    assertClose([Math.max(Math.abs(x!) / 2, Math.abs(y!) / 1.5, Math.abs(z!) / 3)], [1], {
      rtol: 1e-5,
    });
  }
  const middle = points.subarray(3 * (32 * 128 + 64), 3 * (32 * 128 + 64) + 3);
  ok(middle[2]! < -2.9, `${middle}`); // ahead
  ok(points[1]! > 1.4, `${points.subarray(0, 3)}`); // the first row is above
});

Deno.test("sphereGrid() turns points by the pose", () => {
  const half: Matrix3 = [-1, 0, 0, 0, 1, 0, 0, 0, -1]; // looks south
  const turned = depthOf(128, 64, (x, y) => room(x, y, 128, 64), whole64.image.placement, half);
  const [a, b] = [sphereGrid(whole64, 64).points, sphereGrid(turned, 64).points];
  assertClose(b, a.map((value, i) => i % 3 === 1 ? value : -value));
});

Deno.test("pointCloud() leaves out what is far, outside the image or transparent", () => {
  const placement = { fullWidth: 128, fullHeight: 64, left: 100, top: 10 };
  const part = depthOf(40, 20, (x, y) => x === 3 ? 200 : x === 5 && y === 5 ? NaN : 2, placement);
  const grid = sphereGrid(part, 64);
  const { positions, colors } = pointCloud(grid, part.image.rgba);
  equal(positions.length / 3, 40 * 20 - 20 - 1);
  equal(colors[0], part.image.rgba[4 * grid.pixels.find((pixel) => pixel >= 0)!]);
  equal(grid.pixels[10 * 128 + 100], 0);
  equal(grid.pixels[10 * 128], 28); // beyond the seam
});

Deno.test("sphereMesh() closes the sphere with triangles that face the camera", () => {
  const grid = sphereGrid(whole64, 32);
  equal(grid.rows, 32);
  const { positions, uvs, indices } = sphereMesh(grid, whole64.image, 10);
  equal(indices.length, 3 * 2 * 64 * 31); // around the seam too
  deepEqual(Math.max(...indices) + 1, positions.length / 3);
  equal(positions.length / 3, 65 * 32);
  ok(Math.max(...uvs) > 1 && Math.min(...uvs) > 0);
  const corner = (i: number) =>
    [...positions.subarray(3 * i, 3 * i + 3)] as [number, number, number];
  for (let t = 0; t < indices.length; t += 3) {
    const [a, b, c] = [corner(indices[t]!), corner(indices[t + 1]!), corner(indices[t + 2]!)];
    const [u, v] = [b.map((x, k) => x - a[k]!), c.map((x, k) => x - a[k]!)] as [number[], number[]];
    const normal = [0, 1, 2].map((k) =>
      u[(k + 1) % 3]! * v[(k + 2) % 3]! - u[(k + 2) % 3]! * v[(k + 1) % 3]!
    );
    ok(normal.reduce((sum, n, k) => sum + n * a[k]!, 0) < 0, `triangle ${t / 3}`);
  }
});

Deno.test("sphereMesh() tears where an object ends and drops the points that no triangle uses", () => {
  const post = depthOf(128, 64, (x) => x === 20 ? 1 : x < 60 ? 2 : 2.3);
  const all = 2 * 128 * 63;
  const torn = sphereMesh(sphereGrid(post, 64), post.image, 0.2);
  equal(torn.indices.length / 3, all - 4 * 63); // left and right of the post
  equal(torn.positions.length / 3, 129 * 64 - 64); // its points are alone
  const steps = sphereMesh(sphereGrid(post, 64), post.image, 0.1);
  equal(steps.indices.length / 3, all - 8 * 63); // and at both ends of the part at 2.3
});

Deno.test("sphereMesh() maps a part's picture onto its points", () => {
  const placement = { fullWidth: 128, fullHeight: 64, left: 100, top: 10 };
  const part = depthOf(40, 20, () => 2, placement);
  const { uvs } = sphereMesh(sphereGrid(part, 64), part.image, 0.2);
  const [u, v] = [0, 1].map((k) => uvs.filter((_, i) => i % 2 === k)) as [
    Float32Array,
    Float32Array,
  ];
  assertClose([Math.min(...u), Math.max(...u)], [0.5 / 40, 39.5 / 40]);
  assertClose([Math.min(...v), Math.max(...v)], [0.5 / 20, 19.5 / 20]);
});

Deno.test("normalColors() shows walls, floor and ceiling", () => {
  const [width, height] = [256, 128];
  const distance = Float32Array.from(
    { length: width * height },
    (_, p) => room(p % width, Math.floor(p / width), width, height),
  );
  const size = { width, height };
  const colors = normalColors(distance, size, whole(size), IDENTITY);
  const at = (
    x: number,
    y: number,
  ) => [...colors.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)];
  assertClose(at(128, 64), [128, 128, 255], { atol: 2 }); // the wall ahead looks back
  assertClose(at(192, 64), [0, 128, 128], { atol: 2 }); // the right one to the left
  assertClose(at(0, 64), [128, 128, 0], { atol: 2 }); // the one behind, at the seam, forward
  assertClose(at(100, 120), [128, 255, 128], { atol: 2 }); // the floor up
  assertClose(at(100, 5), [128, 0, 128], { atol: 2 });
  const none = normalColors(distance.map((d, p) => p === 0 ? NaN : d), size, whole(size), IDENTITY);
  deepEqual([...none.subarray(0, 3)], [0, 0, 0]);
});
