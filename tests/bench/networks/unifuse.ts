/** UniFuse with squeeze-excite `cee` fusion over {@link SphereLayers}: for peers that can train all of it. */
import { equirectToCubeTaps, unifuseCubeToEquirectTaps } from "@depth-anywhere/geometry";
import { atWidth } from "../../../trainer/models/resnet.ts";
import { decode, encode } from "./equirect_half.ts";
import type { SphereLayers } from "./layers.ts";

const fusionIndex = [11, 8, 5, 2, 0];
const channels = [64, 64, 128, 256, 512];

/** `image`: 3 channels, `height` a multiple of 64. */
export function unifuse<T>(
  layers: SphereLayers<T>,
  image: T,
  { height, width: multiplier }: { readonly height: number; readonly width: number },
): T {
  const size = height / 2;
  const strip = equirectToCubeTaps({ height, width: 2 * height, size, layout: "strip" });
  const cube = layers.resample("e2c strip", image, strip, {
    height: size,
    width: size,
    faces: "to",
  });
  const equi = encode(layers, "equi_encoder", image, multiplier);
  const faces = encode(layers, "cube_encoder", cube, multiplier);
  const count = atWidth(channels, multiplier);
  const fused = (level: number): T => {
    const [rows, columns] = [height >> (level + 1), height >> level];
    const taps = unifuseCubeToEquirectTaps({ height: rows, width: columns, size: rows / 2 });
    const projected = layers.resample(`c2e ${rows}`, faces[level]!, taps, {
      height: rows,
      width: columns,
      faces: "from",
    });
    return fuse(
      layers,
      `equi_decoder.${fusionIndex[level]}`,
      equi[level]!,
      projected,
      count[level]!,
    );
  };
  return decode(layers, fused(4), fused, multiplier);
}

function fuse<T>(layers: SphereLayers<T>, name: string, equi: T, cube: T, channels: number): T {
  let x = layers.conv(`${name}.res_conv1`, layers.concat([equi, cube]), { channels, kernel: 1 });
  x = layers.relu(layers.norm(`${name}.res_bn1`, x));
  x = layers.norm(`${name}.res_bn2`, layers.conv(`${name}.res_conv2`, x, { channels, kernel: 3 }));
  const joined = layers.concat([equi, layers.add(x, cube)]);
  const pooled = layers.averagePool(joined);
  const squeezed = layers.relu(
    layers.linear(`${name}.selayer.fc.0`, pooled, Math.max(1, channels / 8)),
  );
  const excited = layers.sigmoid(layers.linear(`${name}.selayer.fc.2`, squeezed, 2 * channels), 1);
  const weighted = layers.multiplyChannels(joined, excited);
  return layers.relu(layers.conv(`${name}.conv`, weighted, { channels, kernel: 1 }));
}
