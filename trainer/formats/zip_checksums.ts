/**
 * Checksums of a zip file's entries, which fflate does not look at (PKWARE APPNOTE 4.3.12, 4.3.14-16).
 *
 * @module
 */
import { crc32 } from "node:zlib";

const END = 0x06054b50; // end of central directory
const END_64 = 0x07064b50; // locator of the one of zip64, right before it
const ENTRY = 0x02014b50;

/**
 * CRC-32 of each entry by its name, as the central directory has it; 0 where the writer computed none, as PyTorch may be
 * told to.
 *
 * @param bytes a file that fflate unzips
 */
export function zipChecksums(bytes: Uint8Array): Map<string, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (at: number): number => view.getUint32(at, true);
  const half = (at: number): number => view.getUint16(at, true);
  const long = (at: number): number => Number(view.getBigUint64(at, true));
  let end = bytes.length - 22;
  while (word(end) !== END) end--;
  let [count, at] = [half(end + 10), word(end + 16)];
  if (end >= 20 && word(end - 20) === END_64) {
    const end64 = long(end - 12);
    [count, at] = [long(end64 + 32), long(end64 + 48)];
  }
  const checksums = new Map<string, number>();
  for (let i = 0; i < count && word(at) === ENTRY; i++) {
    const length = half(at + 28);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + length));
    checksums.set(name, word(at + 16));
    at += 46 + length + half(at + 30) + half(at + 32);
  }
  return checksums;
}

/**
 * Check numbers against their CRC-32.
 *
 * @param what they are, in errors
 * @param wanted their checksum; 0 or undefined: none was computed
 * @throws SyntaxError when they are damaged
 */
export function checkChecksum(bytes: Uint8Array, what: string, wanted: number | undefined): void {
  if (!wanted) return;
  const actual = crc32(bytes);
  if (actual === wanted) return;
  const hex = (crc: number): string => crc.toString(16).padStart(8, "0");
  throw new SyntaxError(
    `${what} is damaged: its CRC-32 is ${hex(actual)}, the file says ${hex(wanted)}; copy it again`,
  );
}
