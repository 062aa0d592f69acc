// Reads protobuf messages from bytes nobody vouches for. pbf decodes single values; every length, wire type and end is
// checked here before a value is read, so that damage is an error with a position, never a wrong value or a hang.

import { PbfReader } from 'pbf';
import { QuadlaneError } from '../../errors.js';
import { utf8Decoder } from '../../utf8.js';

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const GROUP = 3;
const END_OF_GROUP = 4;
const FIXED32 = 5;

/** Messages within messages, as many as protobuf's own readers take. */
const MOST_NESTED = 100;

const decoder = utf8Decoder();
const int64 = new DataView(new ArrayBuffer(8));

function readVarint(reader: PbfReader): number {
  return reader.readVarint();
}

/** The fields of one message, one after the other: call `next()`, then at most one of the readers. */
export class Message {
  private wire = VARINT;
  private valueEnd: number;

  private constructor(
    private readonly reader: PbfReader,
    private readonly end: number,
    private readonly name: string,
    private readonly depth: number,
  ) {
    this.valueEnd = reader.pos;
  }

  /** The message that fills all of `bytes`; `name` is what errors call it. */
  static over(bytes: Uint8Array, name: string): Message {
    return new Message(new PbfReader(bytes), bytes.length, name, 1);
  }

  /**
   * Number of the next field, 0 at the end; what isn't read is skipped.
   * @throws QuadlaneError `FORMAT` when the field doesn't lie wholly inside the message
   */
  next(): number {
    const { reader } = this;
    let field: number;
    do {
      reader.pos = this.valueEnd;
      if (reader.pos === this.end) return 0;
      field = this.tag();
      if (this.wire === GROUP) this.skipGroup(field);
    } while (reader.pos === this.valueEnd);
    const start = reader.pos;
    this.valueEnd = this.endOfValue(field);
    // The value of a varint is read again; that of bytes begins behind their length.
    if (this.wire !== BYTES) reader.pos = start;
    return field;
  }

  /** Reads the number and the wire type of a field. */
  private tag(): number {
    const tag = this.varint();
    this.wire = tag & 7;
    const field = Math.floor(tag / 8);
    if (field === 0) throw this.damaged('a field without a number', this.reader.pos);
    return field;
  }

  /** Where the value of `field` ends, which is no group. */
  private endOfValue(field: number): number {
    const { reader, wire } = this;
    const start = reader.pos;
    let end: number;
    if (wire === VARINT) {
      this.varint();
      end = reader.pos;
    } else if (wire === BYTES) {
      const length = this.varint();
      end = reader.pos + length;
    } else if (wire === FIXED32 || wire === FIXED64) {
      end = start + (wire === FIXED32 ? 4 : 8);
    } else {
      throw this.damaged(`a field of unknown wire type ${wire}`, start);
    }
    if (end > this.end) throw this.damaged(`field ${field} ends ${end - this.end} bytes too late`, start);
    return end;
  }

  /** Passes over a group, an old kind of message that ends with a tag of its own: ONNX has none, so that it is unknown. */
  private skipGroup(field: number): void {
    const { reader } = this;
    const open = [field];
    while (open.length > 0) {
      if (reader.pos === this.end) throw this.damaged(`group ${open.at(-1)} doesn't end`, reader.pos);
      const inner = this.tag();
      if (this.wire === GROUP) open.push(inner);
      else if (this.wire !== END_OF_GROUP) reader.pos = this.endOfValue(inner);
      else if (open.pop() !== inner) throw this.damaged(`group ${inner} ends without a beginning`, reader.pos);
    }
    this.valueEnd = reader.pos;
  }

  /** An integer; outside +-2^53 the nearest double. */
  integer(): number {
    this.expect(VARINT);
    return this.reader.readVarint(true);
  }

  float(): number {
    this.expect(FIXED32);
    return this.reader.readFloat();
  }

  text(): string {
    return decoder.decode(this.bytes());
  }

  /** A view of the field's bytes, without a copy. */
  bytes(): Uint8Array {
    this.expect(BYTES);
    return this.reader.buf.subarray(this.reader.pos, this.valueEnd);
  }

  message(name: string): Message {
    this.expect(BYTES);
    if (this.depth === MOST_NESTED) {
      throw this.damaged(`more than ${MOST_NESTED} messages within each other`, this.reader.pos);
    }
    return new Message(this.reader, this.valueEnd, name, this.depth + 1);
  }

  /** Appends a repeated integer, packed or single. */
  integers(target: number[]): void {
    this.repeated(VARINT, () => target.push(this.reader.readVarint(true)));
  }

  /** Appends a repeated 64-bit integer exactly, packed or single. */
  bigIntegers(target: bigint[]): void {
    this.repeated(VARINT, () => target.push(this.bigVarint()));
  }

  floats(target: number[]): void {
    this.repeated(FIXED32, () => target.push(this.reader.readFloat()));
  }

  doubles(target: number[]): void {
    this.repeated(FIXED64, () => target.push(this.reader.readDouble()));
  }

  private repeated(wire: number, read: () => void): void {
    if (this.wire !== BYTES) {
      this.expect(wire);
      read();
      return;
    }
    const { reader } = this;
    const width = wire === FIXED32 ? 4 : wire === FIXED64 ? 8 : 1;
    if ((this.valueEnd - reader.pos) % width !== 0 || (width === 1 && reader.buf[this.valueEnd - 1] > 0x7f)) {
      throw this.damaged('a list ends inside a value', reader.pos);
    }
    while (reader.pos < this.valueEnd) this.guarded(read, reader.pos);
  }

  /** pbf reads undefined bytes past the end of the file, and complains in its own words about overlong values. */
  private guarded<T>(read: (reader: PbfReader) => T, start: number): T {
    try {
      return read(this.reader);
    } catch (cause) {
      throw this.damaged('a number of more than ten bytes', start, cause);
    }
  }

  private varint(): number {
    const start = this.reader.pos;
    const value = this.guarded(readVarint, start);
    if (this.reader.pos > this.end) throw this.damaged('a number runs past the end', start);
    return value;
  }

  private bigVarint(): bigint {
    const { reader } = this;
    let low = 0;
    let high = 0;
    for (let shift = 0; ; shift += 7) {
      if (shift > 63) throw new RangeError('overlong');
      const byte = reader.buf[reader.pos++];
      const bits = byte & 0x7f;
      if (shift < 32) low |= bits << shift;
      if (shift > 31) high |= bits << (shift - 32);
      else if (shift > 24) high |= bits >> (32 - shift);
      if (byte < 0x80) break;
    }
    int64.setInt32(0, low, true);
    int64.setInt32(4, high, true);
    return int64.getBigInt64(0, true);
  }

  private expect(wire: number): void {
    if (this.wire !== wire)
      throw this.damaged(`a field has wire type ${this.wire} instead of ${wire}`, this.reader.pos);
  }

  private damaged(what: string, position: number, cause?: unknown): QuadlaneError {
    return new QuadlaneError(
      'FORMAT',
      `the ONNX file is damaged, cut short or not ONNX at all: ${what} (in ${this.name}, byte ${position} of ${this.reader.length}); get the file again`,
      { cause },
    );
  }
}
