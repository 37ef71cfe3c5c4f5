/**
 * What a lane holds in the kernels whose lanes run over channels: the texts that several of them start with.
 *
 * @module
 */
import type { NamedText } from "../gpu/shader_error.ts";
import lane1Text from "./conv2d_lane1.wgsl" with { type: "text" };
import lane2Text from "./conv2d_lane2.wgsl" with { type: "text" };
import lane4Text from "./conv2d_lane4.wgsl" with { type: "text" };
import runsText from "./conv2d_runs.wgsl" with { type: "text" };
import rowsText from "./conv2d_weight_rows.wgsl" with { type: "text" };

/** Of an image: 4 channels of runs of pixels or tiles. */
export const runsCode: NamedText = { file: "conv2d_runs.wgsl", text: runsText };

const laneCode: Readonly<Record<1 | 2 | 4, NamedText>> = {
  1: { file: "conv2d_lane1.wgsl", text: lane1Text },
  2: { file: "conv2d_lane2.wgsl", text: lane2Text },
  4: { file: "conv2d_lane4.wgsl", text: lane4Text },
};

/** Of a weight gradient: rows of `vector` columns. */
export function rowsCode(vector: 1 | 2 | 4): NamedText[] {
  return [laneCode[vector], { file: "conv2d_weight_rows.wgsl", text: rowsText }];
}
