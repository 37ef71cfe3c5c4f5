/**
 * From recorded steps to commands: pipelines are compiled, uniforms written and tensors bound, once.
 *
 * @module
 */
import { type Command, warmUp } from "./command.ts";
import type { Gpu } from "./device.ts";
import { type Dispatch, type Step, uniformWords } from "./dispatch.ts";
import type { PlanBuffers } from "./plan_buffers.ts";
import { compile } from "./shader.ts";
import { bindingAlignment, type Tensor } from "./tensor.ts";

/** Steps whose pipelines are made together; the driver compiles them while those of the next ones are made. */
const stepsAtOnce = 16;

/** The steps with everything bound, in order. */
export async function bindSteps(
  gpu: Gpu,
  buffers: PlanBuffers,
  steps: readonly Step[],
): Promise<Command[]> {
  const dispatches = steps.filter((step) => "dispatch" in step);
  const uniforms = buffers.uniforms(Math.max(1, dispatches.length) * bindingAlignment);
  const data = new Uint32Array(uniforms.size / 4);
  const commands: Command[] = [];
  let next = 0;
  for (let first = 0; first < steps.length; first += stepsAtOnce) {
    const some = steps.slice(first, first + stepsAtOnce);
    const pipelines = await Promise.all(
      some.map((step) => "dispatch" in step ? compile(gpu, step.dispatch.shader) : undefined),
    );
    const start = next * bindingAlignment;
    const bound = some.map((step, i): Command => {
      if ("clear" in step) {
        const { phase, clear: { name, bytes: traffic } } = step;
        const clear = buffers.range(step.clear);
        return { label: `clear ${name}`, phase, flops: 0, executed: 0, traffic, clear, writes: [] };
      }
      const at = next++ * bindingAlignment;
      data.set(uniformWords(step.dispatch.uniforms ?? []), at / 4);
      return bind(gpu, buffers, step, pipelines[i]!, { buffer: uniforms, offset: at });
    });
    // Before the warm-up: a driver that makes a shader of its own for small uniforms (lavapipe) has to see the real ones.
    const written = next * bindingAlignment;
    if (written > start) {
      gpu.device.queue.writeBuffer(uniforms, start, data, start / 4, (written - start) / 4);
    }
    commands.push(...bound);
    warmUp(gpu.device, bound);
  }
  return commands;
}

function bind(
  gpu: Gpu,
  buffers: PlanBuffers,
  { dispatch, phase }: Step & { dispatch: Dispatch },
  pipeline: GPUComputePipeline,
  uniforms: { buffer: GPUBuffer; offset: number },
): Command {
  const { label, bindings, workgroups, flops = 0, executed = flops } = dispatch;
  const entries: GPUBindGroupEntry[] = bindings.map(({ tensor }, i) => {
    const { buffer, offset, bytes } = buffers.range(tensor);
    return { binding: i + 1, resource: { buffer, offset, size: bytes } };
  });
  if (dispatch.uniforms) {
    const size = Math.ceil(dispatch.uniforms.length / 4) * 16;
    entries.push({ binding: 0, resource: { ...uniforms, size } });
  }
  const layout = pipeline.getBindGroupLayout(0);
  return {
    label,
    phase,
    flops,
    executed,
    traffic: dispatch.traffic ?? trafficOf(dispatch),
    pipeline,
    group: gpu.device.createBindGroup({ label, layout, entries }),
    workgroups,
    writes: bindings.filter(({ tensor, access }) => tensor.finite && access !== "read")
      .map(({ tensor }) => tensor),
  };
}

/** A tensor that is bound twice, such as one in the place of another that is not needed, is moved once. */
function trafficOf({ bindings }: Dispatch): number {
  const bytes = new Map<Tensor, number>();
  for (const { tensor, access } of bindings) {
    const own = (access === "readwrite" ? 2 : 1) * tensor.bytes;
    bytes.set(tensor, Math.max(bytes.get(tensor) ?? 0, own));
  }
  return bytes.values().reduce((sum, own) => sum + own, 0);
}
