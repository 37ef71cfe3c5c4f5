/**
 * Resized panoramas on disk: from the second epoch on, and in every later run, a training reads small files instead of a
 * camera's large ones.
 *
 * @module
 */
import { resolve } from "node:path";
import sharp from "sharp";
import { writeFileAtomic } from "../formats/atomic_file.ts";
import type { Decode } from "./decoder_pool.ts";
import { turns } from "./decoding.ts";
import { PIXELS_VERSION } from "./image_file.ts";
import { decodePanorama, encodePanorama } from "./panorama_codec.ts";
import type { PanoramaImage } from "./panorama_image.ts";

/** Where a cache is and how large it may become. */
export interface DiskCacheOptions {
  readonly folder: string;
  /** Bytes of all files. Runs that write at the same time may go above it; the next one that writes removes it. */
  readonly limit: number;
}

/** Files that are read or written at once: they are small, but a folder may be asked for whole. */
const AT_ONCE = 4;

/**
 * One file for each image file, mask, and height, where the image has at least twice that height: smaller ones are decoded
 * about as fast. What was not used for longest is removed for new ones, but nothing that this run uses: of a folder that does
 * not fit whole, a part stays, instead of each epoch pushing out what the next needs. Nothing that goes wrong here is an
 * error of the training; damaged files are written anew.
 */
export class DiskCache {
  /** Says why nothing can be kept, if so. */
  readonly note?: string;
  readonly #folder: string;
  readonly #limit: number;
  readonly #reading = turns(AT_ONCE);
  readonly #writing = turns(AT_ONCE);
  /** Names of what this run has read or written. */
  readonly #used = new Set<string>();
  /** Bytes by name, oldest first; listed before the first file is written. */
  #files?: Promise<Map<string, number>>;
  #full: boolean;

  private constructor({ folder, limit }: DiskCacheOptions, note: string | undefined) {
    this.#folder = folder;
    this.#limit = limit;
    this.#full = note !== undefined;
    if (note !== undefined) this.note = note;
  }

  /** Look whether the folder can be written; a folder that cannot is still read. */
  static async open(options: DiskCacheOptions): Promise<DiskCache> {
    const { folder } = options;
    try {
      await Deno.mkdir(folder, { recursive: true, mode: 0o700 }); // pictures of the user
      await Deno.remove(await Deno.makeTempFile({ dir: folder }));
      return new DiskCache(options, undefined);
    } catch (error) {
      const reason = (error as Error).message;
      return new DiskCache(options, `Resized panoramas are not kept in "${folder}": ${reason}`);
    }
  }

  /** Decode what is not kept, and keep it. */
  around(decode: Decode): Decode {
    return async (path, height, mask) => {
      const name = await nameOf(path, height, mask).catch(() => undefined); // decoding says what is wrong
      const kept = name && await this.#reading(() => this.#read(name, height));
      if (kept) return kept;
      const image = await decode(path, height, mask);
      // A file that was changed meanwhile must not be kept under the name of what it was.
      const after = name && await nameOf(path, height, mask).catch(() => undefined);
      if (name && after === name) {
        await this.#writing(async () => {
          if (await isLarge(path, height)) await this.#keep(name, image);
        });
      }
      return image;
    };
  }

  async #read(name: string, height: number): Promise<PanoramaImage | undefined> {
    const path = `${this.#folder}/${name}`;
    try {
      const image = await decodePanorama(await Deno.readFile(path), height);
      if (!this.#used.has(name)) await Deno.utime(path, new Date(), new Date()).catch(() => {});
      this.#used.add(name);
      return image;
    } catch {
      return undefined; // absent or damaged
    }
  }

  async #keep(name: string, image: PanoramaImage): Promise<void> {
    if (this.#full || this.#used.has(name)) return;
    try {
      const file = await encodePanorama(image);
      const files = await (this.#files ??= listFiles(this.#folder));
      if (this.#used.has(name)) return; // asked for twice at the same time
      const old = room(files, this.#used, this.#limit - file.length);
      if (!old) {
        this.#full = true; // of what this run uses: more would be encoded in vain, epoch by epoch
        return;
      }
      files.delete(name); // a damaged one: the new one is the youngest
      files.set(name, file.length);
      this.#used.add(name);
      for (const other of old) await Deno.remove(`${this.#folder}/${other}`).catch(() => {});
      await writeFileAtomic(`${this.#folder}/${name}`, file);
    } catch {
      this.#full = true; // the disk is, or the folder has gone: the training goes on without
    }
  }
}

/** Whether an image has twice the rows; what sharp cannot read takes long in any case. */
async function isLarge(path: string, height: number): Promise<boolean> {
  const rows = await sharp(path).metadata().then(
    ({ autoOrient }) => autoOrient.height,
    () => Infinity,
  );
  return rows >= 2 * height;
}

/** Take the oldest unused files out of a list until the rest has at most `limit` bytes; `undefined` where it cannot. */
function room(
  files: Map<string, number>,
  used: ReadonlySet<string>,
  limit: number,
): string[] | undefined {
  let bytes = files.values().reduce((sum, size) => sum + size, 0);
  const old: string[] = [];
  for (const [name, size] of files) {
    if (bytes <= limit) break;
    if (used.has(name)) continue;
    old.push(name);
    bytes -= size;
  }
  if (bytes > limit) return undefined;
  for (const name of old) files.delete(name);
  return old;
}

/** Bytes of the files of a folder by name, the oldest first: also those that a broken run left half-written. */
async function listFiles(folder: string): Promise<Map<string, number>> {
  const files: { name: string; size: number; time: number }[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    const found = await Deno.stat(`${folder}/${name}`).catch(() => undefined); // another run removed it
    if (found?.isFile) files.push({ name, size: found.size, time: found.mtime?.getTime() ?? 0 });
  }
  files.sort((a, b) => a.time - b.time);
  return new Map(files.map(({ name, size }) => [name, size]));
}

/** The name under which a panorama is kept: another one when anything changes that its pixels depend on. */
async function nameOf(path: string, height: number, mask?: string): Promise<string> {
  const files = await Promise.all([path, ...mask === undefined ? [] : [mask]].map(async (path) => {
    const { size, mtime } = await Deno.stat(path);
    return [resolve(path), size, mtime?.getTime()];
  }));
  const text = JSON.stringify([PIXELS_VERSION, sharp.versions, height, files]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `${new Uint8Array(digest).toHex().slice(0, 32)}.png`;
}
