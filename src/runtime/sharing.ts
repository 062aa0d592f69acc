// One binary serves both: memory of its own, or memory that threads share. Only the type of the imported memory differs,
// so it is rewritten where threads are wanted.

const HEADER_BYTES = 8;
const IMPORT_SECTION = 2;
const MEMORY = 2;
/** Limits as a binary writes them: shared, with a minimum of 0 and a maximum of 65536 pages. Any shared memory fits. */
const SHARED_LIMITS = [0x03, 0x00, 0x80, 0x80, 0x04];

/**
 * A binary whose only import is a memory, with that memory shared.
 * @throws RangeError when the bytes are no such binary
 */
export function withSharedMemory(binary: Uint8Array): Uint8Array<ArrayBuffer> {
  let at = HEADER_BYTES;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = binary[at++];
      value |= (byte & 0x7f) << shift;
      if (!(byte & 0x80)) return value;
    }
  };
  const skipName = (): void => {
    const length = number();
    at += length;
  };
  while (at < binary.length) {
    const start = at;
    const section = binary[at++];
    const end = number() + at;
    if (section === IMPORT_SECTION) {
      const content = at;
      const imports = number();
      skipName();
      skipName();
      if (imports !== 1 || binary[at++] !== MEMORY) break;
      const imported = [...binary.subarray(content, at), ...SHARED_LIMITS];
      if (imported.length > 0x7f) break;
      return Uint8Array.from([
        ...binary.subarray(0, start),
        IMPORT_SECTION,
        imported.length,
        ...imported,
        ...binary.subarray(end),
      ]);
    }
    at = end;
  }
  throw new RangeError('not a binary that imports one memory and nothing else');
}
