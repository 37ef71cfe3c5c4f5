/// <reference lib="deno.worker" />
/** The thread that decodes panoramas: opens sources, then answers with pixels. {@link PanoramaLoader} owns it. */

import sharp from "sharp";
import { type Decode, DecoderPool } from "./decoder_pool.ts";
import { endTurns } from "./decoding.ts";
import { DiskCache } from "./disk_cache.ts";
import { decodeHere } from "./folder_source.ts";
import type { LoaderReply, LoaderRequest, OpenRequest } from "./loader.ts";
import { JoinedSource, openSource } from "./open_source.ts";
import type { PanoramaSource } from "./panorama_source.ts";
import { parseSpec } from "./spec.ts";

sharp.concurrency(1); // of the process: leave the other cores to the trainer, or to other images
sharp.cache(false);

let source: PanoramaSource | undefined;
let pool: DecoderPool | undefined;

self.onmessage = async ({ data }: MessageEvent<LoaderRequest>) => {
  if (data.kind === "end") {
    await endTurns();
    pool?.[Symbol.dispose]();
    reply({ kind: "ended" });
    return;
  }
  try {
    if (data.kind === "open") {
      const { decode, notes: more } = await decoder(data);
      source = new JoinedSource(
        await Promise.all(data.specs.map((spec) => openSource(spec, data.height, { decode }))),
      );
      const { names, report, notes } = source;
      reply({ id: data.id, kind: "opened", names, report, notes: [...notes, ...more] });
    } else {
      const panorama = await source!.get(data.index, data.stops);
      const buffers = [panorama.rgba.buffer, ...panorama.mask ? [panorama.mask.buffer] : []];
      reply({ id: data.id, kind: "panorama", panorama, report: source!.report }, buffers);
    }
  } catch (error) {
    reply({ id: data.id, kind: "failed", error: error as Error });
  }
};

/** Who decodes images of folders, and what their user should know of the cache. */
async function decoder(
  { specs, decoders, cache }: OpenRequest,
): Promise<{ decode: Decode; notes: readonly string[] }> {
  pool = decoders > 1 ? new DecoderPool(decoders) : undefined;
  const decode = pool?.decode ?? decodeHere;
  if (!cache || !specs.some((spec) => parseSpec(spec).name === "folder")) {
    return { decode, notes: [] };
  }
  const disk = await DiskCache.open(cache);
  return { decode: disk.around(decode), notes: disk.note === undefined ? [] : [disk.note] };
}

function reply(message: LoaderReply, transfer: Transferable[] = []): void {
  self.postMessage(message, transfer);
}
