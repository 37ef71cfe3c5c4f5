/** Downloads that resume, verify and never leave a partial file under the final name. */

import { createHash } from "node:crypto";

/** How far a download is. */
export interface DownloadProgress {
  /** The final path. */
  readonly path: string;
  /** Bytes on disk. */
  readonly received: number;
  /** Size of the file in bytes, when the server said it. */
  readonly total: number | undefined;
}

/** Settings of a download. */
export interface DownloadOptions {
  /** Called after every chunk. */
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Attempts in a row that may fail before giving up; 4 when absent. */
  readonly attempts?: number;
  /** Milliseconds before the second attempt, doubled for each further one; 300 when absent. */
  readonly pause?: number;
}

/** What the server says of a file. */
interface RemoteFile {
  readonly size: number | undefined;
  readonly sha256: string | undefined;
  readonly etag: string;
}

/** A failure that a further attempt cannot mend. */
class FinalError extends Error {}

/**
 * Download a file. An interrupted download goes on where it stopped (HTTP Range), in this call and in a later one.
 * The size is checked, and the SHA-256 when the server gives one, as the Hugging Face hub does for large files.
 *
 * @param url address
 * @param path final path; its folder is created
 * @returns the file's SHA-256, hexadecimal; also written beside it, as `path.sha256`
 * @throws {Error} if the server cannot be reached or has no such file, or the content is not what it announced
 */
export async function download(
  url: string,
  path: string,
  options: DownloadOptions = {},
): Promise<string> {
  const { attempts = 4, pause = 300 } = options;
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  const remote = await patiently(attempts, pause, () => describe(url));
  // the name of the part tells the content, so that a changed file is never continued
  const part = `${path}.${
    createHash("sha256").update(`${remote.etag} ${remote.size}`).digest("hex").slice(0, 12)
  }.part`;
  using file = await Deno.open(part, { read: true, write: true, create: true });
  await file.lock(true); // a second process waits here, then finds the part complete or the file there
  if (await exists(path) && !(await exists(part))) return await hashFile(path);
  let before = -1;
  let failures = 0;
  while (!(await isComplete(file, remote))) {
    const broken = await receive(url, file, remote, (received) => {
      options.onProgress?.({ path, received, total: remote.size });
    }).then(() => undefined, (error: Error) => error);
    if (broken instanceof FinalError) throw broken;
    if (!broken && remote.size === undefined) break;
    const { size } = await file.stat();
    if (size === remote.size) break;
    failures = size > before ? 1 : failures + 1; // progress earns new patience
    before = size;
    if (failures >= attempts) {
      throw broken ??
        new Error(`Cannot download ${url}: the server stops at ${size} of ${remote.size} bytes`);
    }
    await new Promise((resolve) => setTimeout(resolve, pause * 2 ** (failures - 1)));
  }
  const sha256 = await hashFile(part);
  if (remote.sha256 !== undefined && sha256 !== remote.sha256) {
    await Deno.remove(part);
    throw new Error(
      `Cannot keep ${url} as its SHA-256 is ${sha256}, the server announced ${remote.sha256}; try again`,
    );
  }
  await file.sync();
  await Deno.writeTextFile(`${path}.sha256`, `${sha256}\n`);
  await Deno.rename(part, path);
  return sha256;
}

async function patiently<T>(attempts: number, pause: number, act: () => Promise<T>): Promise<T> {
  for (let failures = 1;; failures++) {
    try {
      return await act();
    } catch (error) {
      if (error instanceof FinalError || failures >= attempts) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause * 2 ** (failures - 1)));
    }
  }
}

/** Ask for size, checksum and version. The hub tells them before it redirects to its storage. */
async function describe(url: string): Promise<RemoteFile> {
  const first = await head(url);
  let last = first;
  for (let hops = 0; last.status >= 300 && last.status < 400 && hops < 10; hops++) {
    last = await head(new URL(last.headers.get("location")!, last.url).href);
  }
  const silent = last.status === 405 || (last.status === 403 && last !== first); // some stores refuse HEAD
  if (!silent) checkStatus(url, last.status);
  const linked = first.headers.get("x-linked-etag")?.replace(/^W\//, "").replaceAll('"', "");
  const size = first.headers.get("x-linked-size") ??
    (silent ? null : last.headers.get("content-length"));
  return {
    size: size === null ? undefined : Number(size),
    sha256: linked && /^[0-9a-f]{64}$/.test(linked) ? linked : undefined,
    etag: linked ?? last.headers.get("etag") ?? "",
  };
}

async function head(url: string): Promise<Response> {
  const headers = { "accept-encoding": "identity" };
  const response = await fetch(url, { method: "HEAD", redirect: "manual", headers });
  await response.body?.cancel();
  return response;
}

function checkStatus(url: string, status: number): void {
  if (status < 400) return;
  const reason = status === 404
    ? "there is no such file"
    : status === 401 || status === 403
    ? "it needs an account or does not exist"
    : `the server answers ${status}`;
  const message = `Cannot download ${url}: ${reason}`;
  throw status >= 500 || status === 429 ? new Error(message) : new FinalError(message);
}

async function isComplete(file: Deno.FsFile, { size }: RemoteFile): Promise<boolean> {
  const has = (await file.stat()).size;
  if (size !== undefined && has > size) await file.truncate(0);
  return has === size;
}

/** Append what is missing, or start over if the server does not resume. */
async function receive(
  url: string,
  file: Deno.FsFile,
  { etag }: RemoteFile,
  progress: (received: number) => void,
): Promise<void> {
  let received = (await file.stat()).size;
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (received > 0) {
    headers.range = `bytes=${received}-`;
    if (etag.startsWith('"')) headers["if-range"] = etag;
  }
  const response = await fetch(url, { headers });
  if (response.status === 416) {
    await file.truncate(0);
    throw new Error(`Cannot resume ${url}: the server has no bytes after ${received}`);
  }
  checkStatus(url, response.status);
  const start = /^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "")?.[1];
  if (response.status !== 206 || Number(start) !== received) {
    await file.truncate(0);
    received = 0;
    if (response.status === 206) {
      throw new Error(`Cannot resume ${url}: the server sent another range`);
    }
  }
  await file.seek(received, Deno.SeekMode.Start);
  for await (const chunk of response.body ?? []) {
    for (let done = 0; done < chunk.length;) done += await file.write(chunk.subarray(done));
    received += chunk.length;
    progress(received);
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  for await (const chunk of file.readable) hash.update(chunk);
  return hash.digest("hex");
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
