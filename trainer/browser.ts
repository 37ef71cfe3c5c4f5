/**
 * What runs in a web page: the sphere, the GPU engine, its kernels and the models, web APIs only. Continuous
 * integration bundles this file for the browser, so that nothing of Deno, Node or npm slips in.
 *
 * @module
 */
export * from "@depth-anywhere/geometry";

export { type Gpu, openGpu } from "./gpu/device.ts";
export * from "./gpu/graph.ts";
export { fromGpuLayout, toGpuLayout } from "./gpu/layout.ts";
export { type Flat, type FlatRange, ParameterStore } from "./gpu/parameters.ts";
export { measurePeaks, type Peaks } from "./gpu/peaks.ts";
export { type Choice, Plan } from "./gpu/plan.ts";
export type { BufferRange } from "./gpu/plan_buffers.ts";
export type { ProfileRow } from "./gpu/profile.ts";
export { compile, type Shader } from "./gpu/shader.ts";
export type { NamedText } from "./gpu/shader_error.ts";
export type { Clock, Timing } from "./gpu/timing.ts";

export { type Adam, adam, type AdamOptions } from "./kernels/adam.ts";
export { add } from "./kernels/add.ts";
export {
  affineInvariantLoss,
  type AffineInvariantLossOptions,
  type ItemLoss,
} from "./kernels/affine_invariant_loss.ts";
export { alignedLoss, type LossAlignment } from "./kernels/aligned_loss.ts";
export { batchNorm, type BatchNormOptions, type BatchNormTensors } from "./kernels/batch_norm.ts";
export { berhuLoss, type BerhuOptions } from "./kernels/berhu_loss.ts";
export { concat, concatUpsampled } from "./kernels/concat.ts";
export {
  conv2d,
  type Conv2dOptions,
  type Conv2dVariants,
  conv2dWithMoments,
  type WithMoments,
} from "./kernels/conv2d.ts";
export type { Activation } from "./kernels/conv2d_activation.ts";
export type { Geometry, Placement } from "./kernels/conv2d_geometry.ts";
export { conv2dNorm, type Conv2dNormOptions } from "./kernels/conv2d_norm.ts";
export type {
  TileChoice,
  TilePass,
  TileSetting,
  TileSize,
  WinogradTiles,
} from "./kernels/conv2d_tile_choice.ts";
export type { Lockstep, PixelVariant, WeightVariant } from "./kernels/conv2d_variants.ts";
export type { WinogradPixels, WinogradWeight } from "./kernels/conv2d_winograd_product.ts";
export { cubeDisparity, type CubeDisparityOptions } from "./kernels/cube_disparity.ts";
export { cubeTaps, type CubeTapsOptions } from "./kernels/cube_taps.ts";
export { type DisparityLabel, labelFromDistance, pseudoLabel } from "./kernels/disparity_label.ts";
export { elu } from "./kernels/elu.ts";
export { faceLabel, type FaceLabels } from "./kernels/face_label.ts";
export { globalAveragePool } from "./kernels/global_average_pool.ts";
export { type GradientNorm, gradientNorm } from "./kernels/gradient_norm.ts";
export { linear } from "./kernels/linear.ts";
export { maxPool } from "./kernels/max_pool.ts";
export type { Moments } from "./kernels/moments.ts";
export { multiplyChannels } from "./kernels/multiply_channels.ts";
export { multiplyMap } from "./kernels/multiply_map.ts";
export { pixelShuffle } from "./kernels/pixel_shuffle.ts";
export {
  type Preparation,
  prepareImage,
  prepareMap,
  type PrepareOptions,
} from "./kernels/prepare_image.ts";
export { recordScalars, type ScalarRing } from "./kernels/record_scalars.ts";
export { relu } from "./kernels/relu.ts";
export {
  type BatchOrder,
  resample,
  resampleMask,
  type ResampleOptions,
} from "./kernels/resample.ts";
export {
  constantMap,
  InputMap,
  inputMap,
  type MapSize,
  ResampleMap,
  type TapTensors,
  type TransposedTensors,
} from "./kernels/resample_map.ts";
export { shiftMinimum } from "./kernels/shift_minimum.ts";
export { sigmoid } from "./kernels/sigmoid.ts";
export { stack } from "./kernels/stack.ts";
export { upsampleNearest } from "./kernels/upsample_nearest.ts";
export { type WeightedLoss, weightedSum } from "./kernels/weighted_sum.ts";

export { bifusepp, type BiFusePPOptions } from "./models/bifusepp.ts";
export { initialise } from "./models/initialise.ts";
export type { LayersOptions } from "./models/layers.ts";
export { perspectiveNet } from "./models/perspective_net.ts";
export type { ResnetDepth } from "./models/resnet.ts";
export {
  addStudent,
  findStudent,
  type OptionValue,
  type Student,
  studentAt,
  type StudentOptions,
  students,
} from "./models/student.ts";
export { type Fusion, unifuse, type UniFuseOptions } from "./models/unifuse.ts";
