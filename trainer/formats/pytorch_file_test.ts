import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { zipSync } from "fflate";
import {
  type Pickled,
  pytorchLegacy,
  pytorchZip,
  real,
  type Storage,
  tensor,
} from "../../tests/helpers/pytorch_writer.ts";
import { PickleRecord } from "./pickle.ts";
import { isPyTorch, readPyTorch } from "./pytorch_file.ts";
import { PyTorchTensor } from "./pytorch_tensor.ts";

const containers = [["zip", pytorchZip], ["legacy", pytorchLegacy]] as const;
const numbers = Float32Array.from({ length: 12 }, (_, i) => i / 8 - 0.5);
const shared: Storage = { key: "0", type: "FloatStorage", data: numbers };

/** A dict of one tensor. */
function one(value: Pickled): Pickled {
  return new Map([["x", value]]);
}

/** The only tensor of a file. */
function only(file: Uint8Array<ArrayBuffer>): PyTorchTensor {
  const x = (readPyTorch(file, "a.pth") as Map<string, unknown>).get("x");
  ok(x instanceof PyTorchTensor);
  return x;
}

for (const [name, write] of containers) {
  Deno.test(`readPyTorch() reads tensors, plain values and containers of a ${name} file`, () => {
    const file = write(
      new Map<string, Pickled>([
        ["w", tensor("0", [3, 4], numbers)],
        ["p", tensor("1", [2], Float32Array.of(5, 6), { parameter: true })],
        ["layers", 18],
        ["lr", real(1e-4)],
        ["names", ["a", null, true]],
        ["sizes", { call: "torch.Size", args: [{ tuple: [2, 3] }] }],
        ["settings", {
          call: "argparse.Namespace",
          args: [],
          state: new Map<string, Pickled>([["device", {
            call: "torch.device",
            args: ["cuda", 0],
          }]]),
        }],
      ]),
    );
    ok(isPyTorch(file));
    const read = readPyTorch(file, "a.pth") as Map<string, unknown>;
    const { w, p, settings, ...plain } = Object.fromEntries(read);
    deepEqual((w as PyTorchTensor).elements(), numbers);
    deepEqual([(w as PyTorchTensor).dtype, (w as PyTorchTensor).shape], ["F32", [3, 4]]);
    deepEqual((p as PyTorchTensor).elements(), Float32Array.of(5, 6));
    deepEqual((settings as PickleRecord).fields, new Map([["device", "cuda:0"]]));
    deepEqual(plain, { layers: 18, lr: 1e-4, names: ["a", null, true], sizes: [2, 3] });
  });

  Deno.test(`readPyTorch() gives strided and shared views of a ${name} file in C order`, () => {
    const view = (shape: number[], stride: number[], offset: number): Float32Array => {
      const x = tensor("", shape, numbers, { storage: shared, stride, offset });
      return only(write(one(x))).elements() as Float32Array;
    };
    deepEqual([...view([3, 2], [1, 3], 0)], [0, 3, 1, 4, 2, 5].map((i) => numbers[i]));
    deepEqual([...view([2, 2], [4, 1], 5)], [5, 6, 9, 10].map((i) => numbers[i]));
    deepEqual([...view([2, 3], [0, 1], 1)], [1, 2, 3, 1, 2, 3].map((i) => numbers[i]));
    deepEqual([...view([2, 1, 3], [3, 7, 1], 6)], [6, 7, 8, 9, 10, 11].map((i) => numbers[i]));
    deepEqual([...view([], [], 4)], [numbers[4]]);
    deepEqual([...view([0, 3], [3, 1], 0)], []);
    const two = write(
      new Map([
        ["a", tensor("", [2], numbers, { storage: shared })],
        ["b", tensor("", [2], numbers, { storage: shared, offset: 1 })],
      ]),
    );
    const read = readPyTorch(two, "a.pth") as Map<string, PyTorchTensor>;
    deepEqual([...read.values()].map((x) => [...x.elements()]), [[-0.5, -0.375], [-0.375, -0.25]]);
  });

  Deno.test(`readPyTorch() reads every element type of a ${name} file`, () => {
    const types: [
      type: string,
      dtype: string,
      data: ArrayBufferView & ArrayLike<number | bigint>,
    ][] = [
      ["DoubleStorage", "F64", Float64Array.of(0.1, -1)],
      ["HalfStorage", "F16", Float16Array.of(0.5, -2)],
      ["BFloat16Storage", "BF16", Uint16Array.of(0x3f80)],
      ["LongStorage", "I64", BigInt64Array.of(123456789012345n)],
      ["IntStorage", "I32", Int32Array.of(-7)],
      ["ShortStorage", "I16", Int16Array.of(-7)],
      ["CharStorage", "I8", Int8Array.of(-7)],
      ["ByteStorage", "U8", Uint8Array.of(200)],
      ["BoolStorage", "BOOL", Uint8Array.of(1, 0)],
    ];
    for (const [type, dtype, data] of types) {
      const x = only(write(one(tensor("0", [data.length], data, { type }))));
      deepEqual([x.dtype, x.elements()], [dtype, data]);
    }
  });

  Deno.test(`readPyTorch() refuses a ${name} file that names anything else, and runs nothing`, () => {
    const call = one({ call: "posix.system", args: ["echo ran"] });
    throws(
      () => readPyTorch(write(call), "a.pth"),
      /^TypeError: Cannot read "a\.pth" as a PyTorch file as it names "posix\.system", which is neither a tensor nor a plain container; nothing of it was executed\. Save the weights alone, with torch\.save\(model\.state_dict\(\), path\)$/,
    );
    for (const name of ["builtins.eval", "__main__.UniFuse", "torch.load", "torch._utils.x"]) {
      const other = one({ call: name, args: [] });
      throws(() => readPyTorch(write(other), "a.pth"), new RegExp(`it names "${name}"`));
    }
    const type = one({ call: "torch.FloatStorage", args: [] });
    throws(
      () => readPyTorch(write(type), "a.pth"),
      /calls "torch\.FloatStorage", which is no func/,
    );
  });

  Deno.test(`readPyTorch() refuses a ${name} file that is cut off, wherever`, () => {
    const file = write(one(tensor("0", [3, 4], numbers)));
    for (let length = 4; length < file.length; length += 7) {
      throws(
        () => readPyTorch(file.slice(0, length), "a.pth"),
        /^SyntaxError: Cannot read "a\.pth" as a PyTorch file as it is cut off/,
      );
    }
  });

  Deno.test(`readPyTorch() refuses tensors of a ${name} file that do not fit their storage`, () => {
    const far = tensor("", [2, 2], numbers, { storage: shared, offset: 9 });
    throws(
      () => only(write(one(far))).elements(),
      /^SyntaxError: a tensor of shape \[2,2\] reaches element 12 of storage "0", which has 12$/,
    );
    const backwards = tensor("", [2], numbers, { storage: shared, stride: [-1], offset: 3 });
    throws(() => readPyTorch(write(one(backwards)), "a.pth"), /shape \[2\], stride \[-1\] and off/);
    const odd = one({ call: "torch._utils._rebuild_tensor_v2", args: [1, 0, 1, 1] });
    throws(() => readPyTorch(write(odd), "a.pth"), /a tensor of it has type undefined/);
  });

  Deno.test(`readPyTorch() refuses a big-endian ${name} file`, () => {
    const x = one(tensor("0", [12], numbers));
    const file = name === "zip" ? pytorchZip(x, "big") : pytorchLegacy(x, false);
    throws(() => readPyTorch(file, "a.pth"), /its numbers are big endian; save it again/);
  });
}

