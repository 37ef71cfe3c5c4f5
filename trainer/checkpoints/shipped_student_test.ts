import { deepEqual, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { RoomRenderer, styles } from "../data/rooms/rooms.ts";
import { renderHeldOut, scoreHeldOut } from "../evaluation/held_out_rooms.ts";
import { StudentPredictor } from "../evaluation/student_predictor.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { copyWeights } from "../models/initialise.ts";
import { shippedStudent } from "./shipped_student.ts";
import { openStudentCheckpoint } from "./student_checkpoint.ts";
import { openWeights } from "./weights_file.ts";

const need = ignoreWithout({ paths: [shippedStudent] });
const path = fileURLToPath(shippedStudent);

Deno.test({
  name: "The shipped student is small, its kernels float16" + need.suffix,
  ignore: need.ignore,
  async fn() {
    ok((await Deno.stat(path)).size <= 6e6);
    using file = await openWeights(path);
    const kernels = [...file.entries.values()].filter(({ shape }) => shape.length === 4);
    deepEqual(new Set(kernels.map(({ dtype }) => dtype)), new Set(["F16"]));
  },
});

/** Those that its card counts as indoors. */
const indoors = styles.filter((style) => !["street", "forest", "open"].includes(style));

Deno.test({
  name: "The shipped student halves a constant prediction's AbsRel in held-out rooms" + need.suffix,
  ignore: need.ignore,
  async fn() {
    const gpu = await testGpu();
    using checkpoint = await openStudentCheckpoint(path);
    const height = checkpoint.height!;
    const store = new ParameterStore(gpu);
    const student = { name: checkpoint.student.name, ...checkpoint.options };
    const predictor = await StudentPredictor.open(gpu, store, { student, height });
    copyWeights(store, await checkpoint.weights(), path);
    const renderer = await RoomRenderer.open(gpu);
    const set = { seed: 0, split: "test", height, perStyle: 3, styles: indoors } as const;
    const rooms = await renderHeldOut(renderer, set);
    const predictions = await predictor.predict(rooms.map(({ pixels }) => pixels));
    const { scores } = scoreHeldOut(rooms, predictions, { height, protocol: "paper" });
    const { affine, constant } = scores.all!;
    ok(affine.absRel <= 0.5 * constant.absRel, `${affine.absRel} of ${constant.absRel}`);
    renderer.destroy();
    predictor.destroy();
    store.destroy();
  },
});
