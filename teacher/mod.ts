/**
 * Frozen models run through onnxruntime-web: perspective depth teachers, on the CPU (threaded WebAssembly in a worker)
 * or on the trainer's own GPUDevice.
 *
 * A teacher takes square faces `[N, 3, S, S]`, normalised as its `preprocessing` says, and gives affine-invariant
 * disparity `[N, S, S]`, larger is nearer. This member imports geometry only and holds no shader.
 *
 * @module
 */
export { download, type DownloadOptions, type DownloadProgress } from "./download.ts";
export {
  cacheFolder,
  cachePath,
  type HubFile,
  hubUrl,
  NAMED_MODELS,
  type NamedModel,
  parseHubName,
} from "./hub.ts";
export { type OnnxForm, type OnnxValue, readOnnxForm } from "./onnx_form.ts";
export { openTeacher, type TeacherOptions } from "./open_teacher.ts";
export {
  IMAGENET,
  type Preprocessing,
  type Teacher,
  type TeacherBase,
  type WasmTeacher,
  type WebGpuTeacher,
} from "./teacher.ts";
