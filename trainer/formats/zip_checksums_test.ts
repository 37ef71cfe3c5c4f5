import { deepEqual } from "node:assert/strict";
import { crc32 } from "node:zlib";
import { zipSync } from "fflate";
import { zipChecksums } from "./zip_checksums.ts";

const text = new TextEncoder();
const files = { "archive/data.pkl": text.encode("pickle"), "archive/däta/0": new Uint8Array(9) };
const zip = zipSync(files, { level: 0 });
const checksums = new Map(Object.entries(files).map(([name, data]) => [name, crc32(data)]));

Deno.test("zipChecksums() reads the central directory, behind a comment too", () => {
  deepEqual(zipChecksums(zip), checksums);
  const comment = text.encode("a comment of 26 characters");
  const commented = new Uint8Array([...zip, ...comment]);
  new DataView(commented.buffer).setUint16(zip.length - 2, comment.length, true);
  deepEqual(zipChecksums(commented), checksums);
});

Deno.test("zipChecksums() reads the directory of zip64, which torch.save() writes", () => {
  const end = new DataView(zip.buffer, zip.byteOffset + zip.length - 22);
  const record = new DataView(new ArrayBuffer(56));
  record.setUint32(0, 0x06064b50, true);
  record.setBigUint64(4, 44n, true);
  record.setBigUint64(24, 2n, true);
  record.setBigUint64(32, 2n, true);
  record.setBigUint64(40, BigInt(end.getUint32(12, true)), true);
  record.setBigUint64(48, BigInt(end.getUint32(16, true)), true);
  const locator = new DataView(new ArrayBuffer(20));
  locator.setUint32(0, 0x07064b50, true);
  locator.setBigUint64(8, BigInt(zip.length - 22), true);
  locator.setUint32(16, 1, true);
  const old = zip.slice(-22);
  old.fill(0xff, 8, 20); // counts, size and offset: see the other record
  const parts = [zip.slice(0, -22), record, locator, old];
  const file = new Uint8Array(
    parts.flatMap((part) =>
      part instanceof DataView ? [...new Uint8Array(part.buffer)] : [...part]
    ),
  );
  deepEqual(zipChecksums(file), checksums);
});
