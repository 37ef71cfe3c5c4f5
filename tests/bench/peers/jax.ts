/** jax-js on WebGPU, as a contestant. */
import {
  blockUntilReady,
  defaultDevice,
  init,
  jit,
  lax,
  numpy as np,
  tree,
  valueAndGrad,
  vjp,
} from "@jax-js/jax";
import pins from "./deno.json" with { type: "json" };
import type { SafeTensor } from "../../../trainer/formats/safetensors.ts";
import { answer, type Contestant, type Floats, type Material } from "../answer.ts";
import { equirectHalf } from "../networks/equirect_half.ts";
import { JaxLayers } from "./jax_layers.ts";
import { type ConvolutionWork, learningRate, type NetworkWork } from "../work.ts";

const versions = { "@jax-js/jax": pins.imports["@jax-js/jax"].split("@").at(-1)! };

type Arrays = Record<string, np.Array>;

async function adapter(): Promise<string> {
  await init("webgpu");
  defaultDevice("webgpu");
  const adapter = await navigator.gpu.requestAdapter();
  return adapter!.info.description;
}

function upload({ data, shape }: { data: Floats; shape: readonly number[] }): np.Array {
  return np.array(data, { shape: [...shape] });
}

async function download(x: np.Array): Promise<SafeTensor> {
  const shape = [...x.shape];
  return { shape, data: await x.data() as Floats };
}

async function convolution(work: ConvolutionWork, material: Material): Promise<Contestant> {
  const name = await adapter();
  const { stride, kernel } = work;
  const [x, weight, upstream] = ["image", "weight", "upstream"].map((n) =>
    upload(material.get(n)!)
  );
  const pad: [number, number] = [kernel >> 1, kernel >> 1];
  const all = jit((x: np.Array, w: np.Array, dy: np.Array) => {
    const forward = (x: np.Array, w: np.Array) =>
      lax.convGeneralDilated(x, w, [stride, stride], [pad, pad]);
    const [y, back] = vjp(forward, [x, w]);
    const [dx, dw] = back(dy);
    return [y, dx, dw] as [np.Array, np.Array, np.Array];
  });
  const call = () => all(x!.ref, weight!.ref, upstream!.ref);
  return {
    versions,
    adapter: name,
    async check() {
      const [y, dx, dw] = call();
      return new Map([["y", await download(y)], ["dx", await download(dx)], [
        "dw",
        await download(dw),
      ]]);
    },
    async run(iterations) {
      for (let i = 0; i < iterations; i++) {
        const made = call();
        if (i === iterations - 1) await blockUntilReady(made);
        tree.dispose(made);
      }
    },
  };
}

function berhu(prediction: np.Array, truth: np.Array): np.Array {
  const error = np.absolute(prediction.sub(truth));
  const c = lax.stopGradient(np.max(error.ref).mul(0.2));
  const far = error.ref.mul(error.ref).add(c.ref.mul(c.ref)).div(c.ref.mul(2));
  return np.mean(np.where(error.ref.lessEqual(c), error, far));
}

/** One step of Adam with bias correction for step 1: the arithmetic of any step. */
function adamStep(value: np.Array, gradient: np.Array, m: np.Array, v: np.Array) {
  const [beta1, beta2] = [0.9, 0.999];
  const m1 = m.mul(beta1).add(gradient.ref.mul(1 - beta1));
  const v1 = v.mul(beta2).add(gradient.ref.mul(gradient).mul(1 - beta2));
  const root = np.sqrt(v1.ref.mul(1 / (1 - beta2))).add(1e-8);
  const next = value.sub(m1.ref.mul(learningRate / (1 - beta1)).div(root));
  return [next, m1, v1] as const;
}

async function training(work: NetworkWork, material: Material): Promise<Contestant> {
  const name = await adapter();
  const [image, truth] = ["image", "truth"].map((n) => upload(material.get(n)!));
  const names = [...material.keys()].filter((name) => /\.(weight|bias)$/.test(name));
  const of = (make: (name: string) => np.Array): Arrays =>
    Object.fromEntries(names.map((name) => [name, make(name)]));
  let values = of((name) => upload(material.get(name)!));
  let m = of((name) => np.zeros([...material.get(name)!.shape]));
  let v = of((name) => np.zeros([...material.get(name)!.shape]));
  const lossOf = (values: Arrays, image: np.Array, truth: np.Array): np.Array =>
    berhu(equirectHalf<np.Array>(new JaxLayers(values), image, work.width), truth);
  const gradients = jit((values: Arrays, image: np.Array, truth: np.Array) =>
    valueAndGrad(lossOf)(values, image, truth) as [np.Array, Arrays]
  );
  const update = jit((values: Arrays, grads: Arrays, m: Arrays, v: Arrays) => {
    const next: [Arrays, Arrays, Arrays] = [{}, {}, {}];
    for (const name of names) {
      const step = adamStep(values[name]!, grads[name]!, m[name]!, v[name]!);
      step.forEach((part, k) => next[k]![name] = part);
    }
    return next;
  });
  const held = (arrays: Arrays): Arrays => tree.ref(arrays) as Arrays;
  const step = (): np.Array => {
    const [loss, grads] = gradients(held(values), image!.ref, truth!.ref) as [np.Array, Arrays];
    [values, m, v] = update(values, grads, m, v) as [Arrays, Arrays, Arrays];
    return loss;
  };
  return {
    versions,
    adapter: name,
    async check() {
      const [loss, grads] = gradients(held(values), image!.ref, truth!.ref) as [np.Array, Arrays];
      const result = new Map<string, SafeTensor>([
        ["loss", { shape: [1], data: await loss.data() as Floats }],
      ]);
      for (const name of names) result.set(`d ${name}`, await download(grads[name]!));
      return result;
    },
    async run(iterations) {
      for (let i = 0; i < iterations; i++) {
        const loss = step();
        if (i === iterations - 1) await blockUntilReady([loss, ...Object.values(values)]);
        loss.dispose();
      }
    },
  };
}

await answer(({ work }, material) =>
  work.kind === "convolution" ? convolution(work, material) : training(work, material)
);
Deno.exit(0);
