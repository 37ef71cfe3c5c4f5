import { equal, ok } from "node:assert/strict";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { mostSpans, stamp } from "./timestamps.ts";

const gpu = await testGpu();

Deno.test({
  name: "stamp() reads the clock at as many spans as may be, in the order of the submit",
  ignore: !gpu.timestamps,
  async fn() {
    const spans = await stamp(gpu, mostSpans, ({ encoder, pass, around }) => {
      for (let span = 0; span < mostSpans; span++) {
        if (span % 2 === 0) encoder.beginComputePass(pass(span)).end();
        else around(span, () => {});
      }
    });
    equal(spans.length, mostSpans);
    let before = 1n;
    for (const [i, { begin, end }] of spans.entries()) {
      ok(before <= begin && begin <= end, `span ${i}: ${before} ${begin} ${end}`);
      before = end;
    }
  },
});
