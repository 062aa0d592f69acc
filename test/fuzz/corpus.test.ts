// Files that once brought faults to light, as `npm run fuzz -- --save test/fuzz/corpus` writes them: shrunk, and named by
// the seed whose choices they are examined with. None does anything but what it says by its name: it is read, and refused or run.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { ready } from '../../src/model/load.js';
import { choicesOf } from './dice.js';
import { examineModel } from './files/examine.js';

const folder = new URL('corpus/', import.meta.url);

beforeAll(() => ready());

test.each(readdirSync(fileURLToPath(folder)))('%s', async (name) => {
  const [, seed, kind] = /^(\d+)-(onnx|safetensors)\.\w+$/.exec(name)!;
  const file = new Uint8Array(readFileSync(new URL(name, folder)));
  const words = await examineModel(choicesOf(Number(seed)), file);
  expect(kind).toBe(name.split('.').at(-1));
  expect(words.some((word) => word === 'loaded' || word.startsWith('load: '))).toBe(true);
});
