// 'fakeQuantize' rounds as quantize and dequantize in turn do.
import { beforeAll, describe, expect, it } from 'vitest';
import { fakeQuantize } from '../../../src/eager/index.js';
import { ready } from '../../../src/model/load.js';
import { tensor } from '../../../src/tensor.js';
import { supportedBinaries } from '../../kernels/harness.js';
import { randomFloats } from '../../kernels/numbers.js';
import { dequantize, quantize } from '../../reference/quantized/quantized.js';
import { gradientsOf, sample } from '../../train/gradients.js';

beforeAll(ready);

it.each([
  ['uint8', 100],
  ['uint8', 0],
  ['int8', 0],
] as const)('%s with zero %i: the bits of the reference, one scale or one for each channel', (dtype, zero) => {
  const x = tensor(randomFloats(3)(2 * 3 * 5), [2, 3, 5]);
  const scales = Float32Array.of(0.01, 0.002, 0.1);
  for (const axis of [undefined, 1]) {
    const scale = axis === undefined ? tensor(0.01, []) : tensor(scales);
    const { data } = fakeQuantize(x, scale, { dtype, zero, ...(axis !== undefined && { axis }) });
    data.forEach((value, i) => {
      const step = axis === undefined ? Math.fround(0.01) : scales[Math.floor(i / 5) % 3];
      const whole = quantize(x.data[i], step, zero, dtype);
      expect(value).toBe(Math.fround(dequantize(whole, step, zero)));
    });
  }
});

describe.each(supportedBinaries)('%s binary', (binary) => {
  it.each([undefined, 1])(
    'gradients pass where x is in range, and scales learn by the rounding, axis %s, within 1e-5',
    (axis) => {
      const x = sample([2, 3, 5]);
      const scale = tensor(axis === undefined ? [0.004] : [0.01, 0.002, 0.0035], axis === undefined ? [] : [3]);
      const attributes = { dtype: 'int8', zero: 10, ...(axis !== undefined && { axis }) };
      const { weights, gradients } = gradientsOf({ op: 'fakeQuantize', inputs: [x, scale], attributes }, binary);
      const [low, high] = [-138, 117];
      const slopes = new Float64Array(scale.size);
      x.data.forEach((value, i) => {
        const at = axis === undefined ? 0 : Math.floor(i / 5) % 3;
        const quotient = value / scale.data[at];
        const isInside = quotient > low - 0.5 && quotient < high + 0.5;
        const whole = Math.max(low, Math.min(high, Math.round(quotient)));
        expect(Math.abs(gradients[0].data[i] - (isInside ? weights.data[i] : 0))).toBe(0);
        slopes[at] += weights.data[i] * (isInside ? whole - quotient : whole);
      });
      const pace = 1 / Math.sqrt((x.size / scale.size) * high);
      slopes.forEach((slope, at) => {
        expect(Math.abs(gradients[1].data[at] - slope * pace)).toBeLessThan(1e-5 * Math.max(1, Math.abs(slope)));
      });
    },
  );
});
