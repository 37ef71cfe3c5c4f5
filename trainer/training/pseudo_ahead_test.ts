import { deepEqual, equal, rejects } from "node:assert/strict";
import { resolveConfig } from "../config/resolve.ts";
import { stepRotations } from "./joint_data.ts";
import { PseudoAhead } from "./pseudo_ahead.ts";
import type { PseudoLabels } from "./teacher_view.ts";
import type { ViewBatch } from "./view_groups.ts";

const config = resolveConfig({ preset: "smoke" });

/** A loader and a teacher that say what they are asked; labels come when `answer()` lets them. */
function parts() {
  const said: string[] = [];
  const waiting: ((labels: PseudoLabels | Error) => void)[] = [];
  const given: ViewBatch[] = [];
  const ahead = new PseudoAhead(config, {
    loader: {
      batch(step) {
        said.push(`load ${step}`);
        const pixels = Uint32Array.of(step);
        return Promise.resolve({ pixels, mask: Uint8Array.of(1), names: [`panorama ${step}`] });
      },
    },
    view: {
      begin(batch) {
        said.push(`cut ${batch.pixels[0]}`);
        given.push(batch);
        const labels = new Promise<PseudoLabels>((resolve, reject) =>
          waiting.push((answer) => answer instanceof Error ? reject(answer) : resolve(answer))
        );
        return Promise.resolve({ labels });
      },
      faces: () => Promise.resolve(new Float32Array(1)),
      masks: () => Promise.resolve(undefined),
      destroy: () => void said.push("destroy"),
    },
    viewHeight: 64,
    labels: () => undefined!,
  });
  const answer = (labels: PseudoLabels | Error): void => waiting.shift()!(labels);
  return { ahead, said, given, answer };
}

/** Long enough for everything that does not wait for an answer. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("PseudoAhead makes the batch that was begun no second time", async () => {
  const { ahead, said, given, answer } = parts();
  equal(await ahead.last(), undefined);
  await ahead.begin(3); // and does not wait for the labels
  answer({ disparity: Float32Array.of(7) });
  const { labels, names, rotations } = await ahead.batch(3);
  deepEqual([labels.disparity, names], [Float32Array.of(7), ["panorama 3"]]);
  deepEqual(rotations, stepRotations(config, 3));
  deepEqual(given[0]!.rotations, rotations);
  equal(await ahead.batch(3), await ahead.last());
  deepEqual(said, ["load 3", "cut 3"]);
});

Deno.test("PseudoAhead gives the teacher one batch at a time", async () => {
  const { ahead, said, answer } = parts();
  await ahead.begin(0);
  const next = ahead.begin(1);
  await settle();
  deepEqual(said, ["load 0", "cut 0"]);
  answer({});
  await next;
  deepEqual(said.slice(2), ["load 1", "cut 1"]);
  answer({});
  equal((await ahead.last())!.names[0], "panorama 1");
});

Deno.test("PseudoAhead makes a batch that was not begun, such as that of a replayed step", async () => {
  const { ahead, said, answer } = parts();
  await ahead.begin(5);
  answer({});
  const replayed = ahead.batch(2);
  await settle();
  answer({});
  equal((await replayed).names[0], "panorama 2");
  deepEqual(said.slice(2), ["load 2", "cut 2"]);
});

Deno.test("PseudoAhead tells of a teacher's error in the step that needs its labels, and closes all the same", async () => {
  const { ahead, said, answer } = parts();
  await ahead.begin(0);
  answer(new Error("out of memory"));
  await settle();
  await rejects(ahead.batch(0), /^Error: out of memory$/);
  await ahead.close();
  equal(said.at(-1), "destroy");
});
