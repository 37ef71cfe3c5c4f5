/**
 * Every shader, with the very constants, that the networks and losses of this project dispatch: graphs are recorded for each
 * kind of adapter, on no adapter at all.
 *
 * @module
 */
import type { Differences } from "../../trainer/config/recipes.ts";
import { resolveConfig } from "../../trainer/config/resolve.ts";
import type { Gpu } from "../../trainer/gpu/device.ts";
import { type Dispatch, Graph } from "../../trainer/gpu/graph.ts";
import { ParameterStore } from "../../trainer/gpu/parameters.ts";
import { pipelineKey, type Shader } from "../../trainer/gpu/shader.ts";
import { shaderFor } from "../../trainer/gpu/stored.ts";
import type { Geometry } from "../../trainer/kernels/conv2d_geometry.ts";
import {
  fitsTiles,
  tileNames,
  type TilePass,
  tileSetting,
} from "../../trainer/kernels/conv2d_tile_choice.ts";
import { unifuse } from "../../trainer/models/unifuse.ts";
import { jointStep } from "../../trainer/training/joint_step.ts";

class Recording extends Graph {
  readonly shaders: Shader[] = [];

  override dispatch(dispatch: Dispatch): void {
    this.shaders.push(shaderFor(dispatch));
    super.dispatch(dispatch);
  }
}

/** An adapter in name only: enough to record on. */
function nominal(kind: "cpu" | "gpu", lanes: number): Gpu {
  const limits = {
    maxStorageBufferBindingSize: 1 << 27,
    maxBufferSize: 1 << 28,
    maxComputeInvocationsPerWorkgroup: 256,
    maxComputeWorkgroupStorageSize: 16384,
  } as GPUSupportedLimits;
  const adapterInfo = { subgroupMinSize: lanes, subgroupMaxSize: lanes };
  const subgroups = lanes > 0;
  const createBuffer = () => ({ destroy() {} }); // a store makes its buffers while it is recorded
  const device = { adapterInfo, limits, createBuffer } as unknown as GPUDevice;
  return { device, kind, name: "nominal", subgroups, timestamps: false, f16: true, limits };
}

const bifusepp = { name: "bifusepp", width: 0.25 };

const networks: ((gpu: Gpu) => Recording)[] = [
  (gpu) => joint(gpu, "paper"),
  (gpu) => joint(gpu, "paper", { height: 128, student: bifusepp }),
  (gpu) => joint(gpu, "released"),
  (gpu) => joint(gpu, "paper", { precision: "mixed" }),
  (gpu) =>
    joint(gpu, "paper", {
      precision: "mixed",
      student: { width: 0.25, options: { fusion: "biproj" } },
    }),
  (gpu) => joint(gpu, "paper", { height: 128, precision: "mixed", student: bifusepp }),
  (gpu) => {
    const graph = new Recording(gpu, new ParameterStore(gpu), "evaluate");
    unifuse(graph, graph.input("image", [1, 64, 128, 3]), { width: 0.25, fusion: "biproj" });
    return graph;
  },
];

function joint(gpu: Gpu, recipe: "paper" | "released", more: Differences = {}): Recording {
  const batch = { labeled: 2, unlabeled: 2 };
  const flags = { recipe, height: 64, batch, student: { width: 0.25 }, ...more };
  const config = resolveConfig({ flags });
  const graph = new Recording(gpu, new ParameterStore(gpu), "train", config);
  jointStep(graph, config, { viewHeight: 128, output: 56 }, 10);
  return graph;
}

/** A GPU whose convolutions take one setting of their tiles after the other, of those that fit. */
function tuned(): Gpu {
  const gpu = nominal("gpu", 32);
  let asked = 0;
  const tiles = (pass: TilePass, g: Geometry) => {
    const settings = tileNames(pass).map((name) => tileSetting(pass, name))
      .filter((setting) => fitsTiles(pass, g, setting, gpu.limits));
    return settings[asked++ % settings.length]!;
  };
  return { ...gpu, tiles };
}

/** Each shader once. */
export function recordedShaders(): Shader[] {
  const software = [0, 4, 8].map((lanes) => nominal("cpu", lanes));
  const adapters = [...software, nominal("gpu", 32), tuned()];
  const all = adapters.flatMap((gpu) => networks.flatMap((record) => record(gpu).shaders));
  return [...new Map(all.map((shader) => [pipelineKey(shader), shader])).values()];
}
