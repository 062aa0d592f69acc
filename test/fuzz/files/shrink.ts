// A failing file made small: fields, entries or bytes are left out for as long as it fails in the same place.

import { type Native, parseNative, writeNative } from './native.js';
import { parseOnnx } from './onnx.js';
import { type Message, messagesIn, writeMessage } from './wire.js';

/** Most files that are tried. */
const MOST_TRIES = 600;

/** Ways to make a file smaller, one after the other as they are asked for; told whether the last one still failed. */
type Shrinking = Generator<Uint8Array, void, boolean>;

/** @param fails whether a file fails as the first one does */
export async function shrinkBytes(
  kind: string,
  file: Uint8Array,
  fails: (bytes: Uint8Array) => Promise<boolean>,
): Promise<Uint8Array> {
  if (kind === 'command' || !(await fails(file))) return file;
  let best = file;
  const way = waysOf(kind, file);
  let next = way.next();
  for (let tries = 0; tries < MOST_TRIES && !next.done; tries++) {
    const held = await fails(next.value);
    if (held) best = next.value;
    next = way.next(held);
  }
  return best;
}

function waysOf(kind: string, file: Uint8Array): Shrinking {
  const tree = kind === 'onnx' ? parseOnnx(file) : undefined;
  if (tree) return withoutFields(tree);
  const native = kind !== 'onnx' && kind !== 'array' ? partsOf(file) : undefined;
  return native ? withoutEntries(native) : withoutBytes(file);
}

/** Undefined where the file as a whole is damaged. */
function partsOf(file: Uint8Array): Native | undefined {
  try {
    return parseNative(file);
  } catch {
    return undefined;
  }
}

function* withoutFields(tree: Message): Shrinking {
  for (const message of messagesIn(tree)) {
    for (let at = message.fields.length - 1; at >= 0; at--) {
      const [field] = message.fields.splice(at, 1);
      if (!(yield writeMessage(tree))) message.fields.splice(at, 0, field);
    }
  }
}

function* withoutEntries(native: Native): Shrinking {
  function* within(holder: Record<string, unknown>): Shrinking {
    for (const key of Object.keys(holder).reverse()) {
      const value = holder[key];
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
      if (yield writeNative(native)) continue;
      if (Array.isArray(holder)) holder.splice(Number(key), 0, value);
      else holder[key] = value;
      if (typeof value === 'object' && value !== null) yield* within(value as Record<string, unknown>);
    }
  }
  yield* within(native.metadata);
}

function* withoutBytes(file: Uint8Array): Shrinking {
  let best = file;
  for (let length = file.length >> 1; length >= 1; length >>= 1) {
    for (let at = 0; at + length <= best.length; ) {
      const shorter = new Uint8Array([...best.subarray(0, at), ...best.subarray(at + length)]);
      if (yield shorter) best = shorter;
      else at += length;
    }
  }
}
