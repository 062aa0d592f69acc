/**
 * quadlane/inline in Jest's page.
 * @jest-environment jsdom
 */

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { loadModel, loadModelSync, tensor } from 'quadlane/inline';
import { relu } from 'quadlane/inline/ops';

test('operators and models run', async () => {
  expect(relu(tensor([-1, 2]))).toEqual(tensor([0, 2]));
  const bytes = readFileSync(new URL('./lenet5-mnist.onnx', import.meta.url));
  const image = tensor(new Float32Array(784), [1, 1, 28, 28]);
  const model = await loadModel(bytes);
  expect(model.runSync({ image })).toEqual(loadModelSync(bytes).runSync({ image }));
});
