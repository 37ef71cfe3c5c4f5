import { deepEqual, equal, rejects } from "node:assert/strict";
import type { Teacher, WasmTeacher } from "@depth-anywhere/teacher";
import { redTeacher } from "../../tests/helpers/red_teacher.ts";
import { patient } from "./patient_teacher.ts";

const { signal } = new AbortController();
const size = 4;
const red = redTeacher(size);

/** A teacher that answers one question after the other, and who asked. */
function answering(asked: number[]): WasmTeacher {
  let before: Promise<unknown> = Promise.resolve();
  return {
    ...red,
    label(faces, count) {
      asked.push(count);
      const answer = before.then(() => red.label(faces, count));
      before = answer;
      return answer;
    },
  };
}

function faces(count: number): Float32Array {
  return Float32Array.from({ length: count * 3 * size ** 2 }, (_, i) => Math.sin(i));
}

Deno.test("patient() labels the same, and lets others come between", async () => {
  const asked: number[] = [];
  const teacher = answering(asked);
  const waiting = patient(teacher, signal) as WasmTeacher;
  const order: string[] = [];
  const [labels] = await Promise.all([
    waiting.label(faces(36), 36).then((labels) => (order.push("evaluation"), labels)),
    waiting.label(faces(6), 6).then(() => order.push("evaluation")),
    Promise.resolve().then(() => teacher.label(faces(24), 24)).then(() => order.push("step")),
  ]);
  deepEqual(labels, await red.label(faces(36), 36));
  deepEqual(asked, [12, 24, 12, 12, 6]);
  deepEqual(order, ["step", "evaluation", "evaluation"]);
});

Deno.test("patient() answers later questions after one that failed, and leaves a teacher on the GPU alone", async () => {
  const waiting = patient(red, signal) as WasmTeacher;
  const failing = {
    ...red,
    label: (_: Float32Array, count: number) =>
      count > 6 ? Promise.reject(new Error("no memory")) : red.label(_, count),
  };
  const other = patient(failing, signal) as WasmTeacher;
  const bad = other.label(faces(12), 12);
  const good = other.label(faces(6), 6);
  await rejects(bad, /no memory/);
  deepEqual(await good, await waiting.label(faces(6), 6));
  const gpu = { execution: "webgpu" } as Teacher;
  equal(patient(gpu, signal), gpu);
});

Deno.test("patient() stops asking in the middle of a question", async () => {
  const stop = new AbortController();
  const asked: number[] = [];
  const answering: WasmTeacher["label"] = (faces, count) => {
    if (asked.push(count) === 2) stop.abort();
    return red.label(faces, count);
  };
  const waiting = patient({ ...red, label: answering }, stop.signal) as WasmTeacher;
  const questions = [waiting.label(faces(36), 36), waiting.label(faces(6), 6)];
  for (const question of questions) await rejects(question, { name: "AbortError" });
  deepEqual(asked, [12, 12]);
});

Deno.test("patient() sends the faces of a question and no more", async () => {
  const sizes: number[] = [];
  const label: WasmTeacher["label"] = (faces, count) => {
    sizes.push(faces.buffer.byteLength / 4);
    return red.label(faces, count);
  };
  await (patient({ ...red, label }, signal) as WasmTeacher).label(faces(18), 18);
  deepEqual(sizes, [12, 6].map((count) => count * 3 * size ** 2));
});
