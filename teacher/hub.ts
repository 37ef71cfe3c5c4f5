/** Models by name: which file of which repository of the Hugging Face hub, and where it is kept. */

/** A file of a repository. */
export interface HubFile {
  /** `owner/name`. */
  readonly repository: string;
  /** Branch, tag or commit. */
  readonly revision: string;
  /** Path of the file in the repository. */
  readonly path: string;
}

/** A model with a short name. */
export interface NamedModel extends HubFile {
  /** Licence of the weights. */
  readonly licence: string;
}

const MODEL = "onnx/model.onnx";

/** Short names of the Depth Anything exports. */
export const NAMED_MODELS: Readonly<Record<string, NamedModel>> = {
  "depth-anything-small": named("Xenova/depth-anything-small-hf", "Apache-2.0"),
  "depth-anything-base": named("Xenova/depth-anything-base-hf", "Apache-2.0"),
  "depth-anything-large": named("Xenova/depth-anything-large-hf", "Apache-2.0"), // the paper's teacher
  "depth-anything-v2-small": named("onnx-community/depth-anything-v2-small", "Apache-2.0"),
  "depth-anything-v2-base": named("onnx-community/depth-anything-v2-base", "CC-BY-NC-4.0"),
  "depth-anything-v2-large": named("onnx-community/depth-anything-v2-large", "CC-BY-NC-4.0"),
};

function named(repository: string, licence: string): NamedModel {
  return { repository, revision: "main", path: MODEL, licence };
}

/** Where files are downloaded from unless HF_ENDPOINT names a mirror. */
export const HUB = "https://huggingface.co";

/**
 * Parse a hub name: a short name, or `owner/name[@revision][:path.onnx]`.
 *
 * @returns undefined if the text is neither
 */
export function parseHubName(text: string): HubFile | undefined {
  if (Object.hasOwn(NAMED_MODELS, text)) return NAMED_MODELS[text];
  const match = /^([\w-][\w.-]*\/[\w-][\w.-]*?)(?:@([\w][\w./-]*))?(?::([\w-][\w./-]*\.onnx))?$/
    .exec(text);
  if (!match || (match[1]!.endsWith(".onnx") && !match[3]) || text.includes("..")) return undefined;
  return { repository: match[1]!, revision: match[2] ?? "main", path: match[3] ?? MODEL };
}

/** The address of a file. */
export function hubUrl({ repository, revision, path }: HubFile, hub: string = HUB): string {
  return `${hub.replace(/\/+$/, "")}/${repository}/resolve/${encodeURIComponent(revision)}/${path}`;
}

/** Where a file is kept below the cache folder. */
export function cachePath({ repository, revision, path }: HubFile, cache: string): string {
  return `${cache}/models/${repository}/${encodeURIComponent(revision)}/${path}`;
}

/**
 * The cache folder: `DEPTH_ANYWHERE_CACHE`, or `depth-anywhere` in the user's cache folder.
 *
 * @param env reads an environment variable
 */
export function cacheFolder(env: (name: string) => string | undefined): string {
  const own = env("DEPTH_ANYWHERE_CACHE");
  if (own) return own;
  const base = env("XDG_CACHE_HOME") || env("LOCALAPPDATA") || `${env("HOME") ?? "."}/.cache`;
  return `${base}/depth-anywhere`;
}
