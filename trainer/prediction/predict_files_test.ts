import { deepEqual, rejects } from "node:assert/strict";
import { IDENTITY } from "@depth-anywhere/geometry";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { folderTests } from "../../tests/helpers/temporary_folder.ts";
import { metricScale } from "./metric_scale.ts";
import type { PanoramaDepth } from "./panorama_depth.ts";
import { whole } from "./placement.ts";

const test = folderTests(
  ignoreWithout({ read: true, write: true, env: true, sys: true, ffi: true }),
);
const size = { width: 64, height: 32 };

/** A ball around the camera, `far` medians away at most. */
function ball(far: number): PanoramaDepth {
  const rgba = new Uint8Array(4 * size.width * size.height).fill(255);
  return {
    image: { ...size, rgba, placement: whole(size), pose: IDENTITY },
    disparity: new Float32Array(size.width * size.height).fill(1),
    range: { least: 1, low: 1, high: 1, most: 1 },
    metric: false,
    scale: () => metricScale(1, { far }),
  };
}

const space = { rows: 16, edge: 0.2 };

test("writeOutputs() says what to do about a mesh without triangles, and writes nothing", async (output) => {
  const { writeOutputs } = await import("./predict_files.ts");
  const options = { output, outputs: ["npy", "glb"], space, scale: {}, pad: false } as const;
  await rejects(
    writeOutputs(ball(0.01), "a", options),
    /^RangeError: its mesh has no triangle: give a larger --far or --edge$/,
  );
  deepEqual([...Deno.readDirSync(output)], []);
});

test("writeOutputs() names the files that are written when another cannot be", async (output) => {
  const { writeOutputs } = await import("./predict_files.ts");
  const options = { output, outputs: ["npy", "ply"], space, scale: {}, pad: false } as const;
  await Deno.mkdir(`${output}/a-points.ply`); // where a file should go
  await rejects(
    writeOutputs(ball(20), "a", options),
    /^Error: Cannot write ".*a-points\.ply": .*; written are .*\/a-disparity\.npy$/,
  );
});
