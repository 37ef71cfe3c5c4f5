/** Which files of a user's folder are panoramas, and which are their masks. */

import { folderPath } from "../formats/folder_path.ts";
import { type FolderFiles, walkFolder } from "./folder_walk.ts";
import { IMAGE_ENDINGS } from "./open_image.ts";
import type { SkippedFile } from "./panorama_source.ts";
import { isResult } from "./result_name.ts";
import type { SourceSpec } from "./spec.ts";

/** An image of a folder. */
export interface ImageFile {
  /** Path below the root, `/` between folders. */
  readonly name: string;
  readonly path: string;
  readonly mask?: string;
}

/** What a folder holds. */
export interface FolderImages {
  /** In the order of their names. */
  readonly files: readonly ImageFile[];
  /** Links that lead nowhere. */
  readonly broken: readonly SkippedFile[];
  /** What its user should know of the masks. */
  readonly notes: readonly string[];
}

/**
 * List the images of a folder. Masks are `NAME_mask` beside an image, or files below `@masks=DIR` of the same path with or
 * without `_mask`; their ending may be another. A `_mask` file is never a panorama, nor is what `deno task predict` wrote.
 *
 * @param spec `folder:PATH[@masks=DIR]`
 * @throws {Error} if a folder cannot be read, there is no image, or none of them has a mask in `@masks`
 */
export async function listImages(spec: SourceSpec): Promise<FolderImages> {
  const root = folderPath(spec.root!);
  const named = spec.options.masks === undefined ? undefined : folderPath(spec.options.masks);
  // Masks in the images' own folder are those with "_mask": else each image would be its own.
  const apart = named !== undefined && await sameFolder(root, named) ? undefined : named;
  const { names, broken } = await walk(root, spec.text);
  const elsewhere = apart === undefined ? undefined : await walk(apart, spec.text);
  const inside = apart === undefined ? undefined : await pathInside(root, apart);
  const images = names.filter((name) =>
    isImage(name) && !isMask(name) && !isResult(name) && !(inside && name.startsWith(inside))
  );
  const results = names.filter(isResult).length;
  if (images.length === 0) {
    throw new Error(
      `Cannot use "${spec.text}" as the folder holds no image: it has ${names.length} files; ` +
        `images end in ${IMAGE_ENDINGS.join(", ")}`,
    );
  }
  const masks = elsewhere ? byStem(apart!, elsewhere.names) : byStem(root, names.filter(isMask));
  const unused = new Set(masks.values());
  const files = images.map((name): ImageFile => {
    const path = `${root}/${name}`;
    const mask = (elsewhere && masks.get(stem(name))) ??
      masks.get(`${stem(name)}_mask`);
    if (mask === undefined) return { name, path };
    unused.delete(mask);
    return { name, path, mask };
  });
  const masked = files.filter(({ mask }) => mask !== undefined).length;
  if (named !== undefined && masked === 0) {
    throw new Error(
      `Cannot use "${spec.text}" as none of its ${files.length} images has a mask: the mask of "${
        files[0]!.name
      }" ` +
        `would be "${named}/${stem(files[0]!.name)}${
          apart ? "" : "_mask"
        }.png" or another image of that name`,
    );
  }
  const notes = [
    ...masks.size > 0 ? [maskNote(spec.text, files.length, masked, [...unused])] : [],
    ...results > 0 ? [`Left out of "${spec.text}": ${results} predictions of this program`] : [],
  ];
  return { files, broken: [...broken, ...elsewhere?.broken ?? []], notes };
}

/** Whether two paths lead to one folder; a path that leads nowhere is no other's. */
async function sameFolder(one: string, other: string): Promise<boolean> {
  try {
    return await Deno.realPath(one) === await Deno.realPath(other);
  } catch {
    return false; // said by who reads it
  }
}

/**
 * Look whether the folders of a source are there, and no further.
 *
 * @param spec `folder:PATH[@masks=DIR]`
 * @throws {Error} naming the folder
 */
export async function checkFolders({ root, options, text }: SourceSpec): Promise<void> {
  for (const folder of [root, options.masks]) {
    if (folder === undefined) continue;
    const found = await Deno.stat(folder).catch((error: Error) => error);
    if (found instanceof Error) throw unreadable(text, folder, found.message);
    if (!found.isDirectory) throw unreadable(text, folder, "it is a file");
  }
}

function unreadable(text: string, folder: string, reason: string): Error {
  return new Error(`Cannot open "${text}" as the folder "${folder}" cannot be read: ${reason}`);
}

function maskNote(text: string, images: number, masked: number, unused: string[]): string {
  const most = 3;
  const more = unused.length > most ? ` and ${unused.length - most} more` : "";
  const left = unused.length > 0
    ? `; masks without an image: ${unused.slice(0, most).join(", ")}${more}`
    : "";
  return `${masked} of ${images} images of "${text}" have a mask${left}`;
}

async function walk(root: string, text: string): Promise<FolderFiles> {
  try {
    return await walkFolder(root);
  } catch (error) {
    throw unreadable(text, root, (error as Error).message);
  }
}

/** The path of a folder below another, with a slash at its end, if it is there: masks are no panoramas. */
async function pathInside(root: string, folder: string): Promise<string | undefined> {
  const [outer, inner] = [await Deno.realPath(root), await Deno.realPath(folder)];
  return inner.startsWith(`${outer}/`) ? `${inner.slice(outer.length + 1)}/` : undefined;
}

/** Paths of images by their names without ending; of two that differ in the ending alone the first. */
function byStem(root: string, names: readonly string[]): Map<string, string> {
  const images = names.filter(isImage).reverse();
  return new Map(images.map((name) => [stem(name), `${root}/${name}`]));
}

function isImage(name: string): boolean {
  return IMAGE_ENDINGS.includes(name.slice(name.lastIndexOf(".") + 1).toLowerCase());
}

function isMask(name: string): boolean {
  return stem(name).endsWith("_mask");
}

function stem(name: string): string {
  return name.slice(0, name.lastIndexOf("."));
}
