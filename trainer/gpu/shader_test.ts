import { rejects } from "node:assert/strict";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { compile, type Shader } from "./shader.ts";
import own from "./shader_test.wgsl" with { type: "text" };
import twice from "./twice_test.wgsl" with { type: "text" };

const other = "// a shared text\n// of two lines";
const shader = {
  file: "shader_test.wgsl",
  entryPoint: "forward",
  constants: { SIZE: 4, DEPTH: 2 },
};

/** The parts of a shader, in one of which `from` is replaced by `to`. */
function broken(from: string, to: string): Shader {
  const texts = [
    { file: "other.wgsl", text: other },
    { file: "twice_test.wgsl", text: twice },
  ];
  const spoiled = texts.map(({ file, text }) => ({ file, text: text.replace(from, to) }));
  return { ...shader, code: [...spoiled, own.replace(from, to)] };
}

async function says(shader: Shader, place: RegExp): Promise<void> {
  await rejects(compile(await testGpu(), shader), (error: Error) => {
    return error instanceof SyntaxError && place.test(error.message);
  });
}

Deno.test("compile() takes texts in any order", async () => {
  const gpu = await testGpu();
  const named = { file: "twice_test.wgsl", text: twice };
  await compile(gpu, { ...shader, code: [named, own] });
  await compile(gpu, { ...shader, code: [own, named] });
});

Deno.test("compile() names the line of the file, whatever stands before it", async () => {
  const wrong = broken("twice(COUNT)", "thrice(COUNT)");
  await says(
    wrong,
    /^Cannot compile "forward":\nshader_test\.wgsl:7:11 .*thrice.*: let x = thrice\(COUNT\);$/,
  );
});

Deno.test("compile() names the line of a shared text", async () => {
  await says(broken("2u * x", "2u * y"), /\ntwice_test\.wgsl:3:15 .*`y`.*: return 2u \* y;$/);
  // naga gives this one no line but in its text
  await says(broken("return 2u * x", "return 2.5"), /\ntwice_test\.wgsl:3:10 .*u32.*2\.5;$/);
});

Deno.test("compile() tells constants and shared texts without a name from the file", async () => {
  const constants = { SIZE: 4, DEPTH: Infinity };
  await says(
    { ...shader, constants, code: [own, twice] },
    /\nconstants of shader_test\.wgsl:2:15 .*Infinity/,
  );
  await says(
    { ...shader, code: [twice.replace("2u * x", "2u * y"), own] },
    /\na text that shader_test\.wgsl shares:3:15 .*: return 2u \* y;$/,
  );
});
