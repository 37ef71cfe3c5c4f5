import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { decodeNpy, encodeNpy, readNpy } from "./npy.ts";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { temporaryFolder } from "../../tests/helpers/temporary_folder.ts";

const need = ignoreWithout({ read: true, write: true });

Deno.test("decodeNpy() reads every element type in every shape", () => {
  const arrays = [
    new Float32Array([1.5, -2, 1e-40, Infinity, 0, 6]),
    new Float64Array([1e300, 2, 3, 4, 5, 6]),
    new Float16Array([1, 0.5, 3, 4, 5, 65504]),
    new Uint8Array([0, 255, 2, 3, 4, 5]),
    new Int8Array([-128, 127, 0, 1, 2, 3]),
    new Uint16Array([65535, 1, 2, 3, 4, 5]),
    new Int16Array([-32768, 1, 2, 3, 4, 5]),
    new Uint32Array([4294967295, 1, 2, 3, 4, 5]),
    new Int32Array([-1, 1, 2, 3, 4, 5]),
    new BigInt64Array([-1n, 1n, 2n, 3n, 4n, 5n]),
    new BigUint64Array([0n, 1n, 2n, 3n, 4n, 5n]),
  ];
  for (const data of arrays) {
    for (const shape of [[6], [2, 3], [1, 2, 3, 1]]) {
      const bytes = encodeNpy(data, shape);
      deepEqual(decodeNpy(bytes), { shape, data });
      equal((bytes.length - data.byteLength) % 64, 0); // data is aligned, as numpy does
    }
  }
  deepEqual(decodeNpy(encodeNpy(new Float32Array([7]), [])).shape, []);
  deepEqual(decodeNpy(encodeNpy(new Float32Array(0), [0, 4])).shape, [0, 4]);
});

Deno.test("decodeNpy() names what is wrong", () => {
  const good = encodeNpy(new Float32Array(6), [2, 3]);
  const replaced = (from: string, to: string) => {
    const text = String.fromCharCode(...good).replace(from, to);
    return Uint8Array.from(text, (c) => c.charCodeAt(0));
  };
  throws(
    () => decodeNpy(new Uint8Array(3), "a.npy"),
    /Cannot read "a.npy" as npy because it does not start/,
  );
  throws(() => decodeNpy(good.subarray(0, 8)), /short/);
  throws(() => decodeNpy(good.subarray(0, 60)), /header is torn/);
  throws(
    () => decodeNpy(good.subarray(0, good.length - 1)),
    /its size is 151, its header promises 152/,
  );
  throws(() => decodeNpy(replaced("<f4", ">f4")), /its type is ">f4"/);
  throws(() => decodeNpy(replaced("False", "True ")), /Fortran order/);
});

Deno.test("decodeNpy() reads the bytes that numpy.save writes", () => {
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }".padEnd(117) + "\n";
  const text = `\x93NUMPY\x01\x00v\x00${header}\x00\x00\x80\x3f\x00\x00\x00\xc0`;
  const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0));
  deepEqual(decodeNpy(bytes), { shape: [2], data: new Float32Array([1, -2]) });
});

Deno.test("readNpy() reads a file" + need.suffix, { ignore: need.ignore }, async () => {
  await using folder = await temporaryFolder();
  await Deno.writeFile(`${folder.path}/a.npy`, encodeNpy(new Uint8Array([1, 2]), [2]));
  deepEqual((await readNpy(`${folder.path}/a.npy`)).data, new Uint8Array([1, 2]));
  await rejects(readNpy(`${folder.path}/b.npy`), Deno.errors.NotFound);
});
