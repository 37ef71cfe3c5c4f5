import type { NamedText } from "../gpu/shader_error.ts";
import pixelsText from "./conv2d_tile_products.wgsl" with { type: "text" };
import weightsText from "./conv2d_weight_tile_products.wgsl" with { type: "text" };

/** Products of blocks in workgroup memory: what the kernels for GPUs that give pixels, or tiles of them, start with. */
export const tileProductsCode: NamedText = { file: "conv2d_tile_products.wgsl", text: pixelsText };

/** Likewise what those of a weight's gradient start with. */
export const weightTileProductsCode: NamedText = {
  file: "conv2d_weight_tile_products.wgsl",
  text: weightsText,
};
