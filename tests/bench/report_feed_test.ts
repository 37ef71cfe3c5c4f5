import { deepEqual, match } from "node:assert/strict";
import { feedText } from "./report_feed.ts";

Deno.test("feedText() lays out a first run beside a later one, and says what is not simulated", () => {
  const waits = (dataWait: number, deviceIdle: number) => ({
    phases: {},
    step: 200 + deviceIdle,
    dataWait,
    deviceIdle,
    peakMemory: 1e9,
    cpuSeconds: 5,
  });
  const sizes = { height: 1440, files: 48, names: 336, steps: 30, deviceMs: 200 };
  const [text = ""] = feedText({ feed: { ...sizes, cold: waits(150, 50), warm: waits(4, 1) } });
  match(text, /device of 200 ms a step, JPEGs of 2880x1440/);
  match(text, /what onnxruntime costs the host is not in it/);
  match(text, /no image resized yet +250 +150 +50 +25\.0 %$/m);
  match(text, /in a later run +201 +4 +1 +0\.5 %$/m);
  deepEqual(feedText({}), []);
});
