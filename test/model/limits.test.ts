// Limits on memory: models take the fastest forms of their weights that fit.

import { describe, expect, it, test } from 'vitest';
import { compileSync } from '../../src/layers/compile.js';
import type { CompileOptions, Network } from '../../src/layers/index.js';
import { tensor } from '../../src/tensor.js';
import { mobilenetV2, resnet18 } from '../../src/zoo/index.js';

/** What an edge function has. */
const EDGE_BYTES = 128e6;

const image = tensor(
  Float32Array.from({ length: 224 * 224 * 3 }, (_, index) => Math.sin(index)),
  [1, 224, 224, 3],
);

function classified(network: Network, options: CompileOptions) {
  using model = compileSync(network, options);
  const [output] = Object.values(model.runSync({ image }));
  return { memory: model.memory, scores: [...(output.data as Float32Array)] };
}

test.each([
  ['resnet18', resnet18],
  ['mobilenetV2', mobilenetV2],
] as const)(
  '%s runs in the memory of an edge function and gives the same within 1e-3 of its largest score',
  (_, architecture) => {
    const network = architecture();
    const free = classified(network, {});
    const limited = classified(network, { limits: { memory: EDGE_BYTES } });
    expect(limited.memory.total).toBeLessThanOrEqual(EDGE_BYTES);
    const most = Math.max(...free.scores.map(Math.abs));
    limited.scores.forEach((score, index) => {
      expect(Math.abs(score - free.scores[index])).toBeLessThanOrEqual(1e-3 * most);
    });
  },
);

describe('forms of weights', () => {
  const network = resnet18();

  it('are smaller the tighter the limit is', () => {
    const forms = [60e6, EDGE_BYTES, undefined].map(
      (memory) => classified(network, { limits: { memory } }).memory.weightsByForm.winograd ?? 0,
    );
    expect(forms[0]).toBeLessThan(forms[1]);
    expect(forms[2]).toBeGreaterThan(forms[1]);
  });

  it('sum up to all weights', () => {
    const { weights, weightsByForm } = classified(network, {}).memory;
    expect(Object.values(weightsByForm).reduce((a, b) => a + b, 0)).toBe(weights);
  });

  it('leave nothing to choose below what the small forms need: a LIMIT error', () => {
    expect(() => classified(network, { limits: { memory: 40e6 } })).toThrow(/limits\.memory allows \(40000000\)/);
  });
});

test.each([
  [{ threads: 0 }, /^threads must be a whole number from 1 on; got 0$/],
  [{ threads: Number.NaN }, /^threads must be/],
  [{ limits: { memory: -1 } }, /^limits\.memory must be a number from 1 on; got -1$/],
  [{ limits: { file: '1' as unknown as number } }, /^limits\.file must be/],
])('%j is refused', (options, message) => {
  expect(() => compileSync(resnet18({ inputSize: 32 }), options)).toThrow(message);
});
