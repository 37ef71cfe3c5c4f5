/**
 * From a WGSL text to a pipeline: a generated header before the file, errors that name file and line,
 * one pipeline per text and entry point.
 *
 * @module
 */
import type { Gpu } from "./device.ts";
import { locate, type NamedText } from "./shader_error.ts";

/** One entry point of one WGSL file. */
export interface Shader {
  /** File name for error messages, e.g. `elu.wgsl`. */
  readonly file: string;
  /** The text, or it and the texts that it shares with others, in any order. */
  readonly code: string | readonly (string | NamedText)[];
  /** Name of the entry point. */
  readonly entryPoint: string;
  /** Tile sizes and switches: become `const NAME = value;` lines before the file. */
  readonly constants?: Readonly<Record<string, number | boolean>>;
  /** Whether the text uses subgroup built-ins. */
  readonly subgroups?: boolean;
  /** Bindings whose words are `f16`, see `stored.ts`; the others are `f32`. */
  readonly f16?: readonly number[];
}

/** Deno's naga knows the subgroup built-ins without the line and refuses it; browsers require it. */
const enablesSubgroups = !("Deno" in globalThis);

/** The generated lines (`enable`, constants, `Stored1` …) that stand before a shader's own text. */
function header(shader: Shader, enableSubgroups: boolean = enablesSubgroups): string {
  const { f16 = [] } = shader;
  const lines: string[] = f16.length > 0 ? ["enable f16;"] : [];
  if (shader.subgroups && enableSubgroups) {
    lines.push("enable subgroups;");
    // Tint takes a struct for divergent as soon as one member is; the kernels branch on its uniform members only.
    lines.push("diagnostic(off, subgroup_uniformity);");
  }
  for (const [name, value] of Object.entries(shader.constants ?? {})) {
    lines.push(`const ${name} = ${value};`);
  }
  const stored = new Set(sourceOf(shader).match(/\bStored\d\b/g));
  for (const alias of [...stored].sort()) {
    lines.push(`alias ${alias} = ${f16.includes(Number(alias.at(-1))) ? "f16" : "f32"};`);
  }
  return lines.map((line) => `${line}\n`).join("");
}

/** The texts of a shader as one, without what the loader puts before them. */
export function sourceOf(shader: Shader): string {
  return partsOf(shader).map((part) => part.text).join("\n");
}

/** The whole text that is compiled. */
export function text(shader: Shader, enableSubgroups: boolean = enablesSubgroups): string {
  return header(shader, enableSubgroups) + sourceOf(shader);
}

/** What two shaders of one pipeline have in common. */
export function pipelineKey(shader: Shader, code: string = text(shader)): string {
  return `${shader.entryPoint}\n${code}`;
}

/** The texts of a shader with their files. A shared text without a name is told by whose it is. */
function partsOf({ file, code, entryPoint }: Shader): NamedText[] {
  if (typeof code === "string") return [{ file, text: code }];
  const own = new RegExp(`\\bfn ${entryPoint}\\b`);
  return code.map((part) => {
    if (typeof part !== "string") return part;
    return { file: own.test(part) ? file : `a text that ${file} shares`, text: part };
  });
}

const modules = new WeakMap<GPUDevice, Map<string, Promise<GPUShaderModule>>>();
const pipelines = new WeakMap<GPUDevice, Map<string, Promise<GPUComputePipeline>>>();

function cached<V>(
  store: WeakMap<GPUDevice, Map<string, V>>,
  device: GPUDevice,
  key: string,
  make: () => V,
): V {
  let map = store.get(device);
  if (!map) store.set(device, map = new Map());
  let value = map.get(key);
  if (value === undefined) map.set(key, value = make());
  return value;
}

/**
 * Compile a shader once per device.
 *
 * @throws SyntaxError with file, line and column of each compiler message
 */
export function compile(gpu: Gpu, shader: Shader): Promise<GPUComputePipeline> {
  const { device } = gpu;
  const code = text(shader);
  return cached(pipelines, device, pipelineKey(shader, code), async () => {
    const module = await cached(modules, device, code, () => checkedModule(device, shader, code));
    return await device.createComputePipelineAsync({
      label: `${shader.file}#${shader.entryPoint}`,
      layout: "auto",
      compute: { module, entryPoint: shader.entryPoint },
    });
  });
}

async function checkedModule(
  device: GPUDevice,
  shader: Shader,
  code: string,
): Promise<GPUShaderModule> {
  device.pushErrorScope("validation"); // getCompilationInfo has the better text; the scope keeps it from being uncaptured
  const module = device.createShaderModule({ label: shader.file, code });
  const caught = device.popErrorScope(); // at once: meanwhile others give commands, whose errors are their own
  const { messages } = await module.getCompilationInfo();
  await caught;
  const start = header(shader).replace(/\n$/, "");
  const parts = start ? [{ file: `constants of ${shader.file}`, text: start }] : [];
  const all = [...parts, ...partsOf(shader)];
  const errors = messages.filter((message) => message.type === "error")
    .map((message) => locate(all, message));
  if (errors.length > 0) {
    throw new SyntaxError(`Cannot compile "${shader.entryPoint}":\n${errors.join("\n")}`);
  }
  return module;
}
