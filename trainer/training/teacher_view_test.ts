import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import {
  applyTaps,
  drawRotation,
  equirectToCubeTaps,
  IDENTITY,
  resizeTaps,
} from "@depth-anywhere/geometry";
import { IMAGENET, type WasmTeacher, type WebGpuTeacher } from "@depth-anywhere/teacher";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import type { Gpu } from "../gpu/device.ts";
import { readBuffer } from "../gpu/readback.ts";
import { AUGMENTATION_WORDS, augmentationWords } from "../kernels/augmentation.ts";
import { TeacherView } from "./teacher_view.ts";
import type { ViewBatch } from "./view_groups.ts";

const VIEW = 16; // height of the panoramas
const WIDTH = 2 * VIEW;
const CUT = VIEW / 2;
const rotations = [drawRotation("so3", [0.1, 0.7, 0.3]), drawRotation("so3", [0.6, 0.2, 0.9])];

/** A teacher that keeps what it is shown. */
function watcher(inputSize: number): { teacher: WasmTeacher; shown: Float32Array[] } {
  const shown: Float32Array[] = [];
  const teacher: WasmTeacher = {
    name: "watcher",
    sha256: "",
    inputSize,
    preprocessing: IMAGENET,
    execution: "wasm",
    ready: Promise.resolve(),
    threads: 1,
    label(faces, count) {
      shown.push(faces.slice());
      return Promise.resolve(new Float32Array(count * inputSize ** 2).fill(shown.length));
    },
    close: () => Promise.resolve(),
  };
  return { teacher, shown };
}

/** Smooth bytes, RGBA in a word. */
function panoramas(count: number): Uint32Array {
  const bytes = Uint8Array.from(
    { length: count * VIEW * WIDTH * 4 },
    (_, i) => i % 4 === 3 ? 255 : 128 + 100 * Math.sin((i >> 2) * 0.2 + i % 4 + i / 5000),
  );
  return new Uint32Array(bytes.buffer);
}

/** What a teacher should see of one panorama: `[6, 3, CUT, CUT]`, normalised. */
function expected(pixels: Uint32Array, rotation: typeof IDENTITY): Float32Array {
  const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const taps = equirectToCubeTaps({ height: VIEW, width: WIDTH, size: CUT, rotation });
  const planes = new Float32Array(6 * 3 * CUT * CUT);
  for (let c = 0; c < 3; c++) {
    const channel = Float32Array.from(
      { length: VIEW * WIDTH },
      (_, p) => (bytes[4 * p + c]! / 255 - IMAGENET.mean[c]!) / IMAGENET.std[c]!,
    );
    const faces = applyTaps(taps, channel);
    for (let f = 0; f < 6; f++) {
      planes.set(faces.subarray(f * CUT * CUT, (f + 1) * CUT * CUT), (f * 3 + c) * CUT * CUT);
    }
  }
  return planes;
}

const none = new Uint32Array(2 * AUGMENTATION_WORDS);
const everything = new Uint8Array(2 * VIEW * WIDTH).fill(1);

async function open(
  teacher: WasmTeacher,
  count = 2,
  recipe: "paper" | "released" = "paper",
): Promise<TeacherView> {
  const options = { batch: 2, viewHeight: VIEW, rotations: count, recipe };
  return await TeacherView.open(await testGpu(), teacher, options);
}

Deno.test("TeacherView shows the teacher the faces of each rotated panorama, image by image", async () => {
  const { teacher, shown } = watcher(CUT);
  const view = await open(teacher);
  const pixels = panoramas(2);
  const batch = { pixels, valid: everything, augmentation: none, rotations };
  const { disparity, mask } = await view.label(batch, undefined!);
  deepEqual([mask, await view.masks()], [undefined, undefined]); // everything is valid
  ok(disparity!.length === 12 * CUT * CUT && disparity!.every((value) => value === 1));
  const half = VIEW * WIDTH;
  const want = [0, 1].flatMap((i) => [
    ...expected(pixels.slice(i * half, (i + 1) * half), rotations[i]!),
  ]);
  assertClose(shown[0]!, want, { atol: 2e-5, name: "faces" }); // normalised before it is sampled
  const first = shown[0]!.subarray(0, shown[0]!.length / 2);
  assertClose((await view.faces())!, first, { atol: 0, rtol: 0, name: "faces for pictures" });
  view.destroy();
});

