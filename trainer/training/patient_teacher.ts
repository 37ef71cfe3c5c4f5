/**
 * A teacher for work that can wait: it is given little at a time, so that the faces of a training step are never long
 * behind those of an evaluation.
 *
 * @module
 */
import type { Teacher, WasmTeacher } from "@depth-anywhere/teacher";

/** Faces of one question: two panoramas'. */
const most = 12;

/**
 * The same teacher, asked patiently. One on the GPU stays as it is: what it is asked is submitted in turns with the rest.
 * Its labels do not depend on what is asked together.
 */
export function patient(teacher: Teacher): Teacher {
  return teacher.execution === "wasm" ? inTurns(teacher) : teacher;
}

function inTurns(teacher: WasmTeacher): WasmTeacher {
  const { inputSize } = teacher;
  let before: Promise<unknown> = Promise.resolve();
  const label: WasmTeacher["label"] = async (faces, count) => {
    const labels = new Float32Array(count * inputSize ** 2);
    for (let first = 0; first < count; first += most) {
      const some = Math.min(most, count - first);
      const face = 3 * inputSize ** 2;
      const part = faces.subarray(first * face, (first + some) * face);
      labels.set(await teacher.label(part, some), first * inputSize ** 2);
    }
    return labels;
  };
  return {
    ...teacher,
    label(faces, count) {
      const coming = before.then(() => label(faces, count));
      before = coming.catch(() => {}); // said to who asked
      return coming;
    },
  };
}
