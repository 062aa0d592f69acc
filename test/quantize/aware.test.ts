// Quantization-aware training: gradients pass the rounding, scales are learnt and kept.

import { describe, expect, it } from 'vitest';
import { conv2d, dense, flatten, input, relu, sequential } from '../../src/layers/index.js';
import { quantize } from '../../src/quantize/index.js';
import { tensor } from '../../src/tensor.js';
import { createTrainer, losses, optimizers, quantizationAware } from '../../src/train/index.js';
import { randomFloats } from '../kernels/numbers.js';

const net = () =>
  sequential([
    input([6, 6, 2], { name: 'image' }),
    conv2d({ filters: 4, kernelSize: 3, name: 'conv' }),
    relu(),
    flatten(),
    dense({ units: 3, name: 'head' }),
  ]);
const inputs = tensor(randomFloats(5)(8 * 72), [8, 6, 6, 2]);
const targets = tensor(Int32Array.from({ length: 8 }, (_, i) => i % 3));

describe('fine-tuning with rounding', () => {
  it('lowers the loss, moves weights and scales, and integers give what the trained floats gave within 2 %', async () => {
    const aware = await quantizationAware(net(), { calibration: [inputs] });
    const trainer = await createTrainer(aware, {
      loss: losses.crossEntropy(),
      optimizer: optimizers.adam({ learningRate: 0.003 }),
    });
    const first = trainer.parameters();
    const losing = Array.from({ length: 60 }, () => trainer.step({ inputs, targets }).loss);
    expect(losing.at(-1)).toBeLessThan(losing[0] / 2);
    const last = trainer.parameters();
    const scales = [...first].filter(([name]) => name.endsWith('/scale/logarithm'));
    expect(scales.length).toBeGreaterThanOrEqual(5);
    for (const [name, { data }] of scales) expect(last.get(name)!.data).not.toEqual(data);
    using trained = trainer.toModel();
    using quantized = await quantize(trained, { calibration: [inputs] });
    const [output] = trained.graph.outputs;
    const [a, b] = [trained, quantized].map((model) => model.runSync({ image: inputs })[output].toFloat32());
    const reach = Math.max(...a.map(Math.abs));
    a.forEach((value, i) => {
      expect(Math.abs(value - b[i])).toBeLessThanOrEqual(0.02 * reach);
    });
    expect(quantized.report!.layers.length).toBe(2);
  });

  it('steps are shares of a scale: none falls below 0 however small it is', async () => {
    const small = tensor(
      inputs.data.map((value) => value / 1000),
      inputs.shape,
    );
    const aware = await quantizationAware(net(), { calibration: [small] });
    // Steps of Adam are about as long as its learning rate, which is more than most of these scales.
    const optimizer = optimizers.adam({ learningRate: 0.003 });
    const trainer = await createTrainer(aware, { loss: losses.crossEntropy(), optimizer });
    for (let step = 0; step < 100; step++) trainer.step({ inputs: small, targets });
    using trained = trainer.toModel();
    using quantized = await quantize(trained, {});
    const scales = [...quantized.graph.constants].filter(([name]) => /\/scales?$/.test(name));
    expect(scales.length).toBeGreaterThanOrEqual(5);
    // A hundred steps of 0.003 are a factor of exp(0.3) at most, but for Adam's first ones.
    const [before] = [...aware.graph.constants].filter(([name]) => name.endsWith('image/scale/logarithm'));
    const after = Number(quantized.graph.constants.get('image/scale')!.data[0]);
    expect(Math.abs(Math.log(after) - Number(before[1].data[0]))).toBeLessThan(0.4);
  });

  it('refuses scales that are 0', async () => {
    const { graph } = await quantizationAware(net(), { calibration: [inputs] });
    const [name] = [...graph.constants.keys()].filter((one) => one.endsWith('/scale/logarithm'));
    const constants = new Map(graph.constants).set(name, tensor(Number.NEGATIVE_INFINITY, []));
    await expect(quantize({ graph: { ...graph, constants } }, {})).rejects.toMatchObject({
      code: 'ARGUMENT',
      message: expect.stringMatching(/has the scale 0/),
    });
  });
});
