/**
 * From what the caller names (files, folders, globs) to image files and the names of their results.
 *
 * @module
 */
import { glob } from "node:fs/promises";
import { resolve, sep as separator } from "node:path";
import { walkFolder } from "../data/folder_walk.ts";
import { IMAGE_ENDINGS } from "../data/open_image.ts";
import { isResult } from "../data/result_name.ts";

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

const endings = new RegExp(`\\.(${IMAGE_ENDINGS.join("|")})$`, "i");

/**
 * Find the images. A named file is taken whatever its ending; folders are searched to any depth, through links too, hidden
 * files and folders left out; a name that is no file or folder and has one of `*?[{` is a glob, and folders that it matches are
 * searched as if they were named. The same file named twice is taken once; two that would be called the same get a number.
 *
 * Nothing that is called as a result is taken for an input unless it is named itself.
 *
 * @param output folder of the results, which is not searched below a named folder
 * @param names in the order of the command line; what one name stands for is sorted naturally (frame2 before frame10)
 */
export async function findInputs(
  names: readonly string[],
  output: string,
): Promise<FoundInputs> {
  const results = resolve(output);
  const isBelow = (path: string): boolean => resolve(path).startsWith(`${results}${separator}`);
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
  /** Gives the number of images. */
  const addFolder = async (folder: string): Promise<number> => {
    const root = folder.replace(/\/+$/, "") || "/";
    const { names, broken } = await walkFolder(root).catch(({ message }: Error) => ({
      names: [],
      broken: [{ path: folder, reason: `it cannot be searched: ${message}` }],
    }));
    problems.push(...broken);
    const within = isBelow(`${root}/any`); // the images lie in the output folder themselves
    const images = names.filter((name) =>
      endings.test(name) && !isResult(name) && (within || !isBelow(`${root}/${name}`))
    );
    for (const name of images.sort(natural)) add(`${root}/${name}`, stem(name));
    return images.length;
  };
  for (const named of names) {
    if (await isFolder(named)) {
      if (await addFolder(named) > 0) continue;
      problems.push({ path: named, reason: `it has no images (${IMAGE_ENDINGS.join(", ")})` });
    } else if (/[*?[{]/.test(named) && !await isThere(named)) {
      let found = 0;
      for (const path of (await Array.fromAsync(glob(named))).sort(natural)) {
        if (await isFolder(path)) found += await addFolder(path);
        else if (endings.test(path) && !isResult(path)) {
          add(path, stem(baseName(path)));
          found++;
        }
      }
      if (found === 0) problems.push({ path: named, reason: "it matches no image" });
    } else {
      add(named, stem(baseName(named))); // one that is not there is reported when it is read
    }
  }
  return { files: [...files.values()], problems };
}

function isThere(path: string): Promise<boolean> {
  return Deno.stat(path).then(() => true, () => false);
}

function isFolder(path: string): Promise<boolean> {
  return Deno.stat(path).then(({ isDirectory }) => isDirectory, () => false);
}

const natural = new Intl.Collator("en", { numeric: true }).compare;

function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

function stem(name: string): string {
  return name.replace(/\.[^./]+$/, "");
}
