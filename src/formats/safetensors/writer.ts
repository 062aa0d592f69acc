// Tensors -> the bytes of a .safetensors file.

import { QuadlaneError } from '../../errors.js';
import { bytesPerElement, type Tensor } from '../../tensor.js';
import { utf8 } from '../../utf8.js';
import { nameOf } from './element-types.js';
import { LENGTH_BYTES, LONGEST_HEADER } from './header.js';

/** Data starts at a multiple of this, so that every tensor can be read in place. */
const ALIGNMENT = 8;

/**
 * Writes a .safetensors file: tensors of wide elements first, then by name; the same tensors and metadata give the
 * same bytes.
 * @throws QuadlaneError `ARGUMENT` for a tensor named "__metadata__", `LIMIT` for a header beyond 100 MB
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  if (tensors.has('__metadata__')) {
    throw new QuadlaneError('ARGUMENT', 'a .safetensors file can\'t have a tensor named "__metadata__": rename it');
  }
  const ordered = [...tensors].sort(
    ([nameA, a], [nameB, b]) => bytesPerElement(b.dtype) - bytesPerElement(a.dtype) || (nameA < nameB ? -1 : 1),
  );
  const fields: [string, unknown][] = Object.keys(metadata).length > 0 ? [['__metadata__', metadata]] : [];
  let bytes = 0;
  for (const [name, { dtype, shape, data }] of ordered) {
    const offsets = [bytes, bytes + data.byteLength];
    fields.push([name, { dtype: nameOf[dtype], shape, data_offsets: offsets }]);
    bytes += data.byteLength;
  }
  // Written pair by pair: an object would sort names that look like numbers to the front.
  const json = `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
  const header = utf8(json);
  const padded = Math.ceil(header.byteLength / ALIGNMENT) * ALIGNMENT;
  if (padded > LONGEST_HEADER) {
    throw new QuadlaneError(
      'LIMIT',
      `the header would have ${padded} bytes, a .safetensors file allows ${LONGEST_HEADER}: shorten the names`,
    );
  }

  const file = new Uint8Array(LENGTH_BYTES + padded + bytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(padded), true);
  file.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + padded);
  file.set(header, LENGTH_BYTES);
  let at = LENGTH_BYTES + padded;
  for (const [, { data }] of ordered) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}
