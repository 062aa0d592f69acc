// .safetensors files damaged: models of quadlane and checkpoints of a training. The header's JSON, the JSON inside its metadata,
// and the bytes.

import type { Dice } from '../dice.js';
import { damagedBytes, damageJson, fewTimes, type Json, joined } from './damage.js';

/** A file in its parts. */
export interface Native {
  readonly header: Json;
  /** Those texts of the metadata that are JSON. */
  readonly metadata: Readonly<Record<string, Json>>;
  readonly data: Uint8Array;
}

export function parseNative(file: Uint8Array): Native {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  const metadata: Record<string, Json> = {};
  for (const [key, text] of Object.entries<string>(header.__metadata__ ?? {})) {
    if (text.startsWith('{')) metadata[key] = JSON.parse(text);
  }
  return { header, metadata, data: file.subarray(8 + length) };
}

export function writeNative({ header, metadata, data }: Native, miscount = 0): Uint8Array {
  const texts = Object.entries(metadata).map(([key, value]) => [key, JSON.stringify(value)]);
  const whole = { ...header, __metadata__: { ...header.__metadata__, ...Object.fromEntries(texts) } };
  const text = new TextEncoder().encode(JSON.stringify(whole));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt.asUintN(64, BigInt(text.length + miscount)), true);
  return joined(length, text, data);
}

export function damageNative(dice: Dice, native: Native): Uint8Array {
  const { header, metadata, data } = structuredClone({ ...native, data: new Uint8Array(0) }) as Native;
  let bytes = native.data;
  const inner = Object.values(metadata);
  for (let times = fewTimes(dice); times > 0; times--) {
    if (inner.length > 0 && !dice.once(4)) damageJson(dice, dice.any(inner));
    else if (!dice.once(4)) damageJson(dice, header);
    else bytes = damagedBytes(dice, bytes.length > 0 ? bytes : data);
  }
  const file = writeNative({ header, metadata, data: bytes }, dice.once(30) ? dice.any([-1, 1, 8, 1e9, -1e6]) : 0);
  return dice.once(20) ? damagedBytes(dice, file) : file;
}
