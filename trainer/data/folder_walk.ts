/** The files below a folder, through symbolic links too. */

import type { SkippedFile } from "./panorama_source.ts";

/** What lies below a folder. */
export interface FolderFiles {
  /** Paths below the folder, `/` between folders, sorted by code unit. */
  readonly names: readonly string[];
  /** Links that lead nowhere, and folders further down that cannot be read. */
  readonly broken: readonly SkippedFile[];
}

/**
 * List the files below a folder, hidden ones left out. A link to a folder is walked as the folder, but for one that leads
 * back to a folder it stands in: what is there is listed already.
 *
 * @throws {Error} Deno's, if the folder itself cannot be read
 */
export async function walkFolder(root: string): Promise<FolderFiles> {
  const names: string[] = [];
  const broken: SkippedFile[] = [];
  async function walk(below: string, above: readonly string[]): Promise<void> {
    const real = await Deno.realPath(`${root}/${below}`);
    if (above.includes(real)) return;
    for (const entry of await Array.fromAsync(Deno.readDir(real))) {
      if (entry.name.startsWith(".")) continue;
      const name = below + entry.name;
      const kind = entry.isSymlink ? await target(`${root}/${name}`) : entry;
      if (kind instanceof Error) broken.push({ path: `${root}/${name}`, reason: kind.message });
      else if (kind.isDirectory) {
        await walk(`${name}/`, [...above, real]).catch(({ message }: Error) =>
          broken.push({ path: `${root}/${name}`, reason: `it cannot be searched: ${message}` })
        );
      } else names.push(name);
    }
  }
  await walk("", []);
  return { names: names.sort(), broken };
}

/** What a link leads to, or why it leads nowhere. */
async function target(path: string): Promise<{ isDirectory: boolean } | Error> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    const gone = error instanceof Deno.errors.NotFound;
    return new Error(
      gone ? "it is a link to nothing" : `it is a link that fails: ${(error as Error).message}`,
    );
  }
}