Deno.test("readPyTorch() reads tensors of untyped storages", () => {
  const storage = { key: "0", type: "torch.storage.UntypedStorage", data: numbers };
  const args: Pickled[] = [{ storage, count: 48 }, 1, { tuple: [2] }, { tuple: [1] }, false, null];
  for (const type of ["torch.float32", "torch.int32"]) {
    const v3 = { call: "torch._utils._rebuild_tensor_v3", args: [...args, { name: type }] };
    const x = only(pytorchZip(one(v3)));
    equal(x.dtype, type === "torch.float32" ? "F32" : "I32");
    const words = type === "torch.float32" ? numbers : new Int32Array(numbers.buffer);
    deepEqual([...x.elements()], [...words.subarray(1, 3)]);
  }
});

Deno.test("readPyTorch() refuses a zip file of something else, and storages of another size", () => {
  const other = zipSync({ "word/document.xml": new Uint8Array(9) }) as Uint8Array<ArrayBuffer>;
  throws(
    () => readPyTorch(other, "a.pth"),
    /it is a zip file without data\.pkl, so torch\.save\(\) did not write it$/,
  );
  const short = one({
    call: "torch._utils._rebuild_tensor_v2",
    args: [{ storage: shared, count: 13 }, 0, { tuple: [1] }, { tuple: [1] }],
  });
  throws(
    () => readPyTorch(pytorchZip(short), "a.pth"),
    /its storage "0" has 48 bytes, not 52; copy it again$/,
  );
});

/** The place of a text or of numbers in a file. */
function find(file: Uint8Array, wanted: Uint8Array): number {
  const at = file.findIndex((_, i) => wanted.every((byte, k) => file[i + k] === byte));
  ok(at >= 0);
  return at;
}

Deno.test("readPyTorch() refuses a zip file's pickle with a wrong CRC-32, a tensor is refused when it is looked at", () => {
  const other = Float32Array.of(1, 2, 3);
  const file = pytorchZip(
    new Map([["x", tensor("0", [12], numbers)], ["y", tensor("1", [3], other)]]),
  );
  const torn = file.slice();
  torn[find(file, new Uint8Array(numbers.buffer)) + 5]! ^= 4;
  const read = readPyTorch(torn, "a.pth") as Map<string, PyTorchTensor>;
  throws(
    () => read.get("x")!.elements(),
    /^SyntaxError: storage "0" is damaged: its CRC-32 is [0-9a-f]{8}, the file says [0-9a-f]{8}; copy it again$/,
  );
  deepEqual(read.get("y")!.elements(), other);
  const key = file.slice();
  const name = new TextEncoder().encode("X\x01\0\0\0x"); // as it is pickled: a time in the zip file can have an x too
  key[find(file, name) + 5]! ^= 1; // "y", of which there are two then
  throws(() => readPyTorch(key, "a.pth"), /as its "archive\/data\.pkl" is damaged: its CRC-32 is/);
  // torch.serialization.set_crc32_options(False) writes zeros
  const without = torn.slice();
  const directory = new DataView(without.buffer);
  for (let at = 0; at + 4 <= without.length; at++) {
    if (directory.getUint32(at, true) === 0x02014b50) directory.setUint32(at + 16, 0, true);
  }
  equal((readPyTorch(without, "a.pth") as typeof read).get("x")!.elements().length, 12);
});

Deno.test("readPyTorch() refuses a pickle that PyTorch did not begin", () => {
  ok(!isPyTorch(new TextEncoder().encode("<html>")));
  const bytes = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
  ok(isPyTorch(bytes("\x80\x02\x8a\x01\x05.")));
  throws(
    () => readPyTorch(bytes("\x80\x02\x8a\x01\x05."), "a.pth"),
    /as it does not begin with PyTorch's number$/,
  );
});
