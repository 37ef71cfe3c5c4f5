/** A model file in memory, with what lies beside it. */

import type { OnnxForm } from "./onnx_form.ts";
import { readOnnxForm } from "./onnx_form.ts";

/** A model ready to become a session. */
export interface LoadedModel {
  /** What to call it. */
  readonly name: string;
  /** The ONNX file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** SHA-256, hexadecimal: of the file, or, with side files, of the SHA-256s of all of them. */
  readonly sha256: string;
  /** SHA-256 of the ONNX file alone. */
  readonly fileSha256: string;
  /** Inputs, outputs and metadata. */
  readonly form: OnnxForm;
  /** Side files with weights. */
  readonly externalData: readonly {
    readonly path: string;
    readonly data: Uint8Array<ArrayBuffer>;
  }[];
}

/**
 * Read a model from a path, with the external data it names from the same folder.
 *
 * @param name what to call it in errors
 * @param path of the `.onnx` file
 * @throws {Error} if the file or a side file is missing or unreadable
 * @throws {SyntaxError} if it is not an ONNX model, or names side files outside its folder
 */
export async function loadModel(name: string, path: string): Promise<LoadedModel> {
  const model = await modelOf(name, await read(name, path));
  const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
  const externalData = [];
  for (const side of model.form.externalData) {
    checkSidePath(name, side);
    externalData.push({ path: side, data: await read(name, `${folder}/${side}`) });
  }
  if (externalData.length === 0) return model;
  const digests = [model.fileSha256];
  for (const { data } of externalData) digests.push(await sha256Of(data));
  const sha256 = await sha256Of(new TextEncoder().encode(digests.join("\n")));
  return { ...model, sha256, externalData };
}

/**
 * A model from memory; it must be complete.
 *
 * @throws {SyntaxError} if it is not an ONNX model, or needs external data
 */
export async function modelFromBytes(name: string, bytes: Uint8Array): Promise<LoadedModel> {
  const model = await modelOf(name, bytes.slice());
  if (model.form.externalData.length > 0) {
    throw new SyntaxError(
      `Cannot read "${name}" from memory as its weights are in other files: ${
        model.form.externalData.join(", ")
      }; give its path`,
    );
  }
  return model;
}

/** Refuse a side file that would lie outside the model's folder. */
export function checkSidePath(name: string, side: string): void {
  if (!side.startsWith("/") && !side.includes("\\") && !side.split("/").includes("..")) return;
  throw new SyntaxError(`Cannot read "${name}" as it names weights outside its folder: "${side}"`);
}

async function modelOf(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<LoadedModel> {
  const form = readOnnxForm(bytes, name);
  const sha256 = await sha256Of(bytes);
  return { name, bytes, sha256, fileSha256: sha256, form, externalData: [] };
}

async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

async function read(name: string, path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound
      ? "there is no such file"
      : (error as Error).message;
    throw new Error(`Cannot open teacher "${name}" as "${path}" cannot be read: ${reason}`, {
      cause: error,
    });
  }
}
