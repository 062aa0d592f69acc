// Quantized networks as ONNX files: onnxruntime-web, fused and unfused, gives what quadlane gives. Kernels round at different
// places, so single integers may be off by one. What that makes of the outputs is told by how far 8 bits are from floats, which is
// half a step in every value: a peer whose answers are off by less than half of that
// differs in few of them. Its optimiser rounds less often or elsewhere than the file says, which may cost as much again.

import { describe, expect, it } from 'vitest';
import { compileGraphAsync, loadModel } from '../../src/model/load.js';
import { exportOnnx } from '../../src/onnx.js';
import { type Quantizable, type QuantizeOptions, quantize } from '../../src/quantize/index.js';
import type { Tensor } from '../../src/tensor.js';
import { digits, lenetBytes } from './digits.js';
import { images, mixed, mobile, residual } from './networks.js';

interface Runtime {
  run(x: Tensor): Promise<Float32Array>;
}

async function onnxRuntime(file: Uint8Array, output: string, level: 'all' | 'disabled'): Promise<Runtime> {
  const ort = await import('../../bench/node_modules/onnxruntime-web/dist/ort.node.min.mjs' as string);
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(file, { graphOptimizationLevel: level });
  return {
    async run({ data, shape }) {
      const results = await session.run({ image: new ort.Tensor('float32', data, shape) });
      return results[output].data;
    },
  };
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.sqrt(Array.from(a, (value, i) => (value - b[i]) ** 2).reduce((sum, square) => sum + square, 0));
}

async function check(
  net: Quantizable,
  options: Omit<QuantizeOptions, 'calibration'>,
  samples: Tensor[],
  others: Tensor[],
) {
  using quantized = await quantize(net, { calibration: samples, ...options });
  using exact = await compileGraphAsync(net.graph);
  const [output] = quantized.graph.outputs;
  const file = exportOnnx(quantized);
  using again = await loadModel(file);
  const [fused, plain] = [await onnxRuntime(file, output, 'all'), await onnxRuntime(file, output, 'disabled')];
  let rounding = 0;
  const theirs = [0, 0, 0];
  for (const image of others) {
    const ours = quantized.runSync({ image })[output].toFloat32();
    const inFloat = exact.runSync({ image })[output].toFloat32();
    const answers = [again.runSync({ image })[output].toFloat32(), await fused.run(image), await plain.run(image)];
    rounding += distance(ours, inFloat) ** 2;
    answers.forEach((answer, i) => {
      theirs[i] += distance(ours, answer) ** 2;
    });
  }
  // The file says the same network, to the bit.
  expect(theirs[0]).toBe(0);
  const unit = Math.sqrt(rounding);
  expect(Math.sqrt(theirs[2])).toBeLessThanOrEqual(unit / 2);
  expect(Math.sqrt(theirs[1])).toBeLessThanOrEqual(unit);
}

const options: [string, Omit<QuantizeOptions, 'calibration'>][] = [
  ['per channel', {}],
  ['per tensor, channels equalised', { perChannel: false }],
  ['symmetric', { symmetric: true }],
  ['symmetric, per tensor, ranges by extremes', { symmetric: true, perChannel: false, method: 'minMax' }],
  ['without corrected biases', { biasCorrection: false }],
];

describe.each([
  ['mixed', mixed, ['depthwise', 'head']],
  ['MobileNet-like', mobile, ['first', 'head']],
  ['ResNet-like', residual, ['stem', 'second.shortcut']],
] as const)('%s network', (_, network, exclude) => {
  it.each([...options, [`${exclude.join(' and ')} in float`, { exclude }] as (typeof options)[number]])(
    '%s: off by at most half of what 8 bits are, fused by as much',
    async (_name, given) => check(network(), given, images(8), images(12, undefined, 50)),
  );
});

it.each(options)('LeNet-5, %s: off by at most half of what 8 bits are, fused by as much', async (_, given) => {
  using exact = await loadModel(lenetBytes);
  await check(exact, given, digits.slice(0, 20), digits.slice(20));
});
