import { equal } from "node:assert/strict";
import { ending, overfitText } from "./train_ending.ts";

const checkpoint = "runs/a/checkpoints/step-00000005.safetensors";

Deno.test("ending() of a stopped run says how to go on, then where the files are, and no figures", () => {
  equal(
    ending({ stopped: true, done: 5, checkpoint }, "runs/a", "AbsRel 0.5"),
    "Stopped at step 5; go on with: deno task train --resume runs/a\n" +
      `run folder     runs/a\ncheckpoint     ${checkpoint}`,
  );
});

Deno.test("ending() of a finished run gives its figures, then the files", () => {
  equal(
    ending({ stopped: false, done: 5, checkpoint, sheet: "sheet.png" }, "runs/a", "AbsRel 0.5"),
    `AbsRel 0.5\n\nrun folder     runs/a\ncontact sheet  sheet.png\ncheckpoint     ${checkpoint}`,
  );
});

Deno.test("overfitText() tells the first and last loss, and their ratio", () => {
  equal(
    overfitText({ steps: [1, 2, 300], values: [1.25, 1, 0.3125] }),
    "Total loss of the frozen batch: 1.250 at step 1 -> 0.313 at step 300, 0.250 of its start",
  );
  equal(overfitText(undefined), "Total loss of the frozen batch: not recorded");
});
