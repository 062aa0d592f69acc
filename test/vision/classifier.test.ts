// Classifiers and embedders: a network that averages channels, whose answers follow by hand, and trained ones on photos where
// these are there.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { decodeImage } from '../../src/decode/index.js';
import { loadModel } from '../../src/index.js';
import * as layers from '../../src/layers/index.js';
import { fromPixels, imageClassifier, imageEmbedder, parseLabels } from '../../src/vision/index.js';

/** [batch, 4, 4, 3] -> [batch, 3]: the mean of each channel. */
const means = () =>
  layers.compileSync(layers.sequential([layers.input([4, 4, 3]), layers.globalAveragePool2d()]), {
    deterministic: true,
  });
const plain = (red: number, green: number, blue: number) =>
  fromPixels({ data: Uint8Array.from({ length: 48 }, (_, at) => [red, green, blue][at % 3]!), width: 4, height: 4 });
const labels = ['red', 'green', 'blue'];

describe('imageClassifier', () => {
  test('scores that sum to 1 stay as they are, the greatest first', async () => {
    using model = means();
    const classifier = imageClassifier(model, { labels, preprocessing: 'zero-to-one' });
    const found = await classifier.classify(plain(51, 153, 51));
    expect(found.map(({ label, index }) => [label, index])).toEqual([
      ['green', 1],
      ['red', 0],
      ['blue', 2],
    ]);
    expect(found.map(({ score }) => score)).toEqual([0.6, 0.2, 0.2].map((score) => expect.closeTo(score, 6)));
    expect(await classifier.classify(plain(51, 153, 51), { topK: 1 })).toHaveLength(1);
    expect(classifier).toMatchObject({ preprocessingOrigin: 'given', note: undefined });
  });

  test('other scores become probabilities by softmax', async () => {
    using model = means();
    const [first, second] = await imageClassifier(model, { preprocessing: 'raw' }).classify(plain(2, 0, 1));
    const sum = Math.E ** 2 + 1 + Math.E;
    expect(first).toEqual({ label: '0', score: expect.closeTo(Math.E ** 2 / sum, 6), index: 0 });
    expect(second).toEqual({ label: '2', score: expect.closeTo(Math.E / sum, 6), index: 2 });
  });

  test('labels that begin with a background are matched, and that is said; others that do not fit are refused', async () => {
    using model = means();
    const classifier = imageClassifier(model, { labels: ['background', ...labels], preprocessing: 'raw' });
    expect(classifier.note).toContain('begins with "background", which the 3 classes of this model lack');
    expect((await classifier.classify(plain(0, 9, 0)))[0]!.label).toBe('green');
    for (const wrong of [labels.slice(1), ['grey', ...labels]]) {
      expect(() => imageClassifier(model, { labels: wrong })).toThrow(
        `the model tells 3 classes apart, but there are ${wrong.length} labels`,
      );
    }
  });

  test('what is no picture, no model or no option is refused', async () => {
    using model = means();
    await expect(imageClassifier(model).classify('a.png' as never)).rejects.toMatchObject({ code: 'ARGUMENT' });
    await expect(imageClassifier(model).classify(plain(1, 2, 3), { topK: 0 })).rejects.toThrow('topK');
    expect(() => imageClassifier(model, { preprocessing: 'nothing' as never })).toThrow('must be one of imagenet');
    expect(() => imageClassifier({} as never)).toThrow('takes a model of loadModel()');
  });
});

describe('imageEmbedder', () => {
  test('vectors of length 1, or as they come', async () => {
    using model = means();
    const unit = await imageEmbedder(model, { preprocessing: 'raw' }).embed(plain(0, 3, 4));
    expect([...unit]).toEqual([0, 0.6, 0.8].map((value) => expect.closeTo(value, 6)));
    const raw = imageEmbedder(model, { preprocessing: 'raw', normalize: false });
    expect([...(await raw.embed(plain(0, 3, 4)))]).toEqual([0, 3, 4]);
    await expect(imageEmbedder(model, { output: 'no such' }).embed(plain(0, 0, 0))).rejects.toThrow('no such');
  });
});

const photos = fileURLToPath(new URL('../../../shared/photos/', import.meta.url));

describe.skipIf(!existsSync(photos))('trained networks on photos', () => {
  const names = ['cat_720p.jpg', 'parrot.jpg', 'owl.jpg', 'hot_dog.jpg', 'bird.png', 'grace_hopper.png'];
  test.each([
    ['SqueezeNet_fp16.onnx', 'caffe-bgr', 'bow tie', [0.78, 0.9, 0.54, 0.67, 0.9, 0.6]],
    ['mobilenet_v2_ptq_qlinear.onnx', 'minus-one-to-one', 'mortarboard', [0.8, 0.97, 0.34, 0.7, 0.93, 0.6]],
  ] as const)(
    '%s: the first answers of other engines, scores within 0.1',
    async (file, preprocessing, last, scores) => {
      using model = await loadModel(`${photos}${file}`);
      const labels = parseLabels(readFileSync(`${photos}imagenet_labels.txt`, 'utf8'));
      const classifier = imageClassifier(model, { labels, preprocessing });
      const answers: { label: string; score: number }[] = [];
      for (const name of names) {
        answers.push((await classifier.classify(await decodeImage(readFileSync(photos + name)), { topK: 1 }))[0]!);
      }
      const expected = ['Egyptian cat', 'macaw', 'ruffed grouse', 'hotdog', 'chickadee', last];
      expect(answers.map(({ label }) => label.split(',')[0])).toEqual(expected);
      answers.forEach(({ score }, at) => {
        expect(Math.abs(score - scores[at]!)).toBeLessThanOrEqual(0.1);
      });
    },
  );
});
