import { deepEqual, match, ok } from "node:assert/strict";
import { SWIFTSHADER, withPage } from "./helpers/browser.ts";
import { ROOT } from "./helpers/command.ts";
import { ignoreWithout } from "./helpers/permissions.ts";

const bundling = ignoreWithout({
  read: true,
  write: true,
  net: true,
  run: true,
  env: true,
  sys: true,
});
const need = ignoreWithout({
  ...{ read: true, write: true, net: true, run: true, env: true, sys: true },
  chromium: true,
});

/** One module for a page out of a file and all it imports. */
async function bundled(path: string, external: string[] = []): Promise<string> {
  const entrypoints = [`${ROOT}/${path}`];
  const { success, errors, outputFiles } = await Deno.bundle({
    entrypoints,
    external,
    platform: "browser",
    write: false,
  });
  ok(success, JSON.stringify(errors));
  return outputFiles![0]!.text();
}

Deno.test({
  name: "trainer/browser.ts is bundled for a page, with nothing of Deno, Node or npm" +
    bundling.suffix,
  ignore: bundling.ignore,
  async fn() {
    const script = await bundled("trainer/browser.ts");
    const imports = [...script.matchAll(/(?:from|import) ?\(?["']([^"']+)["']/g)];
    deepEqual(imports.map(([, name]) => name), []);
    deepEqual(script.match(/\bDeno\.\w+|\bprocess\.\w+|\brequire\(/g), null);
    for (
      const name of ["distillationPath", "Graph", "conv2d", "unifuse", "bifusepp", "perspectiveNet"]
    ) {
      match(script, new RegExp(`export \\{[^}]*\\b${name}\\b`));
    }
  },
});

const PAGE = `<!doctype html><script type="importmap">
{ "imports": { "node:assert/strict": "./testing.js" } }
</script>`;

Deno.test({
  name: "Kernels agree with their twins in a page: Tint compiles, SwiftShader computes" +
    need.suffix,
  ignore: need.ignore,
  async fn() {
    const script = await bundled("tests/helpers/kernel_tests.ts", ["node:assert/strict"]);
    const files: Record<string, string> = {
      "/": PAGE,
      "/testing.js": await Deno.readTextFile(`${ROOT}/tests/helpers/page_testing.js`),
      // The engine asks for a global named Deno to know where it runs: the tests' runner has another name.
      "/tests.js": script.replaceAll(/\bDeno\./g, "testing."),
    };
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
      const path = new URL(request.url).pathname;
      const type = path.endsWith(".js") ? "text/javascript" : "text/html";
      return new Response(files[path] ?? "", { headers: { "Content-Type": type } });
    });
    try {
      await withPage(async (page) => {
        await page.goto(`http://127.0.0.1:${server.addr.port}/`);
        // Every variant of conv2d takes 20 s of compilation here: doctor --check runs them, student_in_page_test.ts some.
        const run = "runTests(/every variant/)";
        const tests = `import("./testing.js").then(() => import("./tests.js")).then(() => ${run})`;
        const { passed, failed } = await page.evaluate(tests) as {
          passed: number;
          failed: string[];
        };
        deepEqual(failed, []);
        ok(passed > 40, `${passed} tests`);
      }, { flags: SWIFTSHADER });
    } finally {
      await server.shutdown();
    }
  },
});
