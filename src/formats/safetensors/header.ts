// The header of a .safetensors file, read from bytes that nobody vouches for:
// [8 bytes: N, little-endian][N bytes: JSON][tensor data, one tensor behind the other without gaps]

import { QuadlaneError } from '../../errors.js';
import { formatShape, sizeOf } from '../../shape.js';
import { utf8Decoder } from '../../utf8.js';
import { refuseOtherKinds } from '../otherKinds.js';
import { storedBytes } from './element-types.js';
import { repeatedKey } from './json.js';
import { isSafetensors } from './signature.js';

/** Most bytes that the format allows a header. */
export const LONGEST_HEADER = 100_000_000;

/** Bytes in front of the header. */
export const LENGTH_BYTES = 8;

const HIGHEST_RANK = 64;
const METADATA = '__metadata__';

/** Where one tensor lies. */
export interface Entry {
  readonly name: string;
  /** The file's name of the element type, one that the format knows. */
  readonly type: string;
  readonly shape: readonly number[];
  /** Number of elements. */
  readonly size: number;
  /** First byte, counted from the start of the file. */
  readonly begin: number;
}

export interface Header {
  readonly entries: readonly Entry[];
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * Reads and checks the header: every tensor lies inside the file, has the bytes that its shape needs, and tensors fill
 * the rest of the file without gaps.
 * @throws QuadlaneError `FORMAT`
 */
export function readHeader(bytes: Uint8Array): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isSafetensors(bytes)) refuseOtherKinds(bytes, 'a .safetensors file');
  if (bytes.byteLength < LENGTH_BYTES) throw damaged(`it has ${bytes.byteLength} bytes`);
  const length = Number(view.getBigUint64(0, true));
  if (length > LONGEST_HEADER) throw damaged(`its header would have ${length} bytes`);
  const start = LENGTH_BYTES + length;
  if (start > bytes.byteLength) throw damaged(`its header ends at byte ${start} of ${bytes.byteLength}`);

  const { [METADATA]: metadata, ...tensors } = parse(bytes.subarray(LENGTH_BYTES, start));
  const entries = Object.entries(tensors).map(([name, value]) => readEntry(name, value, start));
  let end = start;
  for (const { entry, end: next } of [...entries].sort((a, b) => a.entry.begin - b.entry.begin || a.end - b.end)) {
    if (entry.begin !== end) throw damaged(`tensor "${entry.name}" begins at byte ${entry.begin} instead of ${end}`);
    end = next;
  }
  if (end !== bytes.byteLength) throw damaged(`its tensors end at byte ${end} of ${bytes.byteLength}`);
  return { entries: entries.map(({ entry }) => entry), metadata: readMetadata(metadata) };
}

function parse(bytes: Uint8Array): Record<string, unknown> {
  let text: string;
  let header: unknown;
  try {
    text = utf8Decoder({ fatal: true, ignoreBOM: true }).decode(bytes);
    header = JSON.parse(text);
  } catch (cause) {
    throw damaged('its header is not JSON', cause);
  }
  if (!isRecord(header)) throw damaged('its header is not an object');
  const repeated = repeatedKey(text);
  if (repeated !== undefined) throw damaged(`its header has "${repeated}" twice`);
  return header;
}

function readEntry(name: string, value: unknown, start: number): { entry: Entry; end: number } {
  const { dtype: type, shape, data_offsets: offsets } = isRecord(value) ? value : {};
  const elementBytes = storedBytes(type);
  if (typeof type !== 'string' || elementBytes === undefined)
    throw damaged(`tensor "${name}" has the dtype ${JSON.stringify(type)}`);
  if (!isSizes(shape) || shape.length > HIGHEST_RANK) throw damaged(`tensor "${name}" has no shape`);
  if (!isSizes(offsets) || offsets.length !== 2) throw damaged(`tensor "${name}" has no data_offsets`);
  const size = sizeIn(name, shape);
  const [begin, end] = offsets;
  if (end - begin !== size * elementBytes) {
    throw damaged(
      `tensor "${name}" (${type} ${formatShape(shape)}) needs ${size * elementBytes} bytes, but has ${end - begin}`,
    );
  }
  return { entry: { name, type, shape, size, begin: start + begin }, end: start + end };
}

function sizeIn(name: string, shape: readonly number[]): number {
  try {
    return sizeOf(shape);
  } catch (cause) {
    throw damaged(`tensor "${name}": ${(cause as Error).message}`, cause);
  }
}

function readMetadata(value: unknown): Map<string, string> {
  if (value === undefined) return new Map();
  if (!isRecord(value)) throw damaged(`its ${METADATA} is not an object`);
  return new Map(
    Object.entries(value).map(([key, text]) => {
      if (typeof text !== 'string') throw damaged(`its ${METADATA} "${key}" is not text`);
      return [key, text];
    }),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** What is wrong with the file. */
export function damaged(what: string, cause?: unknown): QuadlaneError {
  return new QuadlaneError(
    'FORMAT',
    `the .safetensors file is damaged or cut short: ${what}; get or write the file again`,
    { cause },
  );
}
