// Writes protobuf messages: fields one behind the other, large ones without a copy until the end.

import { utf8 } from '../../utf8.js';

const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

export class MessageWriter {
  private readonly parts: Uint8Array[] = [];
  private length = 0;

  /** A whole number, negative ones in 64 bits. */
  integer(field: number, value: number): void {
    this.append(varint(field * 8 + VARINT), varint(value));
  }

  float(field: number, value: number): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    this.append(varint(field * 8 + FIXED32), bytes);
  }

  text(field: number, value: string): void {
    this.bytes(field, utf8(value));
  }

  /** `value` must not change before `finish()`. */
  bytes(field: number, value: Uint8Array): void {
    this.append(varint(field * 8 + BYTES), varint(value.length), value);
  }

  message(field: number, write: (message: MessageWriter) => void): void {
    const message = new MessageWriter();
    write(message);
    this.append(varint(field * 8 + BYTES), varint(message.length));
    for (const part of message.parts) this.append(part);
  }

  /** All that was written. */
  finish(): Uint8Array {
    const whole = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  private append(...parts: readonly Uint8Array[]): void {
    for (const part of parts) {
      this.parts.push(part);
      this.length += part.length;
    }
  }
}

/** Seven bits a byte, the lowest first; the high bit says that more follow. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
