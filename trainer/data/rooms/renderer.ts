/** Encodes batches of views into buffers of the caller; nothing is read back. */
import type { Gpu } from "../../gpu/device.ts";
import { readBuffers } from "../../gpu/readback.ts";
import { compile } from "../../gpu/shader.ts";
import { packViews } from "./packing.ts";
import { TILE } from "./tiles.ts";
import type { View } from "./view.ts";
import code from "./rooms.wgsl" with { type: "text" };

/** A place in a GPU buffer (usage STORAGE); `offset` in bytes, a multiple of 16 for rgb and of 4 for the others. */
export interface Place {
  readonly buffer: GPUBuffer;
  readonly offset?: number;
}

/** Where a batch of N views of H x W pixels goes. */
export interface RoomTarget {
  /** [N, H, W, 3] f32, sRGB-encoded 0..1, stored with 4 channels, the 4th zero. */
  readonly rgb: Place;
  /** [N, H, W] f32, metres along the ray, 0 where invalid. */
  readonly distance: Place;
  /** [N, H, W] f32, 1 where the distance is valid, else 0. Optional. */
  readonly valid?: Place;
  /** [N, H, W] u32: bit 0 sky or beyond the range, bit 1 watermark, bit 2 sky. Optional. */
  readonly labels?: Place;
}

/** Size of every view of a batch, in pixels; `samples` rays a pixel for colour (distance always takes the centre ray). */
export interface RoomSize {
  readonly width: number;
  readonly height: number;
  readonly samples?: number;
}

/** A batch read back to the host. */
export interface RoomImages {
  readonly rgb: Float32Array;
  readonly distance: Float32Array;
  readonly valid: Float32Array;
  readonly labels: Uint32Array;
}

/** Growing storage buffer that is rewritten for each batch. */
class Upload {
  buffer: GPUBuffer | undefined;
  readonly #device: GPUDevice;
  readonly #label: string;

  constructor(device: GPUDevice, label: string) {
    this.#device = device;
    this.#label = label;
  }

  write(words: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>): GPUBuffer {
    if (!this.buffer || this.buffer.size < words.byteLength) {
      this.buffer?.destroy();
      this.buffer = this.#device.createBuffer({
        label: this.#label,
        size: Math.max(1 << 16, 2 ** Math.ceil(Math.log2(words.byteLength))),
        usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
      });
    }
    this.#device.queue.writeBuffer(this.buffer, 0, words);
    return this.buffer;
  }
}

/** Renders views of scenes on the GPU. */
export class RoomRenderer {
  readonly #gpu: Gpu;
  readonly #trace: GPUComputePipeline;
  readonly #soften: GPUComputePipeline;
  readonly #data: Upload;
  readonly #lists: Upload;
  readonly #uniform: GPUBuffer;
  readonly #spares = new Map<string, GPUBuffer>();

  private constructor(gpu: Gpu, trace: GPUComputePipeline, soften: GPUComputePipeline) {
    this.#gpu = gpu;
    this.#trace = trace;
    this.#soften = soften;
    this.#data = new Upload(gpu.device, "rooms data");
    this.#lists = new Upload(gpu.device, "rooms lists");
    this.#uniform = gpu.device.createBuffer({
      label: "rooms size",
      size: 32,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
  }

  /** Compile the renderer for a device. */
  static async open(gpu: Gpu): Promise<RoomRenderer> {
    const shader = { file: "rooms.wgsl", code };
    const trace = await compile(gpu, { ...shader, entryPoint: "trace_views" });
    const soften = await compile(gpu, { ...shader, entryPoint: "soften" });
    return new RoomRenderer(gpu, trace, soften);
  }

