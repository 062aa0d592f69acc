// Weights alone in fewer bytes: files shrink, every reader takes them.

import { describe, expect, it } from 'vitest';
import { loadModel } from '../../src/model/load.js';
import { exportOnnx } from '../../src/onnx.js';
import { argMax, digits, lenetBytes } from './digits.js';

describe.each([
  ['int8', 0.3],
  ['float16', 0.55],
] as const)('%s', (weights, share) => {
  it(`takes at most ${share} of the bytes in both formats, and no digit changes`, async () => {
    using exact = await loadModel(lenetBytes);
    const [name] = exact.graph.outputs;
    const files = [
      [await exact.save(), await exact.save({ weights })],
      [exportOnnx(exact), exportOnnx(exact, { weights })],
    ];
    for (const [large, small] of files) {
      expect(small.byteLength / large.byteLength).toBeLessThan(share + 0.06);
      using loaded = await loadModel(small);
      for (const image of digits) {
        expect(argMax(loaded.runSync({ image })[name])).toBe(argMax(exact.runSync({ image })[name]));
      }
    }
  });

  it('onnxruntime-web gives what quadlane gives, within 1e-4', async () => {
    const ort = await import('../../bench/node_modules/onnxruntime-web/dist/ort.node.min.mjs' as string);
    ort.env.wasm.numThreads = 1;
    using exact = await loadModel(lenetBytes);
    const bytes = exportOnnx(exact, { weights });
    using loaded = await loadModel(bytes);
    const [name] = exact.graph.outputs;
    const session = await ort.InferenceSession.create(bytes);
    for (const image of digits.slice(0, 5)) {
      const { [name]: theirs } = await session.run({ image: new ort.Tensor('float32', image.data, image.shape) });
      loaded
        .runSync({ image })
        [name].toFloat32()
        .forEach((value, i) => {
          expect(Math.abs(value - theirs.data[i])).toBeLessThan(1e-4);
        });
    }
  });
});

it('refuses other types and options', async () => {
  using model = await loadModel(lenetBytes);
  await expect(model.save({ weights: 'int4' as never })).rejects.toMatchObject({ code: 'ARGUMENT' });
  expect(() => exportOnnx(model, { weights: 'int4' as never })).toThrow(/weights must be one of/);
  expect(() => exportOnnx(model, { weight: 'int8' } as never)).toThrow(/did you mean "weights"/);
});
