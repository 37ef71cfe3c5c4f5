import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { distillationPath, faceDisparity, type Matrix3 } from "@depth-anywhere/geometry";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import {
  evaluationRotations,
  type FaceLabels,
  type LabelFaces,
  type LabelledPanorama,
  type PseudoResult,
  PseudoSet,
} from "./pseudo_set.ts";
import type { StudentPredictor } from "./student_predictor.ts";

const HEIGHT = 16;
const options = { height: HEIGHT, rotations: 3 };

/** The disparity of a room of other sizes, `[H, 2H]`. */
function truth(seed: number): Float32Array {
  return Float32Array.from(
    { length: 2 * HEIGHT * HEIGHT },
    (_, p) => 1 + 0.5 * Math.sin(p / 11 + seed) * Math.cos(Math.floor(p / 32) / 3),
  );
}

/** A teacher that knows the disparity of the panorama whose first word is its seed. */
function label({ pixels }: LabelledPanorama, rotation: Matrix3): Promise<FaceLabels> {
  const path = distillationPath({ height: HEIGHT, width: 2 * HEIGHT, size: HEIGHT / 2, rotation });
  const disparity = faceDisparity(path, truth(pixels[0]!)).map((value) => 40 * value + 7);
  return Promise.resolve({ disparity });
}

/** A student that answers by a function of the panorama's seed. */
function student(answer: (seed: number) => Float32Array): StudentPredictor {
  const predict = (all: readonly Uint32Array[]) =>
    Promise.resolve(all.map(([seed]) => answer(seed!)));
  return { predict } as unknown as StudentPredictor;
}

/** What a student scores. */
async function score(set: PseudoSet, student: StudentPredictor): Promise<PseudoResult> {
  return await set.score(await set.predict(student));
}

/** A teacher that is asked for one panorama at a time, as it is asked for some. */
function each(
  label: (panorama: LabelledPanorama, rotation: Matrix3) => Promise<FaceLabels>,
): LabelFaces {
  return (panoramas, rotation) => {
    const labels = Promise.all(panoramas.map((panorama) => label(panorama, rotation)));
    return Promise.resolve({ labels });
  };
}

/** One set. */
function labelled(
  panoramas: readonly LabelledPanorama[],
  one: (panorama: LabelledPanorama, rotation: Matrix3) => Promise<FaceLabels>,
  sizes: { height: number; rotations: number },
): PseudoSet {
  const [set] = PseudoSet.label([panoramas], each(one), { ...sizes, atOnce: 2 });
  return set!;
}

const panoramas = [{ name: "a", pixels: Uint32Array.of(1) }, {
  name: "b",
  pixels: Uint32Array.of(2),
}];

Deno.test("PseudoSet scores 0 for who knows what the teacher knows, up to its scale and shift", async () => {
  const set = labelled(panoramas, label, options);
  const { loss, byPanorama } = await score(set, student(truth));
  assertClose([loss, byPanorama.a!, byPanorama.b!], [0, 0, 0], { atol: 1e-5, name: "loss" });
  // a scale of the panorama is a scale of the faces; a shift of it is none of theirs (zDepth = distance · cos α)
  const scaled = await score(set, student((seed) => truth(seed).map((value) => 3 * value)));
  assertClose([scaled.loss], [0], { atol: 1e-5, name: "loss of a multiple" });
  const shifted = await score(set, student((seed) => truth(seed).map((value) => value + 3)));
  ok(shifted.loss > 0.1, `${shifted.loss}`);
});

Deno.test("PseudoSet scores 1 for flat faces, more for wrong ones, image by image", async () => {
  const set = labelled(panoramas, label, options);
  const wrong = await score(set, student((seed) => truth(seed).map((value) => -value)));
  ok(wrong.loss > 1, `${wrong.loss}`);
  const half = await score(set, student(() => truth(1)));
  ok(half.byPanorama.a! < 1e-5 && half.byPanorama.b! > 0.3);
  assertClose([half.loss], [(half.byPanorama.a! + half.byPanorama.b!) / 2], { name: "mean" });
  const flat = await score(set, student(() => new Float32Array(2 * HEIGHT * HEIGHT)));
  assertClose([flat.loss], [1], { atol: 1e-6, name: "loss of nothing" });
  equal(flat.seam, 1);
  const sphere = await score(set, student(() => new Float32Array(2 * HEIGHT * HEIGHT).fill(4)));
  assertClose([sphere.loss], [sphere.constant], { atol: 1e-5, name: "loss of one distance" });
  ok(sphere.constant !== 1);
});

