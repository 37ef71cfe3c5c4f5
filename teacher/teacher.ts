/** A frozen depth network that labels perspective faces. */

/** How a model wants its pixels. The trainer's kernels prepare them; this member holds no shader. */
export interface Preprocessing {
  /** Subtracted from RGB in [0, 1]. */
  readonly mean: readonly [number, number, number];
  /** What the difference is divided by. */
  readonly std: readonly [number, number, number];
  /** Order of the axes: `[faces, RGB, rows, columns]`. */
  readonly layout: "NCHW";
  /** How a face of another size is brought to {@link TeacherBase.inputSize}. */
  readonly resize: "bilinear";
}

/** ImageNet statistics, which every Depth Anything model uses. */
export const IMAGENET: Preprocessing = {
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
  layout: "NCHW",
  resize: "bilinear",
};

/** What both kinds of teacher say of themselves. A run records all of it. */
export interface TeacherBase {
  /** As the user named it: `builtin`, a path or a hub name. */
  readonly name: string;
  /** SHA-256 of the model file, hexadecimal. */
  readonly sha256: string;
  /** Rows and columns of a face as the network wants it, pixels. */
  readonly inputSize: number;
  /** What to do to RGB first. */
  readonly preprocessing: Preprocessing;
  /** Resolves when the network is loaded, for which labels wait; rejects with an Error that says why it cannot be. */
  readonly ready: Promise<void>;
  /** Free the session; the teacher cannot label afterwards. */
  close(): Promise<void>;
}

/** Runs on the CPU in a thread of its own. */
export interface WasmTeacher extends TeacherBase {
  /** Where it runs. */
  readonly execution: "wasm";
  /** WebAssembly threads; labels are equal to the bit at an equal count only. */
  readonly threads: number;
  /**
   * Label faces.
   *
   * @param faces `[count, 3, inputSize, inputSize]`, preprocessed; copied, the caller keeps it
   * @param count number of faces
   * @returns `[count, inputSize, inputSize]` affine-invariant disparity, larger is nearer
   * @throws {RangeError} if the array does not hold `count` faces
   * @throws {TypeError} if the model's output is not of that shape
   */
  label(faces: Float32Array, count: number): Promise<Float32Array<ArrayBuffer>>;
}

/** Runs on the trainer's own device, buffers in and out. */
export interface WebGpuTeacher extends TeacherBase {
  /** Where it runs. */
  readonly execution: "webgpu";
  /**
   * Label faces. The work is queued when the promise resolves; later submits to the device see its result.
   *
   * @param faces `[count, 3, inputSize, inputSize]` f32, preprocessed; usage STORAGE and COPY_SRC
   * @param count number of faces
   * @param labels receives `[count, inputSize, inputSize]` affine-invariant disparity, larger is nearer; usage COPY_DST
   * @param first number of the label that the first face goes to (default 0)
   * @throws {RangeError} if a buffer is too small
   * @throws {TypeError} if the model's output is not of that shape
   */
  label(faces: GPUBuffer, count: number, labels: GPUBuffer, first?: number): Promise<void>;
}

/** A teacher of either kind; `execution` tells which. */
export type Teacher = WasmTeacher | WebGpuTeacher;
