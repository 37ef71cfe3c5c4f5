import type { NamedText } from "../gpu/shader_error.ts";
import code from "./shared/workgroup_sum.wgsl" with { type: "text" };

/** The WGSL that sums over a workgroup of 64 invocations. */
export const workgroupSumCode: NamedText = { file: "shared/workgroup_sum.wgsl", text: code };
