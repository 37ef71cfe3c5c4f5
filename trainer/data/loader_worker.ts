/// <reference lib="deno.worker" />
/** The thread that decodes panoramas: opens sources, then answers with pixels. {@link PanoramaLoader} owns it. */

import sharp from "sharp";
import type { LoaderReply, LoaderRequest } from "./loader.ts";
import { JoinedSource, openSource } from "./open_source.ts";
import type { PanoramaSource } from "./panorama_source.ts";

sharp.concurrency(1); // leave the other cores to the trainer
sharp.cache(false);

let source: PanoramaSource | undefined;

self.onmessage = async ({ data }: MessageEvent<LoaderRequest>) => {
  try {
    if (data.kind === "open") {
      source = new JoinedSource(
        await Promise.all(data.specs.map((spec) => openSource(spec, data.height))),
      );
      const { names, report, notes } = source;
      reply({ id: data.id, kind: "opened", names, report, notes });
    } else {
      const panorama = await source!.get(data.index, data.stops);
      const buffers = [panorama.rgba.buffer, ...panorama.mask ? [panorama.mask.buffer] : []];
      reply({ id: data.id, kind: "panorama", panorama, report: source!.report }, buffers);
    }
  } catch (error) {
    reply({ id: data.id, kind: "failed", error: error as Error });
  }
};

function reply(message: LoaderReply, transfer: Transferable[] = []): void {
  self.postMessage(message, transfer);
}
