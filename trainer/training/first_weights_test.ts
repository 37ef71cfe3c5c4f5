import { rejects } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { temporaryFolder } from "../../tests/helpers/temporary_folder.ts";
import { OnnxGraph } from "../formats/onnx.ts";
import { conv } from "../formats/onnx_layers.ts";
import { checkFirstWeights } from "./first_weights.ts";

const need = ignoreWithout({ read: true, write: true });

/** A network of one convolution. */
function network(name: string, channels: number): Uint8Array<ArrayBuffer> {
  const graph = new OnnxGraph("first");
  const x = graph.input("image", ["n", 3, 64, 64]);
  const weight = new Float32Array(channels * 3 * 49).fill(1);
  const y = conv(graph, x, name, { weight, shape: [channels, 3, 7, 7] }, { padding: 3 });
  graph.output("depth", y, ["n", channels, 64, 64]);
  return graph.encode();
}

Deno.test({
  name:
    "checkFirstWeights() refuses what a student cannot start from, and names the key to change" +
    need.suffix,
  ignore: need.ignore,
  async fn() {
    await using temporary = await temporaryFolder();
    const init = `${temporary.path}/first.onnx`;
    const check = (width: 1 | 0.5 | 0.25, path = init) =>
      checkFirstWeights({ name: "unifuse", width, init: path });
    await check(1, "random");
    await checkFirstWeights({ name: "bifusepp", width: 1, init: "random" });
    await rejects(
      checkFirstWeights({ name: "bifusepp", width: 0.25, init: "builtin" }),
      /"builtin" with bifusepp as its encoders are ResNet-34, and a teacher's is ResNet-18: .*student\.init=random/,
    );
    await rejects(
      check(0.5),
      /student\.init = ".*first\.onnx" .*no such file; .*student\.init=random/,
    );
    await Deno.writeTextFile(init, "<html>");
    await rejects(check(0.5), SyntaxError);
    await Deno.writeFile(init, network("patch_embed", 64));
    await rejects(check(1), /as it has no ResNet-18 encoder: .*--set student\.init=random/);
    await Deno.writeFile(init, network("encoder.conv1", 16));
    await check(0.25);
    await rejects(
      check(0.5),
      /with student\.width = 0\.5 as .* width 0\.25: choose --set student\.width=0\.25, or .*student\.init=random/,
    );
  },
});
