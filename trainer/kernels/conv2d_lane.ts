import type { NamedText } from "../gpu/shader_error.ts";
import lane1Text from "./conv2d_lane1.wgsl" with { type: "text" };
import lane2Text from "./conv2d_lane2.wgsl" with { type: "text" };
import lane4Text from "./conv2d_lane4.wgsl" with { type: "text" };

/** How many columns a lane of a weight gradient holds: the text that says so, `alias Lane`. */
export const laneCode: Readonly<Record<1 | 2 | 4, NamedText>> = {
  1: { file: "conv2d_lane1.wgsl", text: lane1Text },
  2: { file: "conv2d_lane2.wgsl", text: lane2Text },
  4: { file: "conv2d_lane4.wgsl", text: lane4Text },
};
