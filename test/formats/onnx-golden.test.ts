// Every graph of the golden data reads, or is refused for its operators and nothing else.
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { QuadlaneError } from '../../src/errors.js';
import { importers } from '../../src/formats/onnx/importers.js';
import { readOnnx } from '../../src/formats/onnx/reader.js';
import { operators } from '../../src/ops/operators.js';

const golden = new URL('../../../shared/golden/', import.meta.url);

interface Case {
  path: string;
  ops: Record<string, number>;
}

it.skipIf(!existsSync(golden))('all golden graphs of known operators read', () => {
  const manifest = JSON.parse(readFileSync(new URL('manifest.json', golden), 'utf8')) as Case[] | { cases: Case[] };
  const cases = (Array.isArray(manifest) ? manifest : manifest.cases).filter(({ ops }) => ops);
  const refused: string[] = [];
  let known = 0;
  for (const { path, ops } of cases) {
    const folder = new URL(`${path}/`, golden);
    const externalData = () => {
      const { bytes } = JSON.parse(readFileSync(new URL('weights.json', folder), 'utf8')) as { bytes: number };
      return new Uint8Array(bytes);
    };
    try {
      const graph = readOnnx(new Uint8Array(readFileSync(new URL('model.onnx', folder))), { externalData });
      for (const { op } of graph.nodes) expect(operators, path).toHaveProperty(op);
      known++;
    } catch (error) {
      expect(error, path).toBeInstanceOf(QuadlaneError);
      expect((error as QuadlaneError).code, path).toBe('UNSUPPORTED');
      if (Object.keys(ops).every((op) => importers.has(op))) refused.push(path);
    }
  }
  expect(known).toBeGreaterThan(700);
  expect(refused.filter((path) => !/training/.test(path))).toEqual([]);
});
