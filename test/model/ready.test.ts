// What ready() takes, and what it may be handed to.

import { beforeAll, expect, test, vi } from 'vitest';
import { loadModel, loadModelSync, ready } from '../../src/index.js';

beforeAll(ready);

const dist = new URL('../../dist/', import.meta.url);

test('it is a hook, a callback and a listener as it is', async () => {
  await Promise.all([1, 2].map(ready as () => Promise<void>));
  await (ready as (event: unknown) => Promise<void>)(new Event('click'));
  expect(() => loadModelSync(new Uint8Array())).toThrow('empty');
});

test.each([{ wasmURL: '/a' }, { wasmUrl: 5 }, { wasm_url: '/a' }])('%o is refused', async (options) => {
  await expect(ready(options as never)).rejects.toMatchObject({ code: 'ARGUMENT' });
});

test('that of quadlane/ops loads no readers of files, and loadModelSync says where they come from', async () => {
  vi.resetModules();
  const fresh = await import('../../src/index.js');
  const { ready, relu } = await import('../../src/eager/index.js');
  await ready();
  expect([...relu(fresh.tensor([-1, 2])).data]).toEqual([0, 2]);
  expect(() => fresh.loadModelSync(new Uint8Array(8))).toThrow(
    expect.objectContaining({
      code: 'HOST',
      message: expect.stringMatching(/that of 'quadlane\/ops' doesn't: call `await ready\(\)` of 'quadlane'/),
    }),
  );
});

test('wasmUrl is an option of everything that loads a binary', async () => {
  vi.resetModules();
  const fresh = await import('../../src/index.js');
  await expect(fresh.ready({ wasmUrl: '/nowhere' })).rejects.toMatchObject({
    code: 'HOST',
    message: expect.stringContaining('/nowhere/quadlane.'),
  });
  await fresh.ready({ wasmUrl: dist });
  await expect(loadModel('', { wasmUrl: 5 } as never)).rejects.toMatchObject({ code: 'ARGUMENT' });
  const { compile, compileSync, dense, input, sequential } = await import('../../src/layers/index.js');
  const { createTrainer, losses, optimizers } = await import('../../src/train/index.js');
  const network = sequential([input([2]), dense({ units: 1 })]);
  const wasmUrl = dist.href;
  expect((await compile(network, { wasmUrl })).info.threads).toBe(1);
  expect(compileSync(network, { wasmUrl }).info.threads).toBe(1);
  const trainer = await createTrainer(network, {
    loss: losses.meanSquaredError(),
    optimizer: optimizers.sgd(),
    wasmUrl,
  });
  expect(trainer.toModel({ wasmUrl }).info.threads).toBe(1);
});
