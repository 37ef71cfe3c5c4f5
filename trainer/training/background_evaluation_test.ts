import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { BackgroundEvaluation } from "./background_evaluation.ts";
import type { JointEvaluation, JointFigures } from "./joint_evaluation.ts";

const figures = {} as JointFigures;

/** An evaluation that says what is done with it. */
function fake(done: string[], changed: Partial<JointEvaluation> = {}): JointEvaluation {
  return {
    predict: () => Promise.resolve(done.push("predict")),
    score: () => Promise.resolve(figures),
    close: () => Promise.resolve(void done.push("close")),
    ...changed,
  } as unknown as JointEvaluation;
}

Deno.test("BackgroundEvaluation opens once, when it is begun, and tells the figures", async () => {
  const done: string[] = [];
  const background = new BackgroundEvaluation(() => {
    done.push("open");
    return Promise.resolve(fake(done));
  });
  deepEqual(done, []);
  const told: JointFigures[] = [];
  background.onFigures = (figures) => told.push(figures);
  background.begin();
  background.begin();
  equal(await background.measured(), figures);
  await background.opened();
  deepEqual([done, told, background.ready], [["open", "predict"], [figures], true]);
  await background.close();
  deepEqual(done, ["open", "predict", "close"]);
});

Deno.test("BackgroundEvaluation closes what it opened although predicting failed, and says why from then on", async () => {
  const done: string[] = [];
  const predict = () => Promise.reject(new Error("no memory"));
  const background = new BackgroundEvaluation(() => Promise.resolve(fake(done, { predict })));
  await rejects(background.opened(), /no memory/);
  await rejects(background.measured(), /no memory/);
  throws(() => background.begin(), /no memory/);
  await background.close();
  deepEqual([done, background.ready], [["close"], false]);
});

Deno.test("BackgroundEvaluation stops to open when it is closed", async () => {
  const background = new BackgroundEvaluation((signal) =>
    new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
  );
  background.begin();
  await background.close();
  await rejects(background.opened(), { name: "AbortError" });
});
