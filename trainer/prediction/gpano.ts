/**
 * Google's panorama metadata (GPano, photosphere XMP): which part of the sphere an image shows and how the camera was held.
 * https://developers.google.com/streetview/spherical-metadata
 *
 * @module
 */
import { type Matrix3, multiply, pitch, roll, yaw } from "@depth-anywhere/geometry";
import type { Placement } from "./placement.ts";

/** What an image's metadata say. */
export interface GPano {
  /** Undefined where they say nothing of a crop. */
  readonly placement?: Placement;
  /**
   * From the image's frame to a level one that looks north: x east, y down, z north. Undefined where no pose is told.
   */
  readonly pose?: Matrix3;
}

const NAMESPACE = "http://ns.google.com/photos/1.0/panorama/";

/** The `GPano:` values of an XMP packet by name; undefined where it has none. */
function valuesOf(xmp: string): Map<string, string> | undefined {
  const prefix = new RegExp(`xmlns:([\\w-]+)=["']${NAMESPACE}["']`).exec(xmp)?.[1];
  if (prefix === undefined) return undefined;
  const attribute = `${prefix}:(\\w+)\\s*=\\s*["']([^"']*)["']`;
  const element = `<${prefix}:(\\w+)[^>/]*>([^<]*)</`;
  return new Map(
    Array.from(
      xmp.matchAll(new RegExp(`${attribute}|${element}`, "g")),
      ([, a, b, c, d]) => [(a ?? c)!, (b ?? d)!.trim()],
    ),
  );
}

/**
 * Read an XMP packet.
 *
 * @param image size of the image, which may have been resized after its metadata were written
 * @throws {RangeError} when it is of another projection than equirectangular, a value is no number, or the crop does not
 *   fit the panorama or the image
 */
export function readGPano(
  xmp: string,
  image: { readonly width: number; readonly height: number },
): GPano | undefined {
  const values = valuesOf(xmp);
  if (!values || values.size === 0) return undefined;
  const projection = values.get("ProjectionType");
  if (projection && projection !== "equirectangular") {
    throw new RangeError(`its GPano projection is "${projection}": expected equirectangular`);
  }
  const placement = placementOf(values, image);
  const pose = poseOf(values);
  return { ...(placement && { placement }), ...(pose && { pose }) };
}

function numberOf(values: Map<string, string>, name: string): number | undefined {
  const text = values.get(name);
  if (text === undefined) return undefined;
  const value = text === "" ? NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new RangeError(`its GPano:${name} is "${text}", which is no number: take the metadata out`);
}

function placementOf(
  values: Map<string, string>,
  { width, height }: { readonly width: number; readonly height: number },
): Placement | undefined {
  const pixels = (name: string) => numberOf(values, name);
  const fullWidth = pixels("FullPanoWidthPixels");
  const fullHeight = pixels("FullPanoHeightPixels") ?? (fullWidth && fullWidth / 2);
  if (fullWidth === undefined || fullHeight === undefined) return undefined;
  const cropWidth = pixels("CroppedAreaImageWidthPixels") ?? fullWidth; // of a whole panorama nothing was cropped
  const cropHeight = pixels("CroppedAreaImageHeightPixels") ?? fullHeight;
  const left = pixels("CroppedAreaLeftPixels") ?? 0;
  const top = pixels("CroppedAreaTopPixels") ?? 0;
  const says = `its GPano metadata say ${cropWidth}x${cropHeight} at (${left}, ${top}) of ` +
    `${fullWidth}x${fullHeight}`;
  if (Math.abs(fullWidth - 2 * fullHeight) > 2) {
    throw new RangeError(`${says}: the panorama's width must be twice its height`);
  }
  if (
    !(cropWidth > 0 && cropHeight > 0) || cropWidth > fullWidth || left < 0 || top < 0 ||
    top + cropHeight > fullHeight
  ) throw new RangeError(`${says}: that part does not lie inside the panorama`);
  const scale = width / cropWidth; // an image that was resized keeps its metadata
  if (Math.abs(cropHeight * scale - height) > Math.max(2, 0.01 * height)) {
    throw new RangeError(`${says}, but it is ${width}x${height}: take the metadata out`);
  }
  const rows = Math.max(Math.round(fullHeight * scale), height);
  return {
    fullWidth: Math.max(Math.round(fullWidth * scale), width),
    fullHeight: rows,
    left: Math.round(left * scale),
    top: Math.min(Math.round(top * scale), rows - height),
  };
}

function poseOf(values: Map<string, string>): Matrix3 | undefined {
  const angle = (axis: string) => {
    const name = `Pose${axis}Degrees`;
    if (/^(nan)?$/i.test(values.get(name) ?? "")) return 0; // written by cameras without a sensor
    return numberOf(values, name)! * Math.PI / 180;
  };
  const [heading, up, clockwise] = [angle("Heading"), angle("Pitch"), angle("Roll")];
  if (heading === 0 && up === 0 && clockwise === 0) return undefined;
  return multiply(multiply(yaw(heading), pitch(up)), roll(clockwise));
}