Deno.test("PseudoSet counts panoramas of one name each for itself", async () => {
  const twins = panoramas.map((panorama) => ({ ...panorama, name: "a" }));
  const knowing = student(() => truth(1));
  const { loss } = await score(labelled(twins, label, options), knowing);
  const other = await score(labelled([twins[1]!], label, options), knowing);
  assertClose([loss], [other.loss / 2], { atol: 1e-5, name: "mean of none and the other's" });
});

Deno.test("PseudoSet brings the teacher's labels to its own size", async () => {
  const coarse = labelled(panoramas, async (panorama, rotation) => {
    const { disparity: faces } = await label(panorama, rotation);
    const size = HEIGHT / 2;
    const disparity = Float32Array.from({ length: 4 * faces.length }, (_, i) => {
      const [row, column] = [Math.floor(i / (2 * size)) % (2 * size), i % (2 * size)];
      const face = Math.floor(i / (4 * size * size));
      return faces[(face * size + (row >> 1)) * size + (column >> 1)]!;
    });
    return { disparity };
  }, options);
  const { loss } = await score(coarse, student(truth));
  ok(loss < 1e-4, `${loss}`); // twice each pixel, halved again
});

Deno.test("PseudoSet labels all panoramas of all sets under one rotation before the next, some at once", async () => {
  const order: string[] = [];
  const turns = evaluationRotations(2).map(String);
  const sets = PseudoSet.label(
    [panoramas, panoramas.slice(1)],
    (some, rotation) => {
      order.push(`${some.map(({ name }) => name).join("")}${turns.indexOf(String(rotation))}`);
      return each(label)(some, rotation);
    },
    { height: HEIGHT, rotations: 2, atOnce: 2 },
  );
  const names = sets.map(async (set) => Object.keys((await score(set, student(truth))).byPanorama));
  deepEqual(await Promise.all(names), [["a", "b"], ["b"]]);
  deepEqual(order, ["ab0", "b0", "ab1", "b1"]);
});

Deno.test("PseudoSet does not wait for labels before it asks for more, and fails as they do", async () => {
  const late = Promise.withResolvers<FaceLabels[]>();
  let asked = 0;
  const label: LabelFaces = () => {
    if (++asked === 6) late.reject(new Error("no memory"));
    return Promise.resolve({ labels: late.promise });
  };
  const [set] = PseudoSet.label([panoramas], label, { ...options, atOnce: 1 });
  const predictions = await set!.predict(student(truth));
  await rejects(set!.labelled(), /no memory/);
  await rejects(set!.score(predictions), /no memory/);
  equal(asked, 6);
});

for (const cut of [HEIGHT / 2, HEIGHT]) {
  Deno.test(`PseudoSet counts valid pixels only, masks of ${cut}x${cut}`, async () => {
    const wrongBelow = async (panorama: LabelledPanorama, rotation: Matrix3) => {
      const { disparity } = await label(panorama, rotation);
      const size = HEIGHT / 2;
      return disparity.map((value, i) => i % (size * size) < size * size / 2 ? value : -value);
    };
    const half = Float32Array.from(
      { length: 6 * cut * cut },
      (_, i) => i % (cut * cut) < cut * cut / 2 ? 1 : 0,
    );
    const loss = async (valid?: Float32Array): Promise<number> => {
      const set = labelled(
        panoramas,
        async (panorama, rotation) => ({ disparity: await wrongBelow(panorama, rotation), valid }),
        options,
      );
      return (await score(set, student(truth))).loss;
    };
    ok(await loss() > 0.5);
    assertClose([await loss(half)], [0], { atol: 1e-5, name: "loss of the valid half" });
  });
}

Deno.test("evaluationRotations() are fixed, proper and different", () => {
  const rotations = evaluationRotations(8);
  deepEqual(evaluationRotations(3), rotations.slice(0, 3));
  equal(new Set(rotations.map(String)).size, 8);
  for (const r of rotations) {
    const lengths = [0, 3, 6].map((i) => Math.hypot(r[i]!, r[i + 1]!, r[i + 2]!));
    assertClose(lengths, [1, 1, 1], { name: "rows" });
  }
});
