// The ONNX operators against reference data: what the repository has, and the full collection where it lies beside it.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importers } from '../../src/formats/onnx/importers.js';
import { ready } from '../../src/model/load.js';
import { type Case, listCases } from './case.js';
import { lackingOperators } from './exceptions.js';
import { report } from './report.js';
import { runSuite } from './suite.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const fixtures = here('../fixtures/golden');
const collection = here('../../../shared/golden');

beforeAll(ready);

/** Runs cases and returns how many passed; any failure is an assertion that names all of them. */
function passes(folder: string, wanted?: (test: Case) => boolean): number {
  const { text, counts } = report(runSuite(folder, wanted));
  expect(counts.failed, text).toBe(0);
  return counts.passed;
}

it('lists no operator as lacking that the library has', () => {
  expect(lackingOperators.filter((name) => importers.has(name))).toEqual([]);
});

it('passes every case in the repository that applies', () => {
  expect(passes(fixtures)).toBeGreaterThan(450);
});

describe.skipIf(!existsSync(collection))('the full collection', () => {
  const isLarge = ({ path }: Case) => path.startsWith('nets/');
  const networks = existsSync(collection) ? listCases(collection).filter(isLarge) : [];

  it('passes every case of single operators, small networks and patterns that applies', () => {
    expect(passes(collection, (test) => !isLarge(test))).toBeGreaterThan(750);
  }, 300_000);

  it.each(networks.map(({ path }) => path))(
    'passes %s, every batch and inner value',
    (path) => {
      passes(collection, (test) => test.path === path);
    },
    300_000,
  );
});

describe('the command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quadlane-conformance-'));
  const run = (...folders: string[]) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [here('../run.mjs'), 'conformance/run.ts', ...folders],
      {
        encoding: 'utf8',
      },
    );
    return { status, text: stdout + stderr };
  };
  beforeAll(() => {
    for (const name of ['relu', 'sigmoid'])
      cpSync(join(fixtures, 'onnx-sweep', name), join(folder, 'passing', name), { recursive: true });
    const [source] = listCases(fixtures).filter(({ path }) => path.startsWith('onnx-sweep/tanh'));
    const wrong = join(folder, 'wrong/tanh');
    cpSync(join(fixtures, source.path), wrong, { recursive: true });
    const output = join(wrong, 'test_data_set_0/output_0.pb');
    const bytes = readFileSync(output);
    bytes[bytes.length - 1] ^= 0x40;
    writeFileSync(output, bytes);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('finds cases without a manifest and prints a row an operator', () => {
    const { status, text } = run(join(folder, 'passing'));
    expect(text).toMatch(/operator +passed +failed +not applicable\nRelu +\d+ +0 +0\nSigmoid +\d+ +0 +0\nall/);
    expect(text.trimEnd()).toMatch(/\d+ passed, 0 failed$/);
    expect(status).toBe(0);
  });

  it('names failures and exits with 1', () => {
    const { status, text } = run(folder);
    expect(text).toMatch(/FAILED wrong\/tanh \(strict\): \S+ x the tolerance/);
    expect(status).toBe(1);
  });

  it('knows the tolerances of a manifest above the folder', () => {
    expect(run(join(fixtures, 'onnx-sweep/conv')).status).toBe(0);
  });

  it('says how it is used', () => {
    expect(run()).toMatchObject({ status: 1, text: expect.stringContaining('usage: npm run conformance -- <folder>') });
    expect(run(join(folder, 'nothing')).text).toContain('there is no');
  });
});
