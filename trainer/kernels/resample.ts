/**
 * Resampling between panoramas, rotated panoramas and cube faces: one gather for every map.
 *
 * @module
 */
import {
  type Dispatch,
  type Graph,
  pad4,
  read,
  spread,
  target,
  type Tensor,
  write,
} from "../gpu/graph.ts";
import code from "./resample.wgsl" with { type: "text" };
import type { ResampleMap } from "./resample_map.ts";

/**
 * How a batch lies in memory. `image`: N images. Cube faces `[6N, F, F, C]`: `image-major` has the six faces of the
 * first image first, `face-major` the first faces of all images first (official UniFuse).
 */
export type BatchOrder = "image" | "image-major" | "face-major";

/** What comes in and what goes out. */
export interface ResampleOptions {
  /** Rows of each output image or face. */
  readonly height: number;
  /** Columns of each output image or face. */
  readonly width: number;
  /** Order of the input's batch; default `image`. */
  readonly from?: BatchOrder;
  /** Order of the output's batch; default `image`. */
  readonly to?: BatchOrder;
  /** With a map for each image: whose is the first image's; default 0. */
  readonly firstMap?: number;
}

/**
 * `y[n, p, c] = sum_k weight[p, k] x[n, index[p, k], c]`. A tap of weight 0 is not read. Differentiable: the way back
 * is the gather by the transposed map.
 *
 * @param x `[N, H, W, C]`, or `[6N, F, F, C]` when `from` says so
 * @param map from all pixels of an image of x (six faces count as one image) to all of an image of y
 * @returns `[N, height, width, C]`, or `[6N, height, width, C]` when `to` says so
 * @throws TypeError when the map's sizes do not fit
 */
export function resample(
  graph: Graph,
  x: Tensor,
  map: ResampleMap,
  options: ResampleOptions,
): Tensor {
  const layout = checkLayout(x, map, options);
  const { images, quads, inputBlock, outputBlock, shape } = layout;
  const group = graph.gpu.kind === "cpu" && quads >= 4 ? 4 : 1; // llvmpipe: each load is a loop over lanes anyway
  const lanes = Math.ceil(quads / group);
  const shader = (entryPoint: string): Dispatch["shader"] => ({
    file: "resample.wgsl",
    code,
    entryPoint,
    constants: { GROUP: group },
  });
  const { firstMap = 0 } = options;
  const sizes = [images, map.outputs, map.inputs, map.taps, quads, lanes, outputBlock, inputBlock];
  const y = graph.result("resample", shape, [x]);
  graph.dispatch({
    label: "resample forward",
    shader: shader("forward"),
    uniforms: [...sizes, map.maps, firstMap, 0, 0],
    bindings: [read(map.index), read(map.weight), read(x), write(y)],
    repeatable: true,
    workgroups: perImage(images, map.outputs * lanes),
    flops: images * map.outputs * map.taps * quads * 8,
  });
  graph.backward(() => {
    const dy = graph.gradient(y);
    const share = dy && graph.contribute(x);
    if (!share) return;
    const back = map.transposed();
    graph.dispatch({
      label: "resample backward",
      shader: shader("backward"),
      uniforms: [...sizes, map.maps, firstMap, back.entries, share.accumulate ? 1 : 0],
      bindings: [read(back.start), read(back.index), read(back.weight), read(dy), {
        tensor: share.tensor,
        access: target(share),
      }],
      workgroups: perImage(images, map.inputs * lanes),
      flops: images * map.outputs * map.taps * quads * 8,
    });
  });
  return y;
}

/**
 * A valid-pixel mask after a resampling: 1 where there are taps and each of them reads a valid pixel (above 0.5),
 * else 0. No gradient.
 *
 * @param mask `[N, H, W, 1]`, or `[6N, F, F, 1]` when `from` says so
 * @returns `[N, height, width, 1]`, or `[6N, height, width, 1]` when `to` says so
 * @throws TypeError when the map's sizes do not fit
 */
export function resampleMask(
  graph: Graph,
  mask: Tensor,
  map: ResampleMap,
  options: ResampleOptions,
): Tensor {
  const { images, quads, inputBlock, outputBlock, shape } = checkLayout(mask, map, options);
  if (shape[3] !== 1) {
    throw new TypeError(
      `Cannot resample mask "${mask.name}" of shape [${mask.shape}]: C must be 1`,
    );
  }
  const sizes = [images, map.outputs, map.inputs, map.taps, quads, 1, outputBlock, inputBlock];
  const y = graph.temp("resample mask", shape);
  graph.dispatch({
    label: "resample forward_mask",
    shader: { file: "resample.wgsl", code, entryPoint: "forward_mask", constants: { GROUP: 1 } },
    uniforms: [...sizes, map.maps, options.firstMap ?? 0, 0, 0],
    bindings: [read(map.index), read(map.weight), read(mask), write(y)],
    workgroups: perImage(images, map.outputs),
  });
  return y;
}

/** Workgroups of 64 threads over x and y, one image per z. */
function perImage(images: number, threads: number): [number, number, number] {
  const [x, y] = spread(threads, 64);
  return [x, y, images];
}

function checkLayout(x: Tensor, map: ResampleMap, options: ResampleOptions): {
  images: number;
  quads: number;
  inputBlock: number;
  outputBlock: number;
  shape: [number, number, number, number];
} {
  const { height, width, from = "image", to = "image", firstMap = 0 } = options;
  const [batch = 0, rows = 0, columns = 0, channels = 0] = x.shape;
  const facesIn = from === "image" ? 1 : 6;
  const facesOut = to === "image" ? 1 : 6;
  const images = batch / facesIn;
  const fits = x.shape.length === 4 && Number.isInteger(images) &&
    map.inputs === facesIn * rows * columns && map.outputs === facesOut * height * width &&
    (map.maps === 1 || map.maps >= firstMap + images);
  if (!fits) {
    throw new TypeError(
      `Cannot resample "${x.name}" of shape [${x.shape}] (${from}) to ${height}x${width} (${to}): ` +
        `the map goes from ${map.inputs} to ${map.outputs} pixels, for ${map.maps} images`,
    );
  }
  return {
    images,
    quads: pad4(channels) / 4,
    inputBlock: from === "face-major" ? rows * columns : map.inputs,
    outputBlock: to === "face-major" ? height * width : map.outputs,
    shape: [images * facesOut, height, width, channels],
  };
}
