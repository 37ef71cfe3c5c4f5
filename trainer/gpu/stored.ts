/**
 * How words of tensors are stored. A WGSL text says `array<vec4<Stored3>>` of its binding 3, loads with `vec4f(x[i])` and
 * stores with `vec4<Stored3>(value)`; the loader makes `Stored3` an alias of `f32`, or of `f16` where such a tensor is
 * bound. Arithmetic is in `f32` either way.
 *
 * @module
 */
import type { Gpu } from "./device.ts";
import type { Dispatch } from "./dispatch.ts";
import { type Shader, sourceOf } from "./shader.ts";
import type { Precision } from "./tensor.ts";

/** @throws RangeError when the adapter cannot store `f16`, with what to do */
export function checkPrecision(gpu: Pick<Gpu, "name" | "f16">, precision: Precision): void {
  if (precision === "mixed" && !gpu.f16) {
    throw new RangeError(
      `Cannot train with precision mixed as adapter "${gpu.name}" has no 16-bit floats (shader-f16): leave --precision away`,
    );
  }
}

/**
 * The shader of a dispatch, told which of its bindings are `f16`.
 *
 * @throws TypeError when a text takes such a binding for `f32`
 */
export function shaderFor({ label, shader, bindings }: Dispatch): Shader {
  const f16 = bindings.flatMap(({ tensor }, i) => tensor.stored === "f16" ? [i + 1] : []);
  if (f16.length === 0) return shader;
  const variables = variablesOf(shader);
  for (const index of f16) {
    const own = variables.filter((variable) => variable.index === index);
    const wrong = own.find(({ type }) => !type.includes(`Stored${index}`));
    if (!wrong && own.length > 0) continue;
    const name = bindings[index - 1]!.tensor.name;
    const found = wrong ? `"${wrong.name}" is ${wrong.type} there` : "nothing reads it there";
    throw new TypeError(
      `Cannot bind "${name}", stored as f16, to binding ${index} of "${label}": ${found}; ` +
        `declare it array<vec4<Stored${index}>> in ${shader.file}`,
    );
  }
  return { ...shader, f16 };
}

/** A storage variable of a WGSL text. */
interface Variable {
  readonly index: number;
  readonly name: string;
  readonly type: string;
}

const known = new Map<string, Variable[]>(); // a network repeats few texts many times

/** The storage variables that an entry point can reach. */
function variablesOf(shader: Shader): Variable[] {
  const code = sourceOf(shader).replaceAll(/\/\/.*$/gm, "");
  const key = `${shader.entryPoint}\n${code}`;
  let variables = known.get(key);
  if (!variables) {
    const names = reached(functionsOf(code), shader.entryPoint);
    const declared = code.matchAll(/@binding\((\d+)\) var<storage[^>]*> (\w+): ([^;]+);/g);
    variables = [...declared].map(([, index, name, type]) => ({
      index: Number(index),
      name: name!,
      type: type!,
    })).filter(({ name }) => names.has(name));
    known.set(key, variables);
  }
  return variables;
}

/** Text of each function, head included. */
function functionsOf(code: string): Map<string, string> {
  const functions = new Map<string, string>();
  for (const { 1: name, index } of code.matchAll(/\bfn (\w+)/g)) {
    let end = code.indexOf("{", index) + 1;
    for (let depth = 1; depth > 0 && end < code.length; end++) {
      if (code[end] === "{") depth++;
      else if (code[end] === "}") depth--;
    }
    functions.set(name!, code.slice(index, end));
  }
  return functions;
}

/** Names in a function and in all that it calls; what stands behind a dot is a member. */
function reached(functions: ReadonlyMap<string, string>, entryPoint: string): Set<string> {
  const names = new Set([entryPoint]);
  for (const name of names) { // grows while it is walked
    for (const [inner] of functions.get(name)?.matchAll(/(?<![\w.])[a-z_]\w*/gi) ?? []) {
      names.add(inner);
    }
  }
  return names;
}
