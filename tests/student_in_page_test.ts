import { match } from "node:assert/strict";
import { assertClose } from "./helpers/assert_close.ts";
import { SWIFTSHADER, withPage } from "./helpers/browser.ts";
import { ROOT } from "./helpers/command.ts";
import { ignoreWithout } from "./helpers/permissions.ts";
import { type StudentStep, studentStep } from "./helpers/student_step.ts";

const needs = { read: true, write: true, net: true, run: true, env: true, sys: true };
const need = ignoreWithout({ ...needs, chromium: true });

/** Runs a step in a page of Chromium: Tint compiles, SwiftShader computes. */
async function stepInPage(script: string, network: string, kind: string): Promise<StudentStep> {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) =>
      request.url.endsWith(".js")
        ? new Response(script, { headers: { "Content-Type": "text/javascript" } })
        : new Response("<!doctype html>", { headers: { "Content-Type": "text/html" } }),
  );
  try {
    return await withPage(async (page) => {
      await page.goto(`http://127.0.0.1:${server.addr.port}/`);
      return await page.evaluate(
        `import("./step.js").then((step) => step.studentStep("${network}", "${kind}"))`,
      ) as StudentStep;
    }, { flags: SWIFTSHADER });
  } finally {
    await server.shutdown();
  }
}

// The kernels for software adapters are slow on SwiftShader: a few layers; those for GPUs: a whole student.
for (const [network, kind] of [["layers", "cpu"], ["unifuse", "gpu"]] as const) {
  Deno.test({
    name: `A step of ${network} in a page gives the numbers it gives here, ${kind} kernels` +
      need.suffix,
    ignore: need.ignore,
    async fn() {
      const entrypoints = [`${ROOT}/tests/helpers/student_step.ts`];
      const bundle = await Deno.bundle({ entrypoints, platform: "browser", write: false });
      const there = await stepInPage(bundle.outputFiles![0]!.text(), network, kind);
      const here = await studentStep(network, kind);
      match(there.adapter, /swiftshader|google/i);
      assertClose(there.output, here.output, { atol: 5e-5, rtol: 0, name: "output" });
      for (const [name, want] of Object.entries(here.gradients)) {
        // Batch statistics of one small image amplify rounding: relative to the largest entry.
        const largest = want.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
        assertClose(there.gradients[name]!, want, { atol: 2e-3 * largest, rtol: 0, name });
      }
    },
  });
}
