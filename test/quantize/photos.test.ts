// A MobileNet v2 that others quantized, on real photos: it sees what is on them. Runs where the photos are.

import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../src/index.js';
import { loadModel } from '../../src/model/load.js';
import { argMax } from './digits.js';
import { classifierInput, pictureAt } from './photos.js';

const folder = [
  new URL('../../../shared/photos/', import.meta.url),
  new URL('../../../../shared/photos/', import.meta.url),
].find((one) => existsSync(one));

describe.skipIf(!folder)('QLinearConv MobileNet v2', () => {
  let bytes: Uint8Array;
  let model: Model;
  let labels: string[];
  beforeAll(async () => {
    bytes = new Uint8Array(readFileSync(new URL('mobilenet_v2_ptq_qlinear.onnx', folder)));
    model = await loadModel(bytes);
    labels = readFileSync(new URL('imagenet_labels.txt', folder), 'utf8').split(/,.*\n|\n/);
  });

  // What the same weights give in LiteRT.js, from a page's pixels: other decoders and other resizing move these by up to a tenth.
  it.each([
    ['cat_720p.jpg', 'Egyptian cat', 0.81],
    ['parrot.jpg', 'macaw', 0.98],
    ['owl.jpg', 'ruffed grouse', 0.36],
    ['hot_dog.jpg', 'hotdog', 0.69],
    ['bird.png', 'chickadee', 0.95],
    ['grace_hopper.png', 'mortarboard', 0.57],
  ])('%s: %s, with a probability of about %d', async (file, label, probability) => {
    const picture = classifierInput(await pictureAt(new URL(file, folder)), 224);
    const [name] = Object.keys(model.inputs);
    const [output] = Object.values(await model.run({ [name]: picture }));
    expect(labels[argMax(output)]).toBe(label);
    expect(Math.abs(Number(output.data[argMax(output)]) - probability)).toBeLessThanOrEqual(0.1);
  });

  // ONNX Runtime's own kernels round elsewhere in places: the last integers, steps of 1 / 256, are off by at most a few.
  it('gives what onnxruntime-web gives within 4 / 256', async () => {
    const ort = await import('../../bench/node_modules/onnxruntime-web/dist/ort.node.min.mjs' as string);
    ort.env.wasm.numThreads = 1;
    const session = await ort.InferenceSession.create(bytes);
    for (const file of ['cat_720p.jpg', 'hot_dog.jpg']) {
      const picture = classifierInput(await pictureAt(new URL(file, folder)), 224);
      const [[name], [output]] = [Object.keys(model.inputs), Object.keys(model.outputs)];
      const ours = model.runSync({ [name]: picture })[output].toFloat32();
      const theirs = (await session.run({ [name]: new ort.Tensor('float32', picture.data, picture.shape) }))[output];
      const most = Math.max(...Array.from(ours, (value, i) => Math.abs(value - theirs.data[i])));
      expect(most).toBeLessThanOrEqual(4 / 256);
    }
  });

  it('runs in 8 bits from the first convolution to the last layer', () => {
    expect(model.summary()).toMatch(/in 8 bits: \d+ of \d+ layers, 100\.0 % of multiply-adds/);
  });
});