  /**
   * Submit the rendering of `views` into `target`. Returns at once; later work on the queue sees the result.
   *
   * @throws RangeError when a panorama's width is not twice its height or an offset is not aligned
   */
  render(views: readonly View[], size: RoomSize, target: RoomTarget): void {
    if (views.length === 0) return;
    const { device } = this.#gpu;
    const { width, height, samples = 1 } = size;
    for (const view of views) {
      if (view.projection === "equirect" && width !== 2 * height) {
        throw new RangeError(
          `Cannot render a panorama as width must be twice height: current size is ${width}x${height}`,
        );
      }
    }
    const { data, lists } = packViews(views, width, height);
    const dataBuffer = this.#data.write(data);
    const listsBuffer = this.#lists.write(lists);
    const pixels = views.length * width * height;
    const labels = target.labels ?? { buffer: this.#spare("labels", pixels * 4) };
    const valid = target.valid ?? { buffer: this.#spare("valid", pixels * 4) };
    const places = [
      { place: target.rgb, bytes: pixels * 16, unit: 16 },
      { place: target.distance, bytes: pixels * 4, unit: 4 },
      { place: valid, bytes: pixels * 4, unit: 4 },
      { place: labels, bytes: pixels * 4, unit: 4 },
    ].map(({ place, bytes, unit }) => {
      const offset = place.offset ?? 0;
      if (offset % unit !== 0) {
        throw new RangeError(
          `Cannot render into a buffer at byte ${offset}: the offset must be a multiple of ${unit}`,
        );
      }
      const start = offset - offset % 256;
      return {
        words: (offset - start) / unit,
        binding: { buffer: place.buffer, offset: start, size: offset - start + bytes },
      };
    });
    device.queue.writeBuffer(
      this.#uniform,
      0,
      new Uint32Array([width, height, samples, ...places.map((p) => p.words), 0]),
    );
    const raw = this.#spare("raw", pixels * 16);
    const [rgb, ...others] = places.map(({ binding }) => binding);
    const shared = [
      { binding: 0, resource: { buffer: this.#uniform } },
      { binding: 1, resource: { buffer: dataBuffer } },
      { binding: 3, resource: { buffer: raw, size: pixels * 16 } },
    ];
    const groups = [
      [
        ...shared,
        { binding: 2, resource: { buffer: listsBuffer } },
        ...others.map((resource, i) => ({ binding: 4 + i, resource })),
      ],
      [...shared, { binding: 7, resource: rgb! }],
    ];
    const encoder = device.createCommandEncoder({ label: "rooms" });
    const pass = encoder.beginComputePass({ label: "rooms" });
    [this.#trace, this.#soften].forEach((pipeline, i) => {
      pass.setPipeline(pipeline);
      pass.setBindGroup(
        0,
        device.createBindGroup({
          label: "rooms",
          layout: pipeline.getBindGroupLayout(0),
          entries: groups[i]!,
        }),
      );
      pass.dispatchWorkgroups(Math.ceil(width / TILE), Math.ceil(height / TILE), views.length);
    });
    pass.end();
    device.queue.submit([encoder.finish()]);
  }

  /** Render and read back, for contact sheets and tests. */
  async readback(views: readonly View[], size: RoomSize): Promise<RoomImages> {
    const { device } = this.#gpu;
    const pixels = views.length * size.width * size.height;
    const make = (label: string, words: number) =>
      device.createBuffer({
        label,
        size: words * 4,
        usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC,
      });
    const buffers = [
      make("rgb", pixels * 4),
      ...["distance", "valid", "labels"].map((n) => make(n, pixels)),
    ];
    const [rgb, distance, valid, labels] = buffers as [GPUBuffer, GPUBuffer, GPUBuffer, GPUBuffer];
    this.render(views, size, {
      rgb: { buffer: rgb },
      distance: { buffer: distance },
      valid: { buffer: valid },
      labels: { buffer: labels },
    });
    const read = await readBuffers(
      device,
      buffers.map((b) => ({ buffer: b, offset: 0, bytes: b.size })),
    );
    for (const b of buffers) b.destroy();
    const words = read[3]!;
    return {
      rgb: read[0]!,
      distance: read[1]!,
      valid: read[2]!,
      labels: new Uint32Array(words.buffer, words.byteOffset, words.length),
    };
  }

  /** Free the buffers. */
  destroy(): void {
    this.#data.buffer?.destroy();
    this.#lists.buffer?.destroy();
    this.#uniform.destroy();
    for (const spare of this.#spares.values()) spare.destroy();
  }

  /** A buffer of the renderer's own: what the caller does not want, and the colours before softening. */
  #spare(name: string, bytes: number): GPUBuffer {
    let spare = this.#spares.get(name);
    if (!spare || spare.size < bytes) {
      spare?.destroy();
      spare = this.#gpu.device.createBuffer({
        label: `rooms ${name}`,
        size: bytes,
        usage: GPUBufferUsage.STORAGE,
      });
      this.#spares.set(name, spare);
    }
    return spare;
  }
}
