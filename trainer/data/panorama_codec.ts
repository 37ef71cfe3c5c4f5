/**
 * A resized panorama as a file, without loss: a PNG of `2 height` columns. That of a picture has `height` rows and can be
 * looked at; that of light has more, as its pixels are the bytes of what is kept of it.
 *
 * @module
 */
import sharp from "sharp";
import { byteImage, type LightPanorama, type PanoramaImage } from "./panorama_image.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Bytes of the metering in front of light: two numbers of 64 bits. */
const HEAD = 16;

/** The file of an image. 30 ms of another thread for 1024×512, about 1 MB. */
export async function encodePanorama(image: PanoramaImage): Promise<Bytes> {
  const pixels = image.kind === "bytes" ? image.rgba : packed(image);
  const raw = {
    width: image.width,
    height: pixels.length / (4 * image.width),
    channels: 4,
  } as const;
  const file = await sharp(pixels, { raw })
    .png({ compressionLevel: 2, adaptiveFiltering: image.kind === "bytes" }).toBuffer();
  return new Uint8Array(file);
}

/**
 * The image of a file.
 *
 * @throws {Error} if it is damaged, or no panorama of that height
 */
export async function decodePanorama(file: Bytes, height: number): Promise<PanoramaImage> {
  const { data, info } = await sharp(file).raw().toBuffer({
    resolveWithObject: true,
  });
  const width = 2 * height;
  const pixels = new Uint8Array(data); // a copy, as sharp's own memory cannot go to another thread
  if (info.width !== width || info.channels !== 4) throw new RangeError("it has another size");
  if (info.height !== height) return unpacked(pixels, width, height);
  const valid = new Uint8Array(width * height);
  for (let i = 0; i < valid.length; i++) valid[i] = pixels[i * 4 + 3]! >> 7;
  return byteImage(pixels, width, height, valid.includes(0) ? valid : undefined);
}

/** Metering, `[height, width, 3]` floats, a mask or none, up to a whole row. */
function packed({ width, height, rgb, metering, mask }: LightPanorama): Bytes {
  const used = HEAD + rgb.byteLength + width * height;
  const bytes = new Uint8Array(Math.ceil(used / (4 * width)) * 4 * width);
  new Float64Array(bytes.buffer, 0, 2).set([metering.middle, metering.bright]);
  new Float32Array(bytes.buffer, HEAD, rgb.length).set(rgb);
  if (mask) bytes.set(mask, HEAD + rgb.byteLength);
  else bytes.fill(1, HEAD + rgb.byteLength, used);
  return bytes;
}

function unpacked({ buffer }: Bytes, width: number, height: number): LightPanorama {
  const [middle, bright] = new Float64Array(buffer, 0, 2);
  const rgb = new Float32Array(buffer, HEAD, 3 * width * height).slice();
  const valid = new Uint8Array(buffer, HEAD + rgb.byteLength, width * height).slice();
  const mask = valid.includes(0) ? valid : undefined;
  return {
    kind: "light",
    width,
    height,
    rgb,
    metering: { middle: middle!, bright: bright! },
    mask,
    bytes: rgb.byteLength + (mask?.length ?? 0),
  };
}
