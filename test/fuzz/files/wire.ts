// Protobuf messages as trees of fields, whatever they mean: read, changed, written again, also where they then break the rules.

/** Which fields of a message are messages themselves, and of which kind; which are lists of numbers. */
export type Schema = Readonly<Record<string, Readonly<Record<number, string>>>>;

export interface Field {
  number: number;
  /** 0 varint, 1 eight bytes, 2 a length and bytes, 5 four bytes. */
  wire: number;
  value: bigint | Uint8Array | Message | bigint[];
}

export interface Message {
  readonly kind: string;
  fields: Field[];
}

export const isMessage = (value: Field['value']): value is Message =>
  typeof value === 'object' && 'fields' in value && 'kind' in value;

/** The kind of fields that hold packed varints. */
export const PACKED = 'varints';

function readVarint(bytes: Uint8Array, at: number): [value: bigint, end: number] {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = bytes[at++];
    if (byte === undefined) throw new RangeError('cut');
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return [value, at];
  }
  throw new RangeError('long');
}

/** The fields of `bytes`; throws where they are no message. */
export function readMessage(bytes: Uint8Array, kind: string, schema: Schema): Message {
  const fields: Field[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [key, start] = readVarint(bytes, at);
    const [number, wire] = [Number(key >> 3n), Number(key & 7n)];
    if (wire === 0) {
      const [value, end] = readVarint(bytes, start);
      fields.push({ number, wire, value });
      at = end;
      continue;
    }
    const [length, from] = wire === 2 ? readVarint(bytes, start) : [wire === 1 ? 8n : 4n, start];
    if (wire !== 1 && wire !== 2 && wire !== 5) throw new RangeError('group');
    at = from + Number(length);
    if (at > bytes.length) throw new RangeError('cut');
    const content = bytes.subarray(from, at);
    fields.push({ number, wire, value: wire === 2 ? within(content, schema[kind]?.[number], schema) : content });
  }
  return { kind, fields };
}

function within(content: Uint8Array, kind: string | undefined, schema: Schema): Field['value'] {
  if (kind === undefined) return content;
  try {
    if (kind !== PACKED) return readMessage(content, kind, schema);
    const values: bigint[] = [];
    for (let at = 0; at < content.length; ) {
      const [value, end] = readVarint(content, at);
      values.push(value);
      at = end;
    }
    return values;
  } catch {
    return content;
  }
}

function writeVarint(out: number[], value: bigint): void {
  let rest = BigInt.asUintN(64, value);
  for (; rest > 127n; rest >>= 7n) out.push(Number(rest & 127n) | 128);
  out.push(Number(rest));
}

export function writeMessage({ fields }: Message): Uint8Array {
  const parts: (number[] | Uint8Array)[] = [];
  for (const { number, wire, value } of fields) {
    const head: number[] = [];
    writeVarint(head, (BigInt(number) << 3n) | BigInt(wire));
    if (typeof value === 'bigint') {
      writeVarint(head, value);
      parts.push(head);
      continue;
    }
    const content = contentOf(value);
    if (wire === 2) writeVarint(head, BigInt(content.length));
    parts.push(head, content);
  }
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function contentOf(value: Uint8Array | Message | bigint[]): Uint8Array | number[] {
  if (isMessage(value)) return writeMessage(value);
  if (!Array.isArray(value)) return value;
  const out: number[] = [];
  for (const each of value) writeVarint(out, each);
  return out;
}

/** A message and all those inside, each with its parent's fields. */
export function* messagesIn(message: Message): Generator<Message> {
  yield message;
  for (const { value } of message.fields) if (isMessage(value)) yield* messagesIn(value);
}

export function copyOf({ kind, fields }: Message): Message {
  const copied = (value: Field['value']) =>
    isMessage(value) ? copyOf(value) : Array.isArray(value) ? [...value] : value;
  return { kind, fields: fields.map(({ number, wire, value }) => ({ number, wire, value: copied(value) })) };
}
