// Damage of every kind: to numbers, texts, bytes and JSON.

import type { Dice } from '../dice.js';

/** Whole numbers at which programs break. */
const edges = [
  ...[-(2n ** 63n), -(2n ** 31n), -65536n, -100n, -3n, -2n, -1n, 0n, 1n, 2n, 3n, 4n, 5n, 7n, 8n, 16n, 17n, 64n, 100n],
  ...[
    127n,
    128n,
    255n,
    256n,
    1000n,
    32767n,
    65535n,
    65536n,
    10n ** 6n,
    2n ** 24n,
    2n ** 31n - 1n,
    2n ** 31n,
    2n ** 32n,
  ],
  ...[2n ** 32n + 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 62n, 2n ** 63n - 1n],
];

export function damagedInteger(dice: Dice, value: bigint): bigint {
  switch (dice.integer(4)) {
    case 0:
      return value + BigInt(dice.from(-2, 2));
    case 1:
      return value ^ (1n << BigInt(dice.integer(64)));
    case 2:
      return BigInt(dice.from(-4, 12));
    default:
      return dice.any(edges);
  }
}

const floats = [
  0,
  -0,
  1,
  -1,
  0.5,
  1e-45,
  1e-30,
  1e30,
  3.4028235e38,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
];

export function damagedFloat(dice: Dice): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, dice.any(floats), true);
  return bytes;
}

const texts = [
  ...[
    '',
    ' ',
    'x',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '\u001b[31mred\u001b[0m',
    'a\nb',
    '\u0000',
  ],
  ...[
    '\u202ebackwards',
    '\ud800',
    'NaN',
    '-1',
    '1e9',
    '0',
    '[]',
    'null',
    'é',
    '"',
    '\\',
    '../../etc/passwd',
    '/etc/passwd',
  ],
];

export function damagedText(dice: Dice, others: readonly string[]): string {
  if (others.length > 0 && !dice.once(3)) return dice.any(others);
  if (dice.once(40)) return 'n'.repeat(dice.any([201, 5000, 100_000]));
  return dice.any(texts);
}

/** Bytes changed here and there: flipped, cut, repeated, put in, written over. */
export function damagedBytes(dice: Dice, bytes: Uint8Array): Uint8Array {
  const at = dice.integer(bytes.length + 1);
  const length = Math.min(bytes.length - at, dice.any([1, 1, 2, 4, 8, 16, 64, 1000]));
  switch (dice.integer(6)) {
    case 0:
    case 1: {
      const result = bytes.slice();
      if (at < result.length) result[at] ^= 1 << dice.integer(8);
      return result;
    }
    case 2:
      return bytes.slice(0, at);
    case 3:
      return joined(bytes.subarray(0, at + length), bytes.subarray(at));
    case 4:
      return joined(bytes.subarray(0, at), bytes.subarray(at + length));
    default: {
      const result = bytes.slice();
      const byte = dice.any([0, 1, 127, 128, 255, dice.integer(256)]);
      return result.fill(byte, at, at + length);
    }
  }
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

// biome-ignore lint/suspicious/noExplicitAny: whatever JSON may hold
export type Json = any;

const values: readonly Json[] = [
  ...[null, -1, 0, 1, 2, 3, 1.5, -0.5, 1e300, 1e9, 2 ** 31, 2 ** 32, 2 ** 53, '', 'x', '__proto__', true, false],
  ...[
    [],
    [0],
    [1],
    [-1, 1],
    [1.5],
    [1e300, 1],
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
    {},
    [''],
    [[1]],
    [null],
    { $number: 'NaN' },
  ],
  ...[{ $number: 'Infinity' }, { $number: '-0' }, { $number: 'x' }, { toString: 1 }, { length: 3 }],
];

/** Every object and list inside `value`, itself first. */
function* containers(value: Json): Generator<Json> {
  if (typeof value !== 'object' || value === null) return;
  yield value;
  for (const inner of Object.values(value)) yield* containers(inner);
}

/** Changes one place of `root`, which is an object, to something else. */
export function damageJson(dice: Dice, root: Json): void {
  const all = [...containers(root)];
  const container = dice.any(all);
  const keys = Object.keys(container);
  const words = new Set<string>();
  for (const each of all) for (const inner of Object.values(each)) if (typeof inner === 'string') words.add(inner);
  if (keys.length === 0) {
    if (Array.isArray(container)) container.push(structuredClone(dice.any(values)));
    else container[damagedText(dice, [...words])] = structuredClone(dice.any(values));
    return;
  }
  const key = dice.any(keys);
  const value = container[key];
  switch (dice.integer(8)) {
    case 0:
      if (Array.isArray(container)) container.splice(Number(key), 1);
      else delete container[key];
      break;
    case 1:
      if (Array.isArray(container)) container.splice(dice.integer(container.length + 1), 0, structuredClone(value));
      else container[damagedText(dice, [...words])] = structuredClone(value);
      break;
    case 2:
      container[key] = structuredClone(dice.any(values));
      break;
    case 3: {
      const other = dice.any(keys);
      [container[key], container[other]] = [container[other], container[key]];
      break;
    }
    case 4: {
      const source = dice.any(all);
      const own = Object.keys(source);
      // Not into itself.
      if (own.length > 0) container[key] = JSON.parse(JSON.stringify(source[dice.any(own)] ?? null));
      break;
    }
    default:
      if (typeof value === 'string') container[key] = damagedText(dice, [...words]);
      else if (typeof value === 'number') container[key] = Number(damagedInteger(dice, BigInt(Math.trunc(value) || 0)));
      else container[key] = structuredClone(dice.any(values));
  }
}

/** 1, 2, 3, ... with half the chance each. */
export function fewTimes(dice: Dice): number {
  let times = 1;
  while (times < 8 && dice.once(2)) times++;
  return times;
}
