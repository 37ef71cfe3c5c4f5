/**
 * From decoded or rendered pictures to a network's input, on the GPU: roll, mirror, colour jitter, normalisation;
 * and the same roll and mirror for the maps that go with a picture. Nothing here is differentiable.
 *
 * @module
 */
import {
  type Dispatch,
  f32,
  type Graph,
  read,
  spread,
  type Tensor,
  type Word,
  write,
} from "../gpu/graph.ts";
import { AUGMENTATION_WORDS } from "./augmentation.ts";
import code from "./prepare_image.wgsl" with { type: "text" };
import jitterText from "./shared/color_jitter.wgsl" with { type: "text" };
import { workgroupSumCode } from "./workgroup_sum.ts";

const jitterCode = { file: "shared/color_jitter.wgsl", text: jitterText };

/** A prepared picture and what steers it. */
export interface Preparation {
  /** `[N, H, W, 3]`, normalised. */
  readonly image: Tensor;
  /** Words to be written from `augmentationWords()` before a run; all zero leaves the pictures as they are. */
  readonly parameters: Tensor;
}

/** How pictures are prepared. */
export interface PrepareOptions {
  /** The parameters of another preparation, so that the two show the same view. Default: an input of its own. */
  readonly parameters?: Tensor;
  /** `false`: leave the colours as they are, whatever the parameters say (the teacher's view). Default `true`. */
  readonly jitter?: boolean;
  /** Rows and columns; needed for packed bytes, which do not tell. */
  readonly size?: { readonly height: number; readonly width: number };
  /** Mean of each channel, sRGB 0..1. Default: ImageNet's. */
  readonly mean?: readonly number[];
  /** Standard deviation of each channel. Default: ImageNet's. */
  readonly deviation?: readonly number[];
}

/** Mean of ImageNet's channels (torchvision). */
export const IMAGENET_MEAN: readonly number[] = [0.485, 0.456, 0.406];

/** Standard deviation of ImageNet's channels (torchvision). */
export const IMAGENET_DEVIATION: readonly number[] = [0.229, 0.224, 0.225];

/**
 * Prepare pictures.
 *
 * @param source sRGB 0..1 `[N, H, W, 3]`, or packed RGBA bytes, words `[N*H*W]` (then `size` is needed)
 * @throws TypeError when the shape does not fit
 */
export function prepareImage(
  graph: Graph,
  source: Tensor,
  options: PrepareOptions = {},
): Preparation {
  const { jitter = true, mean = IMAGENET_MEAN, deviation = IMAGENET_DEVIATION } = options;
  const packed = source.shape.length === 1;
  const [images, height, width] = packed
    ? [source.shape[0]! / pixelsOf(options), options.size?.height ?? 0, options.size?.width ?? 0]
    : source.shape as [number, number, number, number];
  if (!Number.isInteger(images) || !(packed || source.shape[3] === 3)) {
    throw new TypeError(
      `Cannot prepare "${source.name}" of shape [${source.shape}]: [N,H,W,3] or words [N*H*W] and their size are needed`,
    );
  }
  const parameters = options.parameters ??
    graph.input("augmentation", [images * AUGMENTATION_WORDS]);
  const pixels = height * width;
  const chunk = graph.gpu.kind === "cpu" ? 8192 : 2048;
  const chunks = Math.ceil(pixels / chunk);
  const uniforms: Word[] = [images, height, width, packed ? 1 : 0, chunk, chunks];
  uniforms.push(...mean.map(f32), ...deviation.map((x) => f32(1 / x)));
  const step = (
    entryPoint: string,
    bindings: Dispatch["bindings"],
    workgroups: Dispatch["workgroups"],
  ): void =>
    graph.dispatch({
      label: `prepare_image ${entryPoint}`,
      shader: {
        file: "prepare_image.wgsl",
        code: [code, jitterCode, workgroupSumCode],
        entryPoint,
      },
      uniforms,
      bindings,
      workgroups,
    });
  const image = graph.temp("image", [images, height, width, 3]);
  const everyPixel = spread(images * pixels, 64);
  if (!jitter) {
    step("plain", [read(source), read(parameters), write(image)], everyPixel);
    return { image, parameters };
  }
  const partial = graph.temp("partial gray", [images * chunks]);
  step("sum_gray", [read(source), read(parameters), write(partial)], [chunks, images]);
  const means = graph.temp("mean gray", [images]);
  step("finish_gray", [read(partial), write(means)], [images]);
  step("jittered", [read(source), read(parameters), read(means), write(image)], everyPixel);
  return { image, parameters };
}

function pixelsOf({ size }: PrepareOptions): number {
  return size ? size.height * size.width : NaN;
}

/**
 * Roll and mirror a map as its picture.
 *
 * @param map one number per pixel, `[N, H, W, 1]` or words `[N*H*W]`: distance, mask
 * @param preparation of the picture, whose shape is the map's
 * @returns `[N, H, W, 1]`
 * @throws TypeError when the sizes differ
 */
export function prepareMap(graph: Graph, map: Tensor, preparation: Preparation): Tensor {
  const [images, height, width] = preparation.image.shape as [number, number, number, number];
  const count = images * height * width;
  const plainWords = map.shape.length === 1;
  if (map.bytes / 4 !== (plainWords ? count : 4 * count)) {
    throw new TypeError(
      `Cannot prepare "${map.name}" of shape [${map.shape}] with a picture of [${preparation.image.shape}]`,
    );
  }
  const result = graph.temp("map", [images, height, width, 1]);
  graph.dispatch({
    label: "prepare_image map",
    shader: {
      file: "prepare_image.wgsl",
      code: [code, jitterCode, workgroupSumCode],
      entryPoint: "map",
    },
    uniforms: [images, height, width, plainWords ? 1 : 0, 0, 0, 0, 0, 0, 0, 0, 0],
    bindings: [read(map), read(preparation.parameters), write(result)],
    workgroups: spread(count, 64),
  });
  return result;
}
