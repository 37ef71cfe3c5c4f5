import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { resolveConfig } from "../config/resolve.ts";
import type { Gpu } from "../gpu/device.ts";
import type { JointFigures } from "../training/joint_evaluation.ts";
import type { JointStart } from "../training/joint_start.ts";
import { conclude, introduction, opened } from "./train_report.ts";

const gpu = { name: "llvmpipe", kind: "cpu", subgroups: true } as Gpu;

function introduced(set: readonly string[], folder: string): string {
  return introduction(gpu, resolveConfig({ preset: "smoke", set }), folder);
}

Deno.test("introduction() says where data are missing on purpose", () => {
  const text = introduced(["batch.unlabeled=0"], "runs/a");
  match(text, /^labelled {4}\d a step of rooms$/m);
  match(text, /^unlabelled {2}none$/m);
  match(introduced(["batch.labeled=0"], "runs/a"), /^labelled {4}none$/m);
});

Deno.test("introduction() tells of mixed precision, and of nothing else", () => {
  match(introduced(["precision=mixed"], "runs/a"), /^precision {3}mixed: feature maps as 16-bit/m);
  doesNotMatch(introduced([], "runs/a"), /precision/);
});

Deno.test("introduction() names the folder that the dashboard is to show", () => {
  const shown = (folder: string): string => / --runs (.*)$/m.exec(introduced([], folder))![1]!;
  equal(shown("runs/a"), "runs");
  equal(shown("a"), ".");
  equal(shown("/a"), "/");
  equal(shown("/data/runs/a"), "/data/runs");
});

/** Figures of which only one number matters. */
function figures(loss: number): JointFigures {
  const metrics = { absRel: 0.5, delta1: 0.5, delta2: 0.5, delta3: 0.5 };
  const scores = { all: { affine: metrics, median: metrics, constant: metrics } };
  const pseudo = { loss, seam: 1, constant: 0.8, byPanorama: {} };
  const all = { rooms: { scores, seam: 1 }, pseudo: { train: pseudo, heldOut: pseudo } };
  return all as unknown as JointFigures;
}

Deno.test("conclude() says when the held-out panoramas were trained on", () => {
  const text = (...unlabeled: string[]): string =>
    conclude({ before: figures(1), after: figures(0.5) }, resolveConfig({ flags: { unlabeled } }));
  const trained = /^These held-out panoramas were trained on/m;
  match(text("panoramas"), /^held-out panoramas {2}1\.000 -> 0\.500$/m);
  for (const clean of ["panoramas", "panoramas@split=train", "folder:/a"]) {
    doesNotMatch(text(clean), trained);
  }
  match(text("panoramas@split=all"), trained);
  match(text("folder:/a", "panoramas@split=val"), trained);
});

Deno.test("introduction() says after which step a run goes on", () => {
  const config = resolveConfig({ preset: "smoke" });
  const of = `${config.steps} steps`;
  match(
    introduction(gpu, config, "runs/a", { from: 7 }),
    new RegExp(`runs/a, goes on after 7 of ${of}`),
  );
  match(introduction(gpu, config, "runs/a"), new RegExp(`runs/a, ${of}`));
});

Deno.test("introduction() names the preset of a new run", () => {
  const config = resolveConfig({ preset: "smoke" });
  const preset = "smoke, this machine's default";
  match(
    introduction(gpu, config, "runs/a", { preset }),
    /^preset {6}smoke, this machine's default$/m,
  );
  doesNotMatch(introduction(gpu, config, "runs/a"), /preset/);
});

Deno.test("conclude() says at which step the figures before were taken, if not at the first one", () => {
  const text = (step?: number): string =>
    conclude(
      { before: figures(1), after: figures(0.5) },
      resolveConfig({ set: ["evaluation.rotations=3"] }),
      step,
    );
  match(text(), /^Pseudo-label loss over 3 fixed rotations/m);
  match(text(), / before /);
  match(text(40), / step 40 /);
  doesNotMatch(text(40), / before /);
});

Deno.test("opened() tells of masks and skipped files, and of more held-out rooms than were asked for", () => {
  const start = (images: number) => ({
    measured: 0,
    learner: {
      config: { evaluation: { images, panoramas: 1, styles: ["hall", "open"] } },
      store: { count: () => 7 },
      plan: { flops: 2e9 },
      loader: {
        size: 3,
        notes: ["2 of 4 images have a mask"],
        report: [{ path: "a.jpg", reason: "it is empty" }],
      },
    },
  } as unknown as JointStart);
  deepEqual(opened(start(3), 7_400).split("\n"), [
    "opened      in 7 s: 3 panoramas; 4 held-out rooms (2 of each of 2 styles for evaluation.images = 3); " +
    "7 parameters, 2.0 GFLOP a step",
    "figures     of the first weights come while it trains, when the teacher has labelled panoramas for them",
    "2 of 4 images have a mask",
    'Skipped "a.jpg": it is empty',
    "1 file skipped, 3 panoramas used",
  ]);
  match(opened(start(4), 0), /; 4 held-out rooms; /);
});
