/**
 * What a plan does, command by command: a dispatch with everything bound, or a range that is zeroed.
 *
 * @module
 */
import type { Phase } from "./dispatch.ts";
import type { Tensor } from "./tensor.ts";

/** One command of a plan. */
export interface Command {
  readonly label: string;
  readonly phase: Phase;
  readonly flops: number;
  /** Of {@linkcode flops} those that are done; see `Dispatch`. */
  readonly executed: number;
  /** Bytes that are moved at least: each bound tensor once, twice where it is read and written. */
  readonly traffic: number;
  readonly pipeline?: GPUComputePipeline;
  readonly group?: GPUBindGroup;
  readonly workgroups?: readonly [number, number?, number?];
  readonly clear?: { buffer: GPUBuffer; offset: number; bytes: number };
  /** What it writes, to be looked at when a number went bad. */
  readonly writes: readonly Tensor[];
}

/** Encode a command; returns the compute pass that is open afterwards. */
function encode(
  command: Command,
  encoder: GPUCommandEncoder,
  pass: GPUComputePassEncoder | undefined,
  descriptor: GPUComputePassDescriptor | undefined,
): GPUComputePassEncoder | undefined {
  if (command.clear) {
    pass?.end();
    encoder.clearBuffer(command.clear.buffer, command.clear.offset, command.clear.bytes);
    return undefined;
  }
  const open = pass ?? encoder.beginComputePass(descriptor);
  open.setPipeline(command.pipeline!);
  open.setBindGroup(0, command.group!);
  open.dispatchWorkgroups(...command.workgroups! as [number, number, number]);
  return open;
}

/** Encode commands in order, in as few passes as can be; `descriptor` is of each of them. */
export function encodeAll(
  commands: readonly Command[],
  encoder: GPUCommandEncoder,
  descriptor?: GPUComputePassDescriptor,
): void {
  let pass: GPUComputePassEncoder | undefined;
  for (const command of commands) pass = encode(command, encoder, pass, descriptor);
  pass?.end();
}

/** Submit commands in order. Does not wait. */
export function submit(device: GPUDevice, commands: readonly Command[]): void {
  const label = commands.length === 1 ? commands[0]!.label : "plan";
  const encoder = device.createCommandEncoder({ label });
  encodeAll(commands, encoder);
  device.queue.submit([encoder.finish()]);
}

/** Commands in groups, each for a submit: of so many operations at most, or of one command that has more. */
export function* submits(
  commands: readonly Command[],
  most: { readonly flops: number; readonly commands?: number },
): Generator<readonly Command[]> {
  let group: Command[] = [];
  let flops = 0;
  for (const command of commands) {
    const full = flops > 0 && flops + command.flops > most.flops;
    if (full || group.length === most.commands) {
      yield group;
      group = [];
      flops = 0;
    }
    flops += command.flops;
    group.push(command);
  }
  if (group.length > 0) yield group;
}

const warm = new WeakSet<GPUComputePipeline>();

/**
 * Dispatch no workgroup of every pipeline that was never used: drivers that compile at the first dispatch (llvmpipe) do it
 * now, in their own thread, and touch nothing.
 */
export function warmUp(
  device: GPUDevice,
  commands: readonly Pick<Command, "pipeline" | "group">[],
): void {
  const cold = commands.filter(({ pipeline }) => pipeline && !warm.has(pipeline));
  if (cold.length === 0) return;
  const encoder = device.createCommandEncoder({ label: "warm-up" });
  const pass = encoder.beginComputePass();
  for (const { pipeline, group } of cold) {
    if (warm.has(pipeline!)) continue;
    warm.add(pipeline!);
    pass.setPipeline(pipeline!);
    pass.setBindGroup(0, group!);
    pass.dispatchWorkgroups(0);
  }
  pass.end();
  device.queue.submit([encoder.finish()]);
}
