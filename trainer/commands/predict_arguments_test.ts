import { deepEqual, throws } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";

const need = ignoreWithout({ read: true, env: true, sys: true, ffi: true });

Deno.test({
  name: "predictArguments() refuses flags that would change nothing, and says what they belong to" +
    need.suffix,
  ignore: need.ignore,
  async fn() {
    const { predictArguments } = await import("./predict_arguments.ts");
    const idle: [values: Parameters<typeof predictArguments>[0], says: RegExp][] = [
      [{ scale: "2" }, /^--scale belongs to --maps, --exr, --npy, --ply, --glb or --normals$/],
      [{ "median-distance": "2", color: true }, /^--median-distance belongs to --maps/],
      [{ shift: "1" }, /^--shift belongs to --ply, --glb or --normals, or to a scale for --maps/],
      [{ shift: "1", exr: true }, /^--shift belongs to/],
      [{ far: "9", maps: true, npy: true }, /^--far belongs to/],
      [{ rows: "64", maps: true }, /^--rows belongs to --ply or --glb$/],
      [{ edge: "1", ply: true }, /^--edge belongs to --glb$/],
      [{ smooth: "1" }, /^--smooth belongs to --sequence$/],
    ];
    for (const [values, says] of idle) {
      throws(() => predictArguments(values), { name: "Error", message: says });
    }
    const effective: Parameters<typeof predictArguments>[0][] = [
      { scale: "2", exr: true },
      { scale: "2", shift: "1", far: "9", maps: true },
      { shift: "1", far: "9", normals: true },
      { rows: "64", ply: true },
      { edge: "1", rows: "64", glb: true },
      { smooth: "1", sequence: true },
    ];
    for (const values of effective) deepEqual(predictArguments(values).pad, false);
  },
});
