/**
 * PyTorch checkpoint files (`torch.save`): the zip container of today and the stream of pickles before version 1.6
 * (torch/serialization.py). Whatever the file says is looked at, nothing of it is executed.
 *
 * @module
 */
import { unzipSync } from "fflate";
import { readPickle } from "./pickle.ts";
import { PyTorchNames, storageBytes } from "./pytorch_names.ts";
import { checkChecksum, zipChecksums } from "./zip_checksums.ts";

/** First number of the older files: 0x1950a86a20f9469cfc6c. */
const legacyMagic = 0x1950a86a20f9469cfc6cn;

/** `PK\3\4`, or a pickle of protocol 2 that begins with the magic number. */
export function isPyTorch(bytes: Uint8Array): boolean {
  return isZip(bytes) || (bytes[0] === 0x80 && bytes[1] === 2 && bytes[2] === 0x8a);
}

function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/**
 * Read a whole file.
 *
 * @param name what to call it in errors
 * @returns what was saved, its tensors' numbers not yet looked at: `PyTorchTensor`, `Map` for a dict, arrays for lists and tuples, plain values
 * @throws SyntaxError when it is cut off, damaged or no PyTorch file
 * @throws TypeError when its pickle names anything but tensors and plain containers
 */
export function readPyTorch(bytes: Uint8Array<ArrayBuffer>, name: string): unknown {
  try {
    return isZip(bytes) ? readZip(bytes) : readLegacy(bytes);
  } catch (error) {
    const reason = (error as Error).message;
    const Kind = error instanceof TypeError ? TypeError : SyntaxError;
    throw new Kind(`Cannot read "${name}" as a PyTorch file as ${reason}`, { cause: error });
  }
}

function readZip(bytes: Uint8Array): unknown {
  const files = unzip(bytes);
  const checksums = zipChecksums(bytes);
  const pickle = Object.keys(files).find((path) => path.endsWith("/data.pkl"));
  if (pickle === undefined) {
    throw new SyntaxError("it is a zip file without data.pkl, so torch.save() did not write it");
  }
  const root = pickle.slice(0, -"data.pkl".length);
  const order = files[`${root}byteorder`];
  if (order && new TextDecoder().decode(order) !== "little") {
    throw new SyntaxError("its numbers are big endian; save it again on another machine");
  }
  checkChecksum(files[pickle]!, `its "${pickle}"`, checksums.get(pickle));
  const names = new PyTorchNames();
  const { value } = readPickle(files[pickle]!, names);
  for (const storage of names.storages.values()) {
    const path = `${root}data/${storage.key}`;
    const data = files[path];
    const wanted = storageBytes(storage);
    if (data?.length !== wanted) {
      throw new SyntaxError(
        `its storage "${storage.key}" has ${data?.length ?? 0} bytes, not ${wanted}; copy it again`,
      );
    }
    storage.bytes = data as Uint8Array<ArrayBuffer>;
    storage.checksum = checksums.get(path);
  }
  return value;
}

function unzip(bytes: Uint8Array): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes);
  } catch (error) {
    throw new SyntaxError(
      `it is cut off, or a broken zip file (${(error as Error).message}); copy it again`,
      { cause: error },
    );
  }
}

/** Five pickles (magic, protocol, system, object, keys of the storages), then each storage with its length before it. */
function readLegacy(bytes: Uint8Array<ArrayBuffer>): unknown {
  const names = new PyTorchNames();
  let at = 0;
  const next = (): unknown => {
    const { value, end } = readPickle(bytes, names, at);
    at = end;
    return value;
  };
  if (next() !== legacyMagic) throw new SyntaxError("it does not begin with PyTorch's number");
  next(); // protocol
  const system = next();
  if (system instanceof Map && system.get("little_endian") === false) {
    throw new SyntaxError("its numbers are big endian; save it again on another machine");
  }
  const value = next();
  const keys = next();
  if (!Array.isArray(keys)) throw new SyntaxError("it has no list of storages");
  for (const key of keys) {
    const storage = names.storages.get(String(key));
    if (!storage) throw new SyntaxError(`it lists storage "${key}", which no tensor looks into`);
    const wanted = storageBytes(storage);
    const from = at + 8;
    at = from + wanted;
    if (at > bytes.length) {
      throw new SyntaxError(
        `it is cut off: storage "${key}" ends at byte ${at}, the file at ${bytes.length}; copy it again`,
      );
    }
    storage.bytes = bytes.subarray(from, at);
  }
  return value;
}
