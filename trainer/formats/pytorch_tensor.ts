/**
 * Tensors of a PyTorch file: a storage of numbers and a strided view into it.
 *
 * @module
 */
import { type Dtype, DTYPES, type TensorData } from "./safetensors.ts";
import { checkChecksum } from "./zip_checksums.ts";

/** Numbers that tensors look into; several may share them. */
export interface PyTorchStorage {
  /** Its name in the file. */
  readonly key: string;
  /** Element type; undefined: bytes, whose type each tensor says. */
  readonly dtype: Dtype | undefined;
  /** Number of elements, or of bytes. */
  readonly count: number;
  /** Little endian; undefined until the file's numbers are read. */
  bytes: Uint8Array<ArrayBuffer> | undefined;
  /** CRC-32 of the bytes, until they were checked; undefined too where the file has none. */
  checksum?: number | undefined;
}

/** A strided view into a storage. */
export class PyTorchTensor {
  readonly #storage: PyTorchStorage;
  readonly #offset: number;
  readonly #stride: readonly number[];
  /** Element type, by its safetensors name. */
  readonly dtype: Dtype;
  /** Sizes, outermost first; empty for a scalar. */
  readonly shape: readonly number[];

  /**
   * @param offset of the first element in the storage
   * @param stride elements from one index to the next, for each dimension
   * @throws SyntaxError when these are no sizes
   */
  constructor(
    storage: PyTorchStorage,
    { offset, shape, stride, dtype = storage.dtype }: {
      offset: unknown;
      shape: unknown;
      stride: unknown;
      dtype?: Dtype | undefined;
    },
  ) {
    if (
      dtype === undefined || !isSize(offset) || !isSizes(shape) || !isSizes(stride) ||
      shape.length !== stride.length
    ) {
      throw new SyntaxError(
        `a tensor of it has type ${dtype}, shape [${shape}], stride [${stride}] and offset ${offset}`,
      );
    }
    this.#storage = storage;
    this.#offset = offset;
    this.#stride = stride;
    this.dtype = dtype;
    this.shape = shape;
  }

  /**
   * The elements in C order; not to be written to, as they may be the storage itself.
   *
   * @throws SyntaxError when the storage is damaged or does not reach as far
   */
  elements(): TensorData {
    const all = this.#view();
    const count = this.shape.reduce((product, size) => product * size, 1);
    const last = this.#offset +
      this.shape.reduce((sum, size, i) => sum + (size - 1) * this.#stride[i]!, 0);
    if (count > 0 && last >= all.length) {
      throw new SyntaxError(
        `a tensor of shape [${this.shape}] reaches element ${last} of storage "${this.#storage.key}", which has ${all.length}`,
      );
    }
    if (this.#contiguous()) return all.subarray(this.#offset, this.#offset + count) as TensorData;
    const result = new DTYPES[this.dtype](count);
    const index = this.shape.map(() => 0);
    for (let i = 0, from = this.#offset; i < count; i++) {
      result[i] = all[from]!;
      for (let d = index.length - 1; d >= 0; d--) {
        from += this.#stride[d]!;
        if (++index[d]! < this.shape[d]!) break;
        from -= this.#stride[d]! * this.shape[d]!;
        index[d] = 0;
      }
    }
    return result;
  }

  #view(): TensorData {
    const { bytes, key } = this.#storage;
    if (!bytes) throw new SyntaxError(`storage "${key}" is not in the file`);
    checkChecksum(bytes, `storage "${key}"`, this.#storage.checksum);
    this.#storage.checksum = undefined;
    const type = DTYPES[this.dtype];
    const whole = Math.floor(bytes.length / type.BYTES_PER_ELEMENT);
    const aligned = bytes.byteOffset % type.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
    return new type(aligned.buffer, aligned.byteOffset, whole);
  }

  #contiguous(): boolean {
    let step = 1;
    for (let d = this.shape.length - 1; d >= 0; d--) {
      if (this.shape[d] !== 1 && this.#stride[d] !== step) return false;
      step *= this.shape[d]!;
    }
    return true;
  }
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isSize);
}
