/** onnxruntime-web in WebAssembly threads, as a contestant. */
import * as ort from "onnxruntime-web"; // this build, and no other, runs more than one thread in Deno
import { answer } from "../answer.ts";
import { openModel } from "./onnxruntime.ts";

await answer((request, material) => openModel(ort, "wasm", request, material));
Deno.exit(0);