Deno.test("TeacherView cuts and labels in groups what an adapter cannot bind at once", async () => {
  const gpu = await testGpu();
  const small = {
    ...gpu,
    limits: { maxStorageBufferBindingSize: 8192, maxBufferSize: 8192 },
  } as Gpu;
  const valid = everything.with(VIEW * WIDTH + 7, 0); // of the second
  const augmentation = augmentationWords([{ roll: 3 }, { roll: 5, flip: true }], WIDTH);
  const batch = { pixels: panoramas(2), valid, augmentation, rotations };
  const whole = watcher(CUT);
  const parts = watcher(CUT);
  const options = { batch: 2, viewHeight: VIEW, rotations: 2, recipe: "paper" } as const;
  const views = [
    await TeacherView.open(gpu, whole.teacher, options),
    await TeacherView.open(small, parts.teacher, options),
  ];
  await views[0]!.label(batch, undefined!);
  const apart = await views[1]!.label(batch, undefined!);
  deepEqual(parts.shown.map(({ length }) => length), [6, 6].map((faces) => faces * 3 * CUT * CUT));
  deepEqual(parts.shown.flatMap((faces) => [...faces]), [...whole.shown[0]!]);
  const masks = await views[0]!.masks();
  ok(masks!.some((value, i) => i % 4 === 0 && value < 1));
  deepEqual(await views[1]!.masks(), masks);
  const [a, b] = [apart.disparity!.slice(0, 6 * CUT * CUT), apart.disparity!.slice(6 * CUT * CUT)];
  ok(a.every((value) => value === 1) && b.every((value) => value === 2)); // each group's own labels
  deepEqual(await views[1]!.faces(), await views[0]!.faces());
  views.forEach((view) => view.destroy());
  await rejects(
    TeacherView.open(
      { ...small, limits: { ...small.limits, maxBufferSize: 8191 } },
      parts.teacher,
      options,
    ),
    /faces need 8192 bytes at once, and this adapter binds at most 8191: lower teacher.size or/,
  );
});

Deno.test("TeacherView turns all panoramas of a step by one rotation, or each by its own", async () => {
  const { teacher, shown } = watcher(CUT);
  const view = await open(teacher, 1);
  const pixels = panoramas(2);
  const [rotation] = rotations;
  const batch = { pixels, valid: everything, augmentation: none, rotations: [rotation!] };
  await view.label(batch, undefined!);
  const half = VIEW * WIDTH;
  const want = [
    ...expected(pixels.slice(0, half), rotation!),
    ...expected(pixels.slice(half), rotation!),
  ];
  assertClose(shown[0]!, want, { atol: 2e-5, name: "faces" });
  view.destroy();
});

Deno.test("TeacherView rolls and mirrors as the student's input, but leaves colours alone", async () => {
  const { teacher, shown } = watcher(CUT);
  const view = await open(teacher);
  const jitter = {
    order: ["hue", "contrast", "brightness", "saturation"],
    brightness: 1.4,
    contrast: 0.7,
    saturation: 1.3,
    hue: 0.1,
  } as const;
  const pixels = panoramas(2);
  const augmentation = augmentationWords([{ roll: 5, jitter }, { roll: 5, flip: true }], WIDTH);
  const both = [IDENTITY, IDENTITY];
  await view.label({ pixels, valid: everything, augmentation, rotations: both }, undefined!);
  const moved = pixels.map((_, p) => {
    const [row, column, second] = [Math.floor(p / WIDTH), p % WIDTH, p >= VIEW * WIDTH];
    const from = second ? WIDTH - 1 - column : column; // mirrored after the roll
    return pixels[row * WIDTH + (from - 5 + WIDTH) % WIDTH]!;
  });
  await view.label(
    { pixels: moved, valid: everything, augmentation: none, rotations: both },
    undefined!,
  );
  assertClose(shown[0]!, shown[1]!, { atol: 1e-6, name: "faces" });
  view.destroy();
});

Deno.test("TeacherView cuts the masks with the faces", async () => {
  const { teacher } = watcher(CUT);
  const view = await open(teacher);
  const valid = everything.map((_, p) => Math.floor(p / WIDTH) % VIEW < VIEW / 2 ? 1 : 0);
  const batch = {
    pixels: panoramas(2),
    valid,
    augmentation: none,
    rotations: [IDENTITY, IDENTITY],
  };
  await view.label(batch, undefined!);
  const mask = await view.masks();
  const area = CUT * CUT;
  const share = (face: number): number => {
    let sum = 0;
    for (let p = 0; p < area; p++) sum += mask![(face * area + p) * 4]!;
    return sum / area;
  };
  const shares = Array.from({ length: 12 }, (_, face) => share(face)); // B D F L R U, twice
  const want = [0.5, 0, 0.5, 0.5, 0.5, 1];
  shares.forEach((got, face) => ok(Math.abs(got - want[face % 6]!) <= 1 / CUT, `${shares}`));
  view.destroy();
});

