// Zoo networks with the weights of reference networks, loaded by name, against the reference outputs. The reference
// data lies outside of the repository; without it these tests are skipped.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { compileSync, type Network } from '../../src/layers/index.js';
import { Tensor } from '../../src/tensor.js';
import * as zoo from '../../src/zoo/index.js';
import { type Case, difference, listCases, readValue } from '../conformance/case.js';
import { generate, type Recipe } from '../conformance/generator.js';

const golden = fileURLToPath(new URL('../../../shared/golden/', import.meta.url));

const networks: [path: string, build: (options: { weights: ReadonlyMap<string, Tensor> }) => Network][] = [
  ['nets/resnet18', zoo.resnet18],
  ['nets/resnet50', zoo.resnet50],
  ['nets/mobilenet_v2', zoo.mobilenetV2],
  ['nets/squeezenet1_1', zoo.squeezenet1_1],
  ['nets/googlenet', zoo.googlenet],
  ['nets/alexnet', zoo.alexnet],
  ['nets/vgg16', zoo.vgg16],
];

/** The reference network's parameters by name. */
function weightsOf(path: string): Map<string, Tensor> {
  const { tensors } = JSON.parse(readFileSync(`${golden}${path}/weights.json`, 'utf8')) as { tensors: Recipe[] };
  return new Map(
    tensors.map((recipe) => [recipe.name, new Tensor('float32', recipe.shape, generate(recipe) as Float32Array)]),
  );
}

/** [N, C, H, W] as [N, H, W, C]. */
function channelsLast({ shape, data }: Tensor): Tensor {
  const [images, channels, rows, columns] = shape as [number, number, number, number];
  const area = rows * columns;
  const moved = new Float32Array(data.length);
  for (let image = 0; image < images; image++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = 0; pixel < area; pixel++) {
        moved[(image * area + pixel) * channels + channel] = data[
          (image * channels + channel) * area + pixel
        ] as number;
      }
    }
  }
  return new Tensor('float32', [images, rows, columns, channels], moved);
}

test.skipIf(!existsSync(golden)).each(networks)('%s', (path, build) => {
  const expected = listCases(golden).find((entry) => entry.path === path) as Case;
  const set = `${golden}${path}/test_data_set_0`;
  using model = compileSync(build({ weights: weightsOf(path) }));
  const { logits } = model.runSync({ image: channelsLast(readValue(set, 'input_0')) });
  expect(difference(logits!, readValue(set, 'output_0'), expected)).toBeLessThanOrEqual(1);
});
