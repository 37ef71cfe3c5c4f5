/**
 * Weights, images and truth for a work, the same for every contestant: files in a folder.
 *
 * @module
 */
import type { SafeTensor } from "../../trainer/formats/safetensors.ts";
import { writeSafetensors } from "../../trainer/formats/safetensors_file.ts";
import { fillParameter, fillUniform } from "../parity/fill_rule.ts";
import type { Floats } from "./answer.ts";
import { equirectHalf } from "./networks/equirect_half.ts";
import { exported } from "./networks/own_network.ts";
import { Tape } from "./networks/tape.ts";
import { unifuse } from "./networks/unifuse.ts";
import type { NetworkWork, Work } from "./work.ts";

const seed = "bench";

/** Paths of what was written, as requests name them. */
export interface MaterialFiles {
  readonly material: string;
  readonly tape?: string;
  readonly model?: string;
}

function filled(key: string, shape: readonly number[], map = (u: number) => u): SafeTensor {
  const u = fillUniform(seed, key, shape.reduce((a, b) => a * b, 1)) as Floats;
  return { shape, data: u.map(map) };
}

/** Writes the files of a work into a folder. */
export async function writeMaterial(folder: string, work: Work): Promise<MaterialFiles> {
  const material = `${folder}/material.safetensors`;
  if (work.kind !== "convolution") return await writeNetwork(folder, material, work);
  const { batch, height, width, inputs, outputs, kernel, stride } = work;
  const upstream = [batch, outputs, Math.ceil(height / stride), Math.ceil(width / stride)];
  const weight = [outputs, inputs, kernel, kernel];
  await writeSafetensors(material, [
    ["image", filled("image", [batch, inputs, height, width])],
    ["weight", { shape: weight, data: fillParameter(seed, "weight", weight) as Floats }],
    ["upstream", filled("upstream", upstream)],
  ]);
  return { material };
}

async function writeNetwork(
  folder: string,
  material: string,
  work: NetworkWork,
): Promise<MaterialFiles> {
  const { kind, network, batch, height, width } = work;
  const recorded = new Tape();
  const image = recorded.image([batch, 3, height, 2 * height]);
  if (network === "unifuse") unifuse(recorded, image, { height, width });
  else equirectHalf(recorded, image, width);
  const tensors = new Map<string, SafeTensor>([
    ["image", filled("image", image.shape)],
    ["truth", filled("truth", [batch, 1, height, 2 * height], (u) => 3 + 2.5 * u)],
  ]);
  const weights = new Map<string, { shape: readonly number[]; data: Floats }>();
  for (const [name, shape] of recorded.parameters) {
    weights.set(name, { shape, data: fillParameter(seed, name, shape) as Floats });
  }
  for (const [name, tensor] of weights) tensors.set(name, tensor);
  for (const [name, { outputs, taps, index, weight }] of recorded.maps) {
    const shape = [outputs, taps];
    tensors.set(`${name} index`, { shape, data: new Int32Array(index.buffer), dtype: "I32" });
    tensors.set(`${name} weight`, { shape, data: weight });
  }
  await writeSafetensors(material, tensors);
  const tape = `${folder}/tape.json`;
  await Deno.writeTextFile(tape, JSON.stringify(recorded.entries));
  if (kind === "training") return { material, tape };
  const model = `${folder}/student.onnx`;
  await Deno.writeFile(model, exported(work, weights));
  return { material, tape, model };
}
