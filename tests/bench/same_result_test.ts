import { deepEqual, equal } from "node:assert/strict";
import { writeSafetensors } from "../../trainer/formats/safetensors_file.ts";
import { ignoreWithout } from "../helpers/permissions.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { largestError } from "./same_result.ts";

const need = ignoreWithout({ read: true, write: true });

/** Compares tensors of these numbers. */
async function compare(want: Record<string, number[]>, got: Record<string, number[]>) {
  await using folder = await temporaryFolder();
  const write = (name: string, tensors: Record<string, number[]>) =>
    writeSafetensors(
      `${folder.path}/${name}`,
      Object.entries(tensors).map(([key, values]) => [
        key,
        { shape: [values.length], data: new Float32Array(values) },
      ]),
    );
  await write("want", want);
  await write("got", got);
  return await largestError(`${folder.path}/want`, `${folder.path}/got`);
}

Deno.test({
  name: "largestError() names the tensor that is off most, relative to its own size" + need.suffix,
  ignore: need.ignore,
  async fn() {
    const want = { large: [300, 400], small: [0.003, 0.004], zero: [0, 0] };
    const { error, tensor } = await compare(want, {
      large: [300, 401],
      small: [0.003, 0.0045],
      zero: [0, 0],
    });
    equal(tensor, "small");
    equal(error.toFixed(4), "0.1000");
    deepEqual(await compare(want, want), { error: 0, tensor: "" });
  },
});

Deno.test({
  name: "largestError() does not let a missing, short or NaN tensor pass" + need.suffix,
  ignore: need.ignore,
  async fn() {
    for (const got of [{ b: [1, 2] }, { a: [1] }, { a: [NaN, 2] }] as Record<string, number[]>[]) {
      deepEqual(await compare({ a: [1, 2] }, got), { error: Infinity, tensor: "a" });
    }
  },
});
