import { deepEqual, rejects } from "node:assert/strict";
import { assertClose } from "../tests/helpers/assert_close.ts";
import { tinyDepth, tinyDepthModel, tinyFaces } from "../tests/helpers/tiny_depth_model.ts";
import { ignoreWithout } from "../tests/helpers/permissions.ts";
import { openTeacher } from "./open_teacher.ts";

const need = ignoreWithout({ read: true, env: true, sys: true });
const adapter = await navigator.gpu?.requestAdapter();
const suffix = need.suffix || (adapter ? "" : " (skipped: no WebGPU adapter)");

Deno.test({
  name: "a WebGPU teacher labels faces on the given device, whole and in parts" + suffix,
  ignore: suffix !== "",
  async fn() {
    // as openGpu() asks: Deno grants subgroups without listing them, and its compiler refuses "enable subgroups;"
    const subgroups = "subgroups" as GPUFeatureName;
    const device = await adapter!.requestDevice({ requiredFeatures: [subgroups] })
      .catch(() => adapter!.requestDevice());
    const errors: string[] = [];
    device.addEventListener(
      "uncapturederror",
      (event) => errors.push((event as GPUUncapturedErrorEvent).error.message),
    );
    const [count, size] = [5, 28];
    const data = tinyFaces(count, size);
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const faces = device.createBuffer({ size: data.byteLength + 256, usage }); // pool buffers are larger than needed
    const labels = device.createBuffer({ size: 4 * count * size * size, usage });
    const reading = device.createBuffer({
      size: labels.size,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    device.queue.writeBuffer(faces, 0, data);
    const want = tinyDepth(data, count, size);

    for (const options of [{}, { facesPerRun: 2 }, { batch: 3 }]) {
      const model = tinyDepthModel({ batch: (options as { batch?: number }).batch });
      const teacher = await openTeacher({ model, size, ...options }, device);
      deepEqual([teacher.execution, teacher.inputSize], ["webgpu", size]);
      for (let repeat = 0; repeat < 2; repeat++) {
        device.queue.writeBuffer(labels, 0, new Float32Array(count * size * size));
        await teacher.label(faces, count, labels);
        const encoder = device.createCommandEncoder();
        encoder.copyBufferToBuffer(labels, 0, reading, 0, labels.size);
        device.queue.submit([encoder.finish()]);
        await reading.mapAsync(GPUMapMode.READ);
        assertClose(new Float32Array(reading.getMappedRange()), want, {
          atol: 1e-4,
          name: JSON.stringify(options),
        });
        reading.unmap();
      }
      // two at a time, as a training and its evaluation ask: each gets the labels of its own faces
      const halves = [0, 1].map((half) => {
        const own = device.createBuffer({ size: data.byteLength, usage });
        device.queue.writeBuffer(own, 0, half === 0 ? data : data.map((x) => 1 - x));
        return own;
      });
      const results = halves.map(() => device.createBuffer({ size: labels.size, usage }));
      await Promise.all(halves.map((own, i) => teacher.label(own, count, results[i]!)));
      for (const [i, result] of results.entries()) {
        const encoder = device.createCommandEncoder();
        encoder.copyBufferToBuffer(result, 0, reading, 0, labels.size);
        device.queue.submit([encoder.finish()]);
        await reading.mapAsync(GPUMapMode.READ);
        const own = i === 0 ? want : tinyDepth(data.map((x) => 1 - x), count, size);
        assertClose(new Float32Array(reading.getMappedRange()), own, {
          atol: 1e-4,
          name: `${JSON.stringify(options)}, question ${i}`,
        });
        reading.unmap();
      }
      for (const buffer of [...halves, ...results]) buffer.destroy();
      await rejects(
        teacher.label(faces, 1, labels, 5),
        /Cannot label faces as the buffer of labels is small/,
      );
      await rejects(
        teacher.label(faces, 6, labels),
        /Cannot label faces as the buffer of faces is small/,
      );
      await teacher.close();
    }
    device.queue.writeBuffer(faces, 0, data); // the device is still ours and works
    await device.queue.onSubmittedWorkDone();
    deepEqual(errors, []);
    for (const buffer of [faces, labels, reading]) buffer.destroy();
    device.destroy();
  },
});
