import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { assertClose } from "../tests/helpers/assert_close.ts";
import { tinyDepth, tinyDepthModel, tinyFaces } from "../tests/helpers/tiny_depth_model.ts";
import { openTeacher } from "./open_teacher.ts";
import { ignoreWithout } from "../tests/helpers/permissions.ts";

const need = ignoreWithout({ read: true, env: true, sys: true });

Deno.test(
  "a wasm teacher labels faces as plain loops do, with two threads, equal to the bit twice" +
    need.suffix,
  { ignore: need.ignore },
  async () => {
    const teacher = await openTeacher({ model: tinyDepthModel(), size: 14, threads: 2 });
    deepEqual([teacher.execution, teacher.threads, teacher.inputSize], ["wasm", 2, 14]);
    const faces = tinyFaces(6, 14);
    const labels = await teacher.label(faces, 6);
    assertClose(labels, tinyDepth(faces, 6, 14), { atol: 1e-5, name: "labels" });
    deepEqual(await teacher.label(faces, 6), labels);
    equal(faces.length, 6 * 3 * 14 * 14); // still ours
    await rejects(
      teacher.label(faces, 5),
      /Cannot label 5 faces of 14 pixels: the array has 3528 values, expected 2940/,
    );
    await teacher.close();
    await rejects(teacher.label(faces, 6), /as it was closed/);
  },
);

Deno.test(
  "a wasm teacher runs image -> depth exports of fixed size and batch, and rank 4" + need.suffix,
  { ignore: need.ignore },
  async () => {
    for (const batch of [1, 4]) {
      const model = tinyDepthModel({
        input: "image",
        output: "depth",
        size: 28,
        batch,
        rank4: batch === 4,
      });
      const teacher = await openTeacher({ model, threads: 1 });
      equal(teacher.inputSize, 28);
      const faces = tinyFaces(6, 28);
      assertClose(await teacher.label(faces, 6), tinyDepth(faces, 6, 28), {
        atol: 1e-5,
        name: `batch ${batch}`,
      });
      await teacher.close();
    }
  },
);

Deno.test(
  "a wasm teacher gives the same to the bit however many faces it takes in a run" + need.suffix,
  { ignore: need.ignore },
  async () => {
    const faces = tinyFaces(7, 28);
    const all = await openTeacher({ model: tinyDepthModel(), size: 28, threads: 2 });
    const wanted = await all.label(faces, 7);
    await all.close();
    for (const facesPerRun of [1, 3, 7, 9]) {
      const model = tinyDepthModel();
      const teacher = await openTeacher({ model, size: 28, threads: 2, facesPerRun });
      deepEqual(await teacher.label(faces, 7), wanted, `${facesPerRun} in a run`);
      await teacher.close();
    }
  },
);

Deno.test(
  "a wasm teacher uses a core a thread unless told otherwise, and answers calls in order" +
    need.suffix,
  { ignore: need.ignore },
  async () => {
    const teacher = await openTeacher({ model: tinyDepthModel(), size: 14 });
    equal(teacher.threads, navigator.hardwareConcurrency);
    const sets = [
      tinyFaces(1, 14),
      tinyFaces(1, 14).map((v) => -v),
      tinyFaces(1, 14).map((v) => 2 * v),
    ];
    const labels = await Promise.all(sets.map((faces) => teacher.label(faces, 1)));
    for (const [i, faces] of sets.entries()) {
      assertClose(labels[i]!, tinyDepth(faces, 1, 14), { atol: 1e-5 });
    }
    await teacher.close();
  },
);

Deno.test(
  "openTeacher() passes on what onnxruntime-web says of a model it cannot load" + need.suffix,
  { ignore: need.ignore },
  async () => {
    const { OnnxGraph } = await import("../trainer/formats/onnx.ts");
    const graph = new OnnxGraph("wrong");
    const x = graph.input("image", ["n", 3, "h", "w"]);
    graph.output("depth", graph.node("NoSuchOperator", [x]), ["n", "h", "w"]);
    await rejects(
      openTeacher({ model: graph.encode(), size: 14 }),
      /Cannot load teacher "model in memory": .*NoSuchOperator/,
    );
  },
);

Deno.test(
  "a teacher that is opened early says of a network that cannot be loaded when it is waited for" +
    need.suffix,
  {
    ignore: need.ignore,
  },
  async () => {
    const { OnnxGraph } = await import("../trainer/formats/onnx.ts");
    const graph = new OnnxGraph("wrong");
    const x = graph.input("image", ["n", 3, "h", "w"]);
    graph.output("depth", graph.node("NoSuchOperator", [x]), ["n", "h", "w"]);
    const teacher = await openTeacher({ model: graph.encode(), size: 14, threads: 1, early: true });
    equal(teacher.inputSize, 14);
    const said = /Cannot load teacher "model in memory": .*NoSuchOperator/;
    await rejects(teacher.label(new Float32Array(3 * 14 * 14), 1), said);
    await rejects(teacher.ready, said);
    await teacher.close();
  },
);

Deno.test("a teacher that is opened early labels when its network is there" + need.suffix, {
  ignore: need.ignore,
}, async () => {
  const options = { model: tinyDepthModel(), size: 14, threads: 1 };
  const early = await openTeacher({ ...options, early: true });
  const faces = tinyFaces(1, 14);
  const labels = await early.label(faces, 1);
  assertClose(labels, tinyDepth(faces, 1, 14), { atol: 1e-5 });
  await early.close();
});

Deno.test("a teacher whose output has another size is refused at its first labels" + need.suffix, {
  ignore: need.ignore,
}, async () => {
  const { OnnxGraph } = await import("../trainer/formats/onnx.ts");
  const { maxPool } = await import("../trainer/formats/onnx_layers.ts");
  const graph = new OnnxGraph("half");
  const x = graph.input("image", ["n", 3, "h", "w"]);
  graph.output("depth", maxPool(graph, x, 2, 2, 0), ["n", 3, "h2", "w2"]);
  const teacher = await openTeacher({ model: graph.encode(), size: 14, threads: 1 });
  await rejects(teacher.label(tinyFaces(2, 14), 2), (error) => {
    ok(error instanceof TypeError);
    ok(
      error.message.includes("current shape is [2, 3, 7, 7], expected [2, 14, 14]"),
      error.message,
    );
    return true;
  });
  await teacher.close();
  const few = await openTeacher({ model: graph.encode(), size: 14, threads: 1, facesPerRun: 2 });
  await rejects(few.label(tinyFaces(5, 14), 5), /is \[2, 3, 7, 7\], expected \[2, 14, 14\]/);
  await few.close();
});
