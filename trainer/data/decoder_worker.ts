/// <reference lib="deno.worker" />
/** A thread that decodes one image at a time. A DecoderPool owns it. */

import type { DecodeReply, DecodeRequest } from "./decoder_pool.ts";
import { readPanorama } from "./image_file.ts";
import { buffersOf } from "./panorama_image.ts";

self.onmessage = async ({ data: { path, height, mask } }: MessageEvent<DecodeRequest>) => {
  try {
    const image = await readPanorama(path, height, mask);
    reply({ image }, buffersOf(image));
  } catch (error) {
    reply({ error: error as Error });
  }
};

function reply(message: DecodeReply, transfer: Transferable[] = []): void {
  self.postMessage(message, transfer);
}
