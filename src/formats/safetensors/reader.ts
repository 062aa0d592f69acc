// The tensors of a .safetensors file.

import { QuadlaneError } from '../../errors.js';
import { arrayOn, bytesIn, bytesPerElement, type DType, Tensor, type TypedArray } from '../../tensor.js';
import { BFLOAT16, dtypeOf, storedBytes } from './element-types.js';
import { type Entry, type Header, readHeader } from './header.js';

const MOST_LISTED = 8;

/**
 * Reads all tensors of a .safetensors file by name, in the order of its header. bfloat16 becomes float32.
 * Where elements need no conversion and lie aligned, `data` is a view of `bytes`, which must not change afterwards.
 * @throws QuadlaneError `FORMAT` for damaged files, `UNSUPPORTED` for element types that quadlane doesn't have
 */
export function readSafetensors(bytes: ArrayBuffer | Uint8Array): Map<string, Tensor> {
  const plain = bytesIn(bytes);
  if (!plain) {
    throw new QuadlaneError('ARGUMENT', 'readSafetensors() takes the bytes of a file: an ArrayBuffer or Uint8Array');
  }
  return readTensors(plain, readHeader(plain));
}

/** The tensors that `header` lists. */
export function readTensors(bytes: Uint8Array, { entries }: Header): Map<string, Tensor> {
  const strange = entries.filter(({ type }) => dtypeOf(type) === undefined);
  if (strange.length > 0) {
    const listed = strange.slice(0, MOST_LISTED).map(({ name, type }) => `"${name}" (${type})`);
    const more = strange.length > MOST_LISTED ? ` and ${strange.length - MOST_LISTED} more` : '';
    throw new QuadlaneError(
      'UNSUPPORTED',
      `quadlane has no element type for the tensors ${listed.join(', ')}${more}; convert them to F32, F16, F64, BF16, I64, I32, I8, U8 or BOOL`,
    );
  }
  return new Map(
    entries.map((entry) => {
      const dtype = dtypeOf(entry.type)!;
      return [entry.name, new Tensor(dtype, entry.shape, elementsOf(bytes, entry, dtype))];
    }),
  );
}

function elementsOf(bytes: Uint8Array, { type, size, begin }: Entry, dtype: DType): TypedArray {
  const stored = bytes.subarray(begin, begin + size * storedBytes(type)!);
  if (type === BFLOAT16) {
    const words = Uint32Array.from(new Uint16Array(new Uint8Array(stored).buffer), (half) => half << 16);
    return arrayOn(dtype, words.buffer, 0, size);
  }
  const aligned = stored.byteOffset % bytesPerElement(dtype) === 0 ? stored : new Uint8Array(stored);
  return arrayOn(dtype, aligned.buffer, aligned.byteOffset, size);
}