/** Labels of the buffers that are made meanwhile. */
async function buffersOf(work: () => Promise<void>): Promise<string[]> {
  const { device } = await testGpu();
  const made: string[] = [];
  device.createBuffer = (descriptor) => {
    made.push(descriptor.label!);
    return GPUDevice.prototype.createBuffer.call(device, descriptor);
  };
  try {
    await work();
  } finally {
    delete (device as Partial<GPUDevice>).createBuffer;
  }
  return made;
}

Deno.test("TeacherView has nothing to do with masks before a batch has one, or when they are not wanted", async () => {
  const batch = { pixels: panoramas(2), valid: everything, augmentation: none, rotations };
  const masked = { ...batch, valid: everything.with(5, 0) };
  const made = (masks: boolean, batches: readonly ViewBatch[]): Promise<string[]> =>
    buffersOf(async () => {
      const options = { batch: 2, viewHeight: VIEW, rotations: 2, recipe: "paper", masks } as const;
      const view = await TeacherView.open(await testGpu(), watcher(CUT).teacher, options);
      for (const one of batches) await view.label(one, undefined!);
      equal(await view.masks() === undefined, !(masks && batches.includes(masked)));
      view.destroy();
    });
  const plain = await made(true, [batch]);
  ok(plain.includes("view pixels") && !plain.includes("view valid"), `${plain}`);
  ok((await made(true, [batch, masked])).includes("view valid"));
  ok(!(await made(false, [batch, masked])).includes("view valid"));
});

Deno.test("TeacherView keeps the masks of a step on the GPU: it reads back the faces of a wasm teacher alone", async () => {
  const batch = {
    pixels: panoramas(2),
    valid: everything.with(5, 0),
    augmentation: none,
    rotations,
  };
  const wasm = watcher(CUT).teacher;
  const webgpu: WebGpuTeacher = { ...wasm, execution: "webgpu", label: () => Promise.resolve() };
  for (const teacher of [wasm, webgpu]) {
    const view = await TeacherView.open(await testGpu(), teacher, {
      batch: 2,
      viewHeight: VIEW,
      rotations: 2,
      recipe: "paper",
    });
    let mask: GPUBuffer | undefined;
    const made = await buffersOf(async () => void ({ mask } = await view.label(batch, undefined!)));
    equal(made.filter((label) => label === "readback").length, teacher === wasm ? 1 : 0);
    const { device } = await testGpu();
    deepEqual(await readBuffer(device, mask!, 0, mask!.size), await view.masks());
    view.destroy();
  }
});

for (const recipe of ["paper", "released"] as const) {
  Deno.test(`TeacherView shrinks faces for a small teacher by the ${recipe} filter`, async () => {
    const [whole, small] = [watcher(CUT), watcher(2)];
    const batch = { pixels: panoramas(2), valid: everything, augmentation: none, rotations };
    for (const { teacher } of [whole, small]) {
      const view = await open(teacher, 2, recipe);
      await view.label(batch, undefined!);
      view.destroy();
    }
    const taps = resizeTaps({
      height: CUT,
      width: CUT,
      toHeight: 2,
      toWidth: 2,
      sampling: recipe === "paper" ? "antialiased" : "bilinear",
    });
    const want = Array.from({ length: 12 * 3 }, (_, plane) => [
      ...applyTaps(taps, whole.shown[0]!.subarray(plane * CUT * CUT, (plane + 1) * CUT * CUT)),
    ]);
    assertClose(small.shown[0]!, want.flat(), { atol: 1e-5, name: "faces" });
  });
}

Deno.test("TeacherView brings faces to the side that the teacher wants", async () => {
  const { teacher, shown } = watcher(14);
  const view = await open(teacher);
  const batch = { pixels: panoramas(2), valid: everything, augmentation: none, rotations };
  const { disparity } = await view.label(batch, undefined!);
  equal(shown[0]!.length, 12 * 3 * 14 * 14);
  equal(disparity!.length, 12 * 14 * 14);
  view.destroy();
});
