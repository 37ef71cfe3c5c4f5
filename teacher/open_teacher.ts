/** From what the user named to a running teacher. */

import { download, type DownloadProgress } from "./download.ts";
import {
  cacheFolder,
  cachePath,
  HUB,
  type HubFile,
  hubUrl,
  NAMED_MODELS,
  parseHubName,
} from "./hub.ts";
import { checkSidePath, type LoadedModel, loadModel, modelFromBytes } from "./load_model.ts";
import { readOnnxForm } from "./onnx_form.ts";
import type { Teacher, WasmTeacher, WebGpuTeacher } from "./teacher.ts";
import { teacherForm } from "./teacher_form.ts";
import { startWasmTeacher } from "./wasm_teacher.ts";

/** Which teacher to open and how to run it. */
export interface TeacherOptions {
  /** `builtin`, the path of a `.onnx` file, a hub name such as `depth-anything-v2-small`, or a model in memory. */
  readonly model: string | Uint8Array;
  /** Side of a face, pixels; the model's own when absent. */
  readonly size?: number;
  /** WebAssembly threads; one for each core when absent or 0. */
  readonly threads?: number;
  /** Most faces in one run; when absent 6, one panorama, on a GPU, and as many pixels as 6 faces of 518² in wasm. */
  readonly facesPerRun?: number;
  /** Do not wait until a thread has loaded the network: see the teacher's `ready`. */
  readonly early?: boolean;
  /** Folder of downloaded models; {@link cacheFolder} when absent. */
  readonly cache?: string;
  /** Address of the hub; `HF_ENDPOINT` or the Hugging Face hub when absent. */
  readonly hub?: string;
  /** Called during a download. */
  readonly onProgress?: (progress: DownloadProgress) => void;
}

/** The file of the model that ships with this member, `builtin`. */
const builtinModel: URL = new URL("./weights/builtin.onnx", import.meta.url);

/** Open a teacher on the trainer's device, a GPU; throws as the general form. */
export function openTeacher(options: TeacherOptions, device: GPUDevice): Promise<WebGpuTeacher>;
/** Open a teacher in a wasm thread; throws as the general form. */
export function openTeacher(options: TeacherOptions, device?: undefined): Promise<WasmTeacher>;
/**
 * Open a teacher: on the given device, or, without one, in a wasm thread.
 *
 * @param options which and how
 * @param device the trainer's, if it is a GPU; a software adapter is slower than wasm
 * @throws {Error} if a file is missing, cannot be downloaded or is damaged
 * @throws {SyntaxError} if it is not an ONNX model
 * @throws {TypeError} if it is not a depth network
 * @throws {RangeError} if it does not run at the wanted size
 */
export function openTeacher(options: TeacherOptions, device?: GPUDevice): Promise<Teacher>;
export async function openTeacher(options: TeacherOptions, device?: GPUDevice): Promise<Teacher> {
  const model = await findModel(options);
  const form = teacherForm(model.form, model.name, options.size);
  if (device) {
    const { openWebGpuTeacher } = await import("./webgpu_teacher.ts"); // a second onnxruntime-web, only when used
    return await openWebGpuTeacher(model, form, device, options.facesPerRun ?? 6);
  }
  const { threads, facesPerRun } = options;
  const cores = navigator.hardwareConcurrency;
  const teacher = startWasmTeacher(model, form, threads || cores, facesPerRun);
  if (!options.early) await teacher.ready;
  return teacher;
}

async function findModel(options: TeacherOptions): Promise<LoadedModel> {
  const { model } = options;
  if (typeof model !== "string") return await modelFromBytes("model in memory", model);
  if (model === "builtin") return await loadBuiltin();
  if (await isFile(model)) return await loadModel(model, model);
  const file = parseHubName(model);
  if (file) return await loadFromHub(model, file, options);
  if (/\.onnx$|[/\\]/.test(model)) return await loadModel(model, model); // says that there is no such file
  throw new RangeError(
    `Cannot open teacher "${model}" as it is neither a file nor a known name: known are builtin, ` +
      `${Object.keys(NAMED_MODELS).join(", ")}, OWNER/REPOSITORY[@REVISION][:PATH.onnx] and paths`,
  );
}

async function loadBuiltin(): Promise<LoadedModel> {
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(builtinModel);
  } catch (error) {
    throw new Error(
      'Cannot open teacher "builtin" as this copy of the program lacks teacher/weights/builtin.onnx; ' +
        "restore it from the repository, or name another teacher",
      { cause: error },
    );
  }
  return await modelFromBytes("builtin", bytes);
}

async function loadFromHub(
  name: string,
  file: HubFile,
  options: TeacherOptions,
): Promise<LoadedModel> {
  const env = (key: string) => Deno.env.get(key);
  const cache = options.cache ?? cacheFolder(env);
  const hub = options.hub ?? env("HF_ENDPOINT") ?? HUB;
  const path = await fetchToCache(name, file, cache, hub, options);
  // weights above 2 GB live in side files, in the folder of the model
  for (const side of readOnnxForm(await Deno.readFile(path), name).externalData) {
    checkSidePath(name, side);
    const folder = file.path.slice(0, file.path.lastIndexOf("/") + 1);
    await fetchToCache(name, { ...file, path: folder + side }, cache, hub, options);
  }
  const model = await loadModel(name, path);
  const recorded = await Deno.readTextFile(`${path}.sha256`).then(
    (text) => text.trim(),
    () => undefined,
  );
  if (recorded !== undefined && recorded !== model.fileSha256) {
    throw new Error(
      `Cannot open teacher "${name}" as "${path}" is damaged: its SHA-256 is ${model.fileSha256}, ` +
        `it was ${recorded} when downloaded; delete it to download it again`,
    );
  }
  return model;
}

/** The path of a file in the cache, downloaded if it is not there. */
async function fetchToCache(
  name: string,
  file: HubFile,
  cache: string,
  hub: string,
  { onProgress }: TeacherOptions,
): Promise<string> {
  const path = cachePath(file, cache);
  if (await isFile(path)) return path;
  const url = hubUrl(file, hub);
  try {
    await download(url, path, { onProgress });
  } catch (error) {
    throw new Error(
      `Cannot get teacher "${name}": ${
        (error as Error).message
      }; if this machine is offline, get ` +
        `"${file.path}" of ${file.repository} (${url}) elsewhere and put it at "${path}", or give the path of a model`,
      { cause: error },
    );
  }
  return path;
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isFile, () => false);
}
