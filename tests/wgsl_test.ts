import { deepEqual, ok } from "node:assert/strict";
import { text } from "../trainer/gpu/shader.ts";
import divergent from "./fixtures/divergent.wgsl" with { type: "text" };
import uniform from "./fixtures/uniform.wgsl" with { type: "text" };
import { ignoreWithout } from "./helpers/permissions.ts";
import { recordedShaders } from "./helpers/recorded_shaders.ts";
import { openTint, type Tint } from "./helpers/tint.ts";
import { link, wgslFiles } from "./helpers/wgsl_files.ts";

const need = ignoreWithout({ read: true, env: true, ffi: true, sys: true });

function withTint(name: string, test: (tint: Tint) => Promise<void>): void {
  Deno.test({
    name: name + need.suffix,
    ignore: need.ignore,
    async fn() {
      const tint = await openTint();
      try {
        await test(tint);
      } finally {
        tint.close();
      }
    },
  });
}

withTint("Tint finds what it should", async (tint) => {
  ok(/uniform control flow/.test((await tint.check(divergent, "main"))[0]!));
  deepEqual(await tint.check(uniform, "main"), []);
});

withTint("Tint accepts every shader that the networks dispatch", async (tint) => {
  const wrong: string[] = [];
  const shaders = recordedShaders();
  ok(shaders.length > 50);
  for (const shader of shaders) {
    for (const error of await tint.check(text(shader, true), shader.entryPoint)) {
      wrong.push(
        `${shader.file}#${shader.entryPoint} ${JSON.stringify(shader.constants)} ${error}`,
      );
    }
  }
  deepEqual(wrong, []);
});

Deno.test({
  name: "Errors in a text that kernels share name its file" + need.suffix,
  ignore: need.ignore,
  fn() {
    const files = new Map(
      wgslFiles(new URL("../trainer/kernels/", import.meta.url)).map((
        { path, text },
      ) => [path, text]),
    );
    const shared = recordedShaders().flatMap(({ file, code, entryPoint }) =>
      typeof code === "string" ? [] : code.flatMap((part) => {
        if (typeof part !== "string") return files.get(part.file) === part.text ? [] : [part.file];
        return part.includes(`fn ${entryPoint}(`) ? [] : [`a text of ${file}`];
      })
    );
    deepEqual(shared, []);
  },
});

// Nobody has to list a kernel: what no network dispatches is put together from the names it uses.
withTint("Tint accepts every entry point of every .wgsl file of the trainer", async (tint) => {
  const files = wgslFiles(new URL("../trainer/", import.meta.url));
  const recorded = recordedShaders();
  const wrong: string[] = [];
  for (const file of files) {
    for (const entryPoint of file.entryPoints) {
      const known = recorded.some((shader) =>
        shader.entryPoint === entryPoint && text(shader).includes(file.text)
      );
      if (known) continue;
      for (const error of await tint.check(link(file, files), entryPoint)) {
        wrong.push(`${file.path}#${entryPoint} ${error}`);
      }
    }
  }
  deepEqual(wrong, []);
});
