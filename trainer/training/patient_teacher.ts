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
 * The same teacher, asked patiently. One on the GPU stays as it is: it is soon done with a question. Labels do not depend on
 * what is asked together.
 *
 * @param signal ends the asking: later labels, and those of questions that are partly answered, are rejected
 */
export function patient(teacher: Teacher, signal: AbortSignal): Teacher {
  return teacher.execution === "wasm" ? inTurns(teacher, signal) : teacher;
}

function inTurns(teacher: WasmTeacher, signal: AbortSignal): WasmTeacher {
  const area = teacher.inputSize ** 2;
  let before: Promise<unknown> = Promise.resolve();
  const label: WasmTeacher["label"] = async (faces, count) => {
    const labels = new Float32Array(count * area);
    for (let first = 0; first < count; first += most) {
      signal.throwIfAborted();
      const some = Math.min(most, count - first);
      const part = faces.slice(first * 3 * area, (first + some) * 3 * area); // a view would be sent with all of its buffer
      labels.set(await teacher.label(part, some), first * area);
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
