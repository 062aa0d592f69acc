// An engine that gives no memory to one more model says so as a QuadlaneError, wherever a model is made.

import { readFileSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { abs } from '../../src/eager/index.js';
import { loadModel, loadModelSync, ready, tensor } from '../../src/index.js';
import { compile, compileSync, dense, input, model, relu, sequential } from '../../src/layers/index.js';
import { createTrainer, losses, optimizers } from '../../src/train/index.js';

const file = readFileSync(new URL('../fixtures/cases/dropout-after-conv/model.onnx', import.meta.url));
const network = () => {
  const x = input([2], { name: 'x' });
  return model({ inputs: x, outputs: { y: relu()(x) } });
};
const trained = () => sequential([input([2], { name: 'x' }), dense({ units: 2 })]);
const training = () => ({ loss: losses.crossEntropy(), optimizer: optimizers.sgd() });

beforeAll(ready);
afterEach(() => vi.unstubAllGlobals());

function refuse(part: 'Memory' | 'Instance'): void {
  const names = ['Memory', 'Instance', 'Module', 'compile', 'validate', 'Table', 'RuntimeError'] as const;
  const rest = Object.fromEntries(names.map((name) => [name, WebAssembly[name]]));
  vi.stubGlobal('WebAssembly', {
    ...rest,
    [part]: class {
      constructor() {
        throw new RangeError('could not allocate memory');
      }
    },
  });
}

const calls: [name: string, call: () => unknown][] = [
  ['loadModel()', () => loadModel(file)],
  ['loadModelSync()', () => loadModelSync(file)],
  ['compile()', () => compile(network())],
  ['compileSync()', () => compileSync(network())],
  ['an operator', () => abs(tensor([[[1, 2, 3, 4, 5]]]))],
  ['createTrainer()', () => createTrainer(trained(), training())],
];

describe.each(['Memory', 'Instance'] as const)('without a WebAssembly.%s', (part) => {
  it.each(calls)('%s', async (_, call) => {
    refuse(part);
    const error = await Promise.resolve()
      .then(call)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'QuadlaneError', code: 'MEMORY' });
    expect((error as Error).message).toMatch(/about 120 models at once.*dispose\(\)/);
  });
});

it('a model with threads', async () => {
  refuse('Memory');
  await expect(loadModel(file, { threads: 2 })).rejects.toThrow(expect.objectContaining({ code: 'MEMORY' }));
});
