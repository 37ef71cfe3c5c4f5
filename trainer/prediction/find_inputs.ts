/**
 * From what the caller names (files, folders, globs) to image files and the names of their results.
 *
 * @module
 */
import { glob } from "node:fs/promises";
import { resolve, sep as separator } from "node:path";
import { IMAGE_ENDINGS } from "../data/open_image.ts";

/** An image to predict. */
export interface InputFile {
  readonly path: string;
  /** Where its results go below the output folder, without an ending; folders below a named one are kept. */
  readonly name: string;
}

/** What was found, and what was named but is not there. */
export interface FoundInputs {
  readonly files: readonly InputFile[];
  readonly problems: readonly { readonly path: string; readonly reason: string }[];
}

/** What this command calls its own pictures: `outputs.ts`. */
const result = /-(disparity|disparity16|distance|normals)\.(png|exr)$/;

const endings = new RegExp(`\\.(${IMAGE_ENDINGS.join("|")})$`, "i");

/**
 * Find the images. A named file is taken whatever its ending; folders are searched to any depth; a name that is no file or
 * folder and has one of `*?[{` is a glob. The same file named twice is taken once; two that would be called the same get a
 * number.
 *
 * @param output folder of the results. A second run must not take them for inputs: below a named folder it is not searched, and
 * where the images lie in it themselves, what is called as a result is left out
 * @param names in the order of the command line; what one name stands for is sorted naturally (frame2 before frame10)
 */
export async function findInputs(
  names: readonly string[],
  output: string,
): Promise<FoundInputs> {
  const results = resolve(output);
  const isResult = (path: string): boolean =>
    result.test(path) && resolve(path).startsWith(`${results}${separator}`);
  const files = new Map<string, InputFile>();
  const taken = new Set<string>();
  const problems: { path: string; reason: string }[] = [];
  const add = (path: string, name: string): void => {
    if (files.has(path)) return;
    let free = name;
    for (let n = 2; taken.has(free); n++) free = `${name}-${n}`;
    taken.add(free);
    files.set(path, { path, name: free });
  };
  for (const named of names) {
    const info = await Deno.stat(named).catch(() => undefined);
    if (info?.isDirectory) {
      const root = named.replace(/\/+$/, "") || "/";
      const unreadable = (path: string, reason: string): number =>
        problems.push({ path, reason: `it cannot be searched: ${reason}` });
      const images = await imagesBelow(root, results === resolve(root) ? "" : results, unreadable);
      const below = images.filter((path) => !isResult(path));
      if (below.length === 0) {
        problems.push({ path: named, reason: `it has no images (${IMAGE_ENDINGS.join(", ")})` });
      }
      for (const path of below) add(path, stem(path.slice(root.length + 1)));
    } else if (!info && /[*?[{]/.test(named)) {
      const found = (await Array.fromAsync(glob(named))).filter((path) =>
        endings.test(path) && !isResult(path)
      );
      if (found.length === 0) problems.push({ path: named, reason: "it matches no image" });
      for (const path of found.sort(natural)) add(path, stem(baseName(path)));
    } else {
      add(named, stem(baseName(named))); // one that is not there is reported when it is read
    }
  }
  return { files: [...files.values()], problems };
}

/** @param except a folder that is not searched */
async function imagesBelow(
  folder: string,
  except: string,
  unreadable: (path: string, reason: string) => void,
): Promise<string[]> {
  const found: string[] = [];
  if (resolve(folder) === except) return found;
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = `${folder}/${name}`;
      if (isDirectory) found.push(...await imagesBelow(path, except, unreadable));
      else if (endings.test(name)) found.push(path);
    }
  } catch (error) {
    unreadable(folder, (error as Error).message);
  }
  return found.sort(natural);
}

const natural = new Intl.Collator("en", { numeric: true }).compare;

function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

function stem(name: string): string {
  return name.replace(/\.[^./]+$/, "");
}
