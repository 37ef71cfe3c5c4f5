/**
 * Who takes part in which kind of contest.
 *
 * @module
 */
import { runProcess } from "../helpers/command.ts";
import type { Entry } from "./contest.ts";
import { peer, python, typescript } from "./contestant_process.ts";
import type { Work } from "./work.ts";

/** This project's name in the tables; always the first entry. */
export const ownName = "this project";

/** Names of the peers, as figures and claims use them. */
export const peerNames = {
  tfjs: "tfjs-webgpu",
  jax: "jax-js",
  ortWasm: "onnxruntime-web wasm",
  ortWebgpu: "onnxruntime-web WebGPU",
  torch: "PyTorch CPU",
} as const;

/** Pythons that are tried for torch: the user's, and the system's, which Debian's python3-torch is for. */
const pythons = ["python3", "/usr/bin/python3"];

/**
 * PyTorch on all threads and on one, or why there is none. Its threads wait for each other by spinning: on a machine
 * that has other work to do, one can be faster than all.
 */
export async function torchEntries(candidates: readonly string[] = pythons): Promise<Entry[]> {
  const name = peerNames.torch;
  for (const program of candidates) {
    const { code } = await runProcess(program, ["-c", "import torch, numpy"])
      .catch(() => ({ code: 1 })); // no such program
    const start = python(program, "pytorch");
    if (code !== 0) continue;
    const takesSides = true;
    return [
      { name, start, takesSides },
      { name: `${name}, 1 thread`, start, threads: 1, takesSides },
    ];
  }
  return [{ name, absent: `no torch in ${candidates.join(" or ")}` }];
}

/** The entries of a work. */
export function entriesFor(work: Work, torch: readonly Entry[]): Entry[] {
  const own: Entry = { name: ownName, start: typescript("own") };
  const tfjs: Entry = { name: peerNames.tfjs, start: peer("tfjs") };
  const jax: Entry = { name: peerNames.jax, start: peer("jax") };
  if (work.kind === "inference") {
    const wasm: Entry = { name: peerNames.ortWasm, start: typescript("ort_wasm") };
    const webgpu: Entry = { name: peerNames.ortWebgpu, start: typescript("ort_webgpu") };
    return [own, wasm, webgpu, ...torch];
  }
  if (work.kind === "training" && work.network === "unifuse") return [own, ...torch];
  return [own, tfjs, jax, ...torch];
}
