/**
 * The files that a prediction can be written as.
 *
 * @module
 */
import sharp from "sharp";
import { encodeExr } from "../formats/exr.ts";
import { encodeGlb } from "../formats/glb.ts";
import { encodeNpy } from "../formats/npy.ts";
import { disparityTile } from "../formats/picture.ts";
import { encodePng } from "../formats/picture_file.ts";
import { encodePly } from "../formats/ply.ts";
import { withPngText } from "../formats/png_text.ts";
import { normalColors } from "./normals.ts";
import { distances, type PanoramaDepth, scaleTexts } from "./panorama_depth.ts";
import { pointCloud } from "./point_cloud.ts";
import { sphereGrid } from "./sphere_grid.ts";
import { sphereMesh } from "./sphere_mesh.ts";

/** How 3-D files are made. */
export interface SpaceOptions {
  /** Rows of points over the sphere. */
  readonly rows: number;
  /** How much farther than its nearest corner the farthest of a triangle may be, as a share. */
  readonly edge: number;
}

/** A file of a prediction: what follows the panorama's name, and its bytes. */
export type OutputFile = readonly [ending: string, bytes: Uint8Array];

type Encoder = (depth: PanoramaDepth, space: SpaceOptions) => Promise<OutputFile[]>;

/** Encoders by the flag that asks for them. */
export const encoders = { color, maps, exr, npy, ply, glb, normals } satisfies Record<
  string,
  Encoder
>;

/** A flag of {@linkcode encoders}. */
export type OutputName = keyof typeof encoders;

async function color({ image, disparity, range }: PanoramaDepth): Promise<OutputFile[]> {
  return [[
    "disparity.png",
    await encodePng(
      disparityTile(disparity, image.width, image.height, range),
    ),
  ]];
}

/** 16-bit PNG: 0 is no value, 1 … 65535 go from far to near. */
async function maps(depth: PanoramaDepth): Promise<OutputFile[]> {
  const { disparity, image: { width, height }, range: { least, most } } = depth;
  const step = most > least ? 65534 / (most - least) : 0;
  const values = new Uint16Array(disparity.length);
  for (let p = 0; p < values.length; p++) {
    const d = disparity[p]!;
    values[p] = Number.isNaN(d) ? 0 : 1 + Math.round((d - least) * step);
  }
  const png = await sharp(values, { raw: { width, height, channels: 1 } })
    .toColourspace("grey16").png({ compressionLevel: 6 }).toBuffer();
  const texts = {
    Far: `${least}`,
    Near: `${most}`,
    Values: "disparity = Far + (value - 1) / 65534 * (Near - Far); 0 has none",
    ...knownScale(depth),
  };
  return [["disparity16.png", withPngText(png, texts)]];
}

/** How distances follow, where the caller told it. */
function knownScale(depth: PanoramaDepth): Record<string, string> {
  const scale = depth.metric ? depth.scale() : undefined;
  return scale ? scaleTexts(scale) : {};
}

function exr(depth: PanoramaDepth): Promise<OutputFile[]> {
  return floats(
    depth,
    "exr",
    (values) => encodeExr(values, depth.image, { texts: knownScale(depth) }),
  );
}

function npy(depth: PanoramaDepth): Promise<OutputFile[]> {
  const { width, height } = depth.image;
  return floats(depth, "npy", (values) => encodeNpy(values, [height, width]));
}

/** Disparity, and distance where it is in metres. */
function floats(
  depth: PanoramaDepth,
  ending: string,
  encode: (values: Float32Array<ArrayBuffer>) => Uint8Array,
): Promise<OutputFile[]> {
  const files: OutputFile[] = [[`disparity.${ending}`, encode(depth.disparity)]];
  if (depth.metric) files.push([`distance.${ending}`, encode(distances(depth))]);
  return Promise.resolve(files);
}

function ply(depth: PanoramaDepth, { rows }: SpaceOptions): Promise<OutputFile[]> {
  const texts = Object.entries(scaleTexts(depth.scale())).map(([key, text]) => `${key}: ${text}`);
  const frame = "x right, y up, z backward";
  const cloud = pointCloud(sphereGrid(depth, rows), depth.image.rgba);
  return Promise.resolve([["points.ply", encodePly(cloud, [frame, ...texts])]]);
}

async function glb(depth: PanoramaDepth, { rows, edge }: SpaceOptions): Promise<OutputFile[]> {
  const { image } = depth;
  const mesh = sphereMesh(sphereGrid(depth, rows), image, edge);
  if (mesh.indices.length === 0) {
    throw new RangeError("its mesh has no triangle: give a larger --far or --edge");
  }
  const raw = { width: image.width, height: image.height, channels: 4 as const };
  const texture = await sharp(image.rgba, { raw }).removeAlpha()
    .resize({
      width: LARGEST_TEXTURE,
      height: LARGEST_TEXTURE,
      fit: "inside",
      withoutEnlargement: true,
    })
    .jpeg({ quality: 90 }).toBuffer();
  return [["mesh.glb", encodeGlb({ ...mesh, texture }, scaleTexts(depth.scale()))]];
}

/** Pixels a side that every WebGL device takes. */
const LARGEST_TEXTURE = 8192;

async function normals(depth: PanoramaDepth): Promise<OutputFile[]> {
  const { image } = depth;
  const { width, height } = image;
  const rgb = normalColors(distances(depth), image, image.placement, image.pose);
  return [["normals.png", await encodePng({ rgb, width, height })]];
}
