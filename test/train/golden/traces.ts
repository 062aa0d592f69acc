// Whole trainings on generated images: the loss of every step, and the parameters at the end.

import { readFileSync } from 'node:fs';
import {
  batchNorm,
  conv2d,
  dense,
  globalAveragePool2d,
  input,
  maxPool2d,
  model,
  type Network,
  relu,
} from '../../../src/layers/index.js';
import { add } from '../../../src/layers/merge.js';
import { sizeOf } from '../../../src/shape.js';
import { type Tensor, tensor } from '../../../src/tensor.js';
import { createTrainer, losses as lossFunctions, optimizers } from '../../../src/train/index.js';
import { lenet5 } from '../../../src/zoo/index.js';
import { generate, type Recipe } from '../../conformance/generator.js';
import { mismatch, type Outcome } from './case.js';

interface Trace {
  readonly optimizer: { readonly lr: number; readonly momentum: number; readonly weightDecay?: number };
  readonly templates: Recipe;
  readonly labels: Recipe;
  readonly noise: Recipe;
  readonly parameters: readonly (Recipe & { readonly name: string })[];
  readonly learningRate: readonly number[];
  readonly float64: {
    readonly loss: readonly number[];
    readonly correct: readonly number[];
    readonly gradientNorm: readonly number[];
    readonly final: Readonly<Record<string, { readonly l2: number; readonly sum: number; readonly first: number[] }>>;
  };
}

/** Conv, norm and ReLU, with a residual block behind: as the trace's `network` says. */
function residual(): Network {
  const conv = (name: string) => conv2d({ filters: 8, kernelSize: 3, padding: 'same', useBias: false, name });
  const norm = (name: string) => batchNorm({ name, momentum: 0.9 });
  const x = input([12, 12, 3], { name: 'image' });
  const a = maxPool2d()(relu()(norm('n0')(conv('c0')(x))));
  const b = norm('n2')(conv('c2')(relu()(norm('n1')(conv('c1')(a)))));
  const pooled = globalAveragePool2d()(relu()(add()([a, b])));
  return model({ inputs: x, outputs: { logits: dense({ units: 6, name: 'fc' })(pooled) } });
}

/** Our names for a trace's parameters. */
const names: Readonly<Record<string, readonly [RegExp, string][]>> = {
  trace_lenet5_momentum: [
    [/^c1\./, 'conv1.'],
    [/^c3\./, 'conv2.'],
    [/^f5\./, 'fc1.'],
    [/^f6\./, 'fc2.'],
    [/^out\./, 'fc3.'],
  ],
  trace_residual_bn_step: [
    [/\.gamma$/, '.weight'],
    [/\.mean$/, '.running_mean'],
    [/\.var$/, '.running_var'],
  ],
};

export async function runTrace(
  folder: string,
  family: string,
  module: WebAssembly.Module,
  binary: string,
): Promise<Outcome[]> {
  const trace = JSON.parse(readFileSync(`${folder}/${family}.json`, 'utf8')) as Trace;
  const network = family === 'trace_lenet5_momentum' ? lenet5() : residual();
  const ours = (name: string) => names[family].reduce((text, [from, to]) => text.replace(from, to), name);
  const given = trace.parameters.map((recipe) => [ours(recipe.name), floats(recipe)] as const);
  network.load(new Map(given), { strict: false });
  const { lr, momentum, weightDecay = 0 } = trace.optimizer;
  const optimizer = optimizers.sgd({ learningRate: lr, momentum, weightDecay });
  const trainer = await createTrainer(network, {
    loss: lossFunctions.crossEntropy(),
    optimizer,
    clipNorm: 1e9,
    wasm: module,
  });
  const labels = generate(trace.labels) as Int32Array;
  const templates = generate(trace.templates) as Float32Array;
  const batch = trace.labels.shape[1];
  const losses: number[] = [];
  const norms: number[] = [];
  const correct: number[] = [];
  trace.learningRate.forEach((rate, step) => {
    const targets = labels.slice(step * batch, (step + 1) * batch);
    const noise = generate({ ...trace.noise, seed: trace.noise.seed!.replace('<t>', String(step)) }) as Float32Array;
    trainer.learningRate = rate;
    const inputs = images(templates, targets, noise, trace.noise.shape);
    const result = trainer.step({ inputs, targets: tensor(targets) });
    losses.push(result.loss);
    norms.push(result.gradientNorm!);
    correct.push(result.correct!);
  });
  const { float64 } = trace;
  const final = trainer.parameters();
  const checks: [string, string | undefined][] = [
    ['loss', mismatch(losses, float64.loss, 1e-3, 1e-5)],
    ['gradient norm', mismatch(norms, float64.gradientNorm, 1e-3, 1e-5)],
    ['correct', mismatch(correct, float64.correct, 0, 0)],
    ...Object.entries(float64.final).map(([name, { l2, first }]): [string, string | undefined] => {
      const { data } = final.get(ours(name))!;
      const norm = Math.sqrt(Array.from(data as Float32Array).reduce((sum, value) => sum + value * value, 0));
      return [name, mismatch([norm], [l2], 1e-3, 0) ?? mismatch(data.slice(0, first.length), first, 1e-3, 1e-3)];
    }),
  ];
  return checks.map(([name, failure]) => ({ family, name, binary, failure }));
}

function floats(recipe: Recipe): Tensor {
  return tensor(generate(recipe) as Float32Array, recipe.shape);
}

/** A template for each label plus noise, as [N, H, W, C]. */
function images(
  templates: Float32Array,
  labels: Int32Array,
  noise: Float32Array,
  [count, channels, rows, columns]: readonly number[],
): Tensor {
  const pixels = rows * columns;
  const size = channels * pixels;
  const data = new Float32Array(sizeOf([count, size]));
  for (let image = 0; image < count; image++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        const at = channel * pixels + pixel;
        data[image * size + pixel * channels + channel] =
          templates[labels[image] * size + at] + noise[image * size + at];
      }
    }
  }
  return tensor(data, [count, rows, columns, channels]);
}
