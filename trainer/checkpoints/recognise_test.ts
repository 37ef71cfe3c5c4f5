import { deepEqual, throws } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { findStudent } from "../models/student.ts";
import { recognise, type Shapes } from "./recognise.ts";
import { signatureOf } from "./signature.ts";
import { openWeights } from "./weights_file.ts";

const width = 0.0625;

function shapes(): Map<string, { shape: readonly number[] }> {
  const signature = signatureOf(findStudent("unifuse"), { width });
  return new Map(Array.from(signature, ([name, shape]) => [name, { shape }]));
}

Deno.test("recognise() names one misshapen kernel, whichever it is, and no other tensor", () => {
  const kernels = [...shapes()].filter(([, { shape }]) => shape.length === 4);
  for (const [name, { shape }] of [kernels[0]!, kernels.at(-1)!]) {
    const wrong = shape.with(0, 2 * shape[0]!);
    throws(() => recognise(shapes().set(name, { shape: wrong }), "a.pth"), {
      name: "TypeError",
      message:
        `Cannot use "a.pth" as unifuse, width ${width}: of its ${shapes().size} tensors 0 missing, 1 of another shape
  other shape  ${name} is [${wrong}], needed is [${shape}]`,
    });
  }
  deepEqual(recognise(shapes(), "a.pth").options.width, width);
});

const begin =
  /^TypeError: Cannot tell which student .*; it has an encoder that a training can begin with: deno task train --init-encoder (resnet\.pth|.*builtin\.onnx)$/;

Deno.test("recognise() says what torchvision's encoder is good for", () => {
  const prefix = findStudent("unifuse").encoders[0]!;
  const encoder: Shapes = new Map(
    [...shapes()].filter(([name]) => name.startsWith(prefix))
      .map(([name, entry]) => [name.slice(prefix.length), entry]),
  );
  throws(() => recognise(encoder, "resnet.pth"), begin);
});

const teacher = new URL("../../teacher/weights/builtin.onnx", import.meta.url);
const need = ignoreWithout({ paths: [teacher] });

Deno.test({
  name: "recognise() says what a teacher of this project is good for" + need.suffix,
  ignore: need.ignore,
  async fn() {
    using file = await openWeights(fileURLToPath(teacher));
    throws(() => recognise(file.entries, file.path), begin);
  },
});
