// 'fakeQuantize' rounds as quantize and dequantize in turn do.
import { beforeAll, expect, it } from 'vitest';
import { fakeQuantize } from '../../../src/eager/index.js';
import { ready } from '../../../src/model/load.js';
import { tensor } from '../../../src/tensor.js';
import { randomFloats } from '../../kernels/numbers.js';
import { dequantize, quantize } from '../../reference/quantized/quantized.js';

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
