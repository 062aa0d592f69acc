// Every model file of the repository, each loaded and run in a fresh module instance of the built package.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import type { Tensor } from '../../src/tensor.js';
import { type Case, dataSets, difference, externalData, listCases, readValue } from '../conformance/case.js';
import { digits } from '../examples/digits.js';
import { fresh } from './fresh.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const fixtures = here('../fixtures');

const models = new URL('../../examples/models/', import.meta.url);

/** Folders of cases; two lie beside the repository, and theirs run too where they are there. */
const golden = here('../../../shared/golden');
const faults = here('../../../shared/cases');
const folders = [join(fixtures, 'golden'), join(fixtures, 'cases'), golden, faults].filter(existsSync);

/** Networks whose weights are made anew for each run take so long on a busy machine. */
const TIMEOUT = 300_000;

/** The largest difference of any output in units of the tolerance. */
async function run(folder: string, test: Case): Promise<number> {
  const at = join(folder, test.path);
  const sets = dataSets(at);
  const inputs = sets.map((set) => valuesOf(set, 'input').map(plain));
  const made = existsSync(join(at, 'weights.json'));
  const weights = made ? { 'weights.bin': externalData(at)('weights.bin') } : {};
  const args = [join(at, 'model.onnx'), inputs, at, weights];
  const results = await fresh<Tensor[][]>('models.mjs', 'run', args, made ? { timeout: TIMEOUT } : {});
  const found = results.flatMap((outputs, set) => {
    const expected = valuesOf(sets[set], 'output');
    if (outputs.length !== expected.length) throw new Error(`${outputs.length} outputs, not ${expected.length}`);
    return outputs.map((actual, index) => difference(actual, expected[index], test));
  });
  return Math.max(0, ...found);
}

/** The inputs or outputs of a data set. */
function valuesOf(set: string, kind: 'input' | 'output'): Tensor[] {
  const count = readdirSync(set).filter((name) => name.startsWith(`${kind}_`)).length;
  return Array.from({ length: count }, (_, index) => readValue(set, `${kind}_${index}`));
}

/** What of a tensor can be sent to a worker. */
function plain({ dtype, shape, data }: Tensor): Pick<Tensor, 'dtype' | 'shape' | 'data'> {
  return { dtype, shape, data };
}

/** What is wrong of a case; one without expected outputs is to be refused. */
async function fault(folder: string, test: Case): Promise<string | undefined> {
  const [set] = dataSets(join(folder, test.path));
  const isRefused = valuesOf(set, 'output').length === 0;
  try {
    const found = await run(folder, test);
    if (isRefused) return 'it runs';
    return found <= 1 ? undefined : `it is off by ${found} times the tolerance`;
  } catch (error) {
    const message = String(error);
    return isRefused && message.includes('INPUT: ') ? undefined : message;
  }
}

describe.each(folders)('%s', (folder) => {
  test.concurrent.each(listCases(folder).map((entry) => [entry.path, entry] as const))(
    '%s',
    async (_, entry) => {
      expect(await fault(folder, entry)).toBeUndefined();
    },
    TIMEOUT,
  );
});

test('the digits that are read by examples/models/lenet5-mnist.onnx', async () => {
  const images = digits.map(({ file }) => Float32Array.from(decode(readFileSync(file)).data, (pixel) => pixel / 255));
  const inputs = images.map((data) => [{ dtype: 'float32', shape: [1, 1, 28, 28], data }]);
  const file = fileURLToPath(new URL('lenet5-mnist.onnx', models));
  const results = await fresh<Tensor[][]>('models.mjs', 'run', [file, inputs]);
  const read = results.map(([{ data }]) => data.indexOf(Math.max(...(data as Float32Array)) as never));
  expect(read).toEqual(digits.map(({ predicted }) => predicted));
});

test('no other model lies among the examples', () => {
  const files = readdirSync(models).filter((name) => /\.(onnx|safetensors)$/.test(name));
  expect(files).toEqual(['lenet5-mnist.onnx']);
});

const elementTypes = { F32: Float32Array, F64: Float64Array, I64: BigInt64Array };

describe('files of tensors', () => {
  const files = readdirSync(fixtures, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.safetensors$/.test(name),
  );

  test.concurrent.each(files)('%s', async (name) => {
    const bytes = readFileSync(join(fixtures, name));
    const start = 8 + Number(bytes.readBigUInt64LE());
    const { __metadata__, ...header } = JSON.parse(bytes.toString('utf8', 8, start)) as Header;
    const tensors = await fresh<Map<string, Tensor>>('tensors.mjs', 'read', [join(fixtures, name)]);
    expect([...tensors.keys()].sort()).toEqual(Object.keys(header).sort());
    for (const [key, { dtype, shape, data_offsets: at }] of Object.entries(header)) {
      const [from, to] = at.map((offset) => start + offset);
      const stored = new elementTypes[dtype](new Uint8Array(bytes.subarray(from, to)).buffer);
      expect(tensors.get(key)!.shape).toEqual(shape);
      expect(tensors.get(key)!.data).toEqual(stored);
    }
  });
});

/** Of a .safetensors file. */
type Header = Record<
  string,
  { dtype: keyof typeof elementTypes; shape: number[]; data_offsets: [from: number, to: number] }
>;
