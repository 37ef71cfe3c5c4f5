/**
 * What the GPU takes by its own clock: read where compute passes begin and end, without the submit and the wait around them.
 *
 * @module
 */
import type { Gpu } from "./device.ts";
import { readBuffer } from "./readback.ts";
import { compile } from "./shader.ts";
import code from "./timestamps.wgsl" with { type: "text" };

/** Readings of the GPU's clock; what a tick is, `timestamp_period.ts` finds out. */
export interface Span {
  readonly begin: bigint;
  readonly end: bigint;
}

/** Spans of one submit at most: WebGPU gives a query set 4096 queries. */
export const mostSpans = 2048;

/** Marks the spans, each by one of the two ways, while a submit is encoded. */
export interface Marks {
  readonly encoder: GPUCommandEncoder;
  /** For a compute pass that is a span. */
  pass(span: number): GPUComputePassDescriptor;
  /** Makes a span of all that `encode` gives to the encoder, by a pass before and one after it. */
  around(span: number, encode: () => void): void;
}

/**
 * Submit what `record` encodes and read the clock at its spans. Waits for the GPU.
 *
 * @param gpu with timestamps
 * @param count of spans, all of which `record` has to mark, {@link mostSpans} at most
 * @param submit what else is to be done about the submit
 */
export async function stamp(
  gpu: Gpu,
  count: number,
  record: (marks: Marks) => void,
  submit: (work: GPUCommandBuffer) => unknown = (work) => gpu.device.queue.submit([work]),
): Promise<Span[]> {
  const { device } = gpu;
  const nothing = await compile(gpu, { file: "timestamps.wgsl", code, entryPoint: "nothing" });
  const [label, bytes] = ["timestamps", 16 * count];
  const querySet = device.createQuerySet({ label, type: "timestamp", count: 2 * count });
  const usage = GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC;
  const ticks = device.createBuffer({ label, size: bytes, usage });
  const encoder = device.createCommandEncoder({ label });
  const mark = (at: Omit<GPUComputePassTimestampWrites, "querySet">): void => {
    const pass = encoder.beginComputePass({ label, timestampWrites: { querySet, ...at } });
    pass.setPipeline(nothing);
    pass.dispatchWorkgroups(1);
    pass.end();
  };
  try {
    record({
      encoder,
      pass: (span) => ({
        timestampWrites: {
          querySet,
          beginningOfPassWriteIndex: 2 * span,
          endOfPassWriteIndex: 2 * span + 1,
        },
      }),
      around(span, encode) {
        mark({ endOfPassWriteIndex: 2 * span });
        encode();
        mark({ beginningOfPassWriteIndex: 2 * span + 1 });
      },
    });
    await submit(encoder.finish());
    // On macOS 26 what is resolved before the work is done can be zero (gfx-rs/wgpu#9414); in Deno the call itself waits.
    void device.queue.onSubmittedWorkDone();
    const resolving = device.createCommandEncoder({ label });
    resolving.resolveQuerySet(querySet, 0, 2 * count, ticks, 0);
    device.queue.submit([resolving.finish()]);
    const read = new BigUint64Array((await readBuffer(device, ticks, 0, bytes)).buffer);
    return Array.from({ length: count }, (_, span) => ({
      begin: read[2 * span]!,
      end: read[2 * span + 1]!,
    }));
  } finally {
    ticks.destroy();
    querySet.destroy();
  }
}
