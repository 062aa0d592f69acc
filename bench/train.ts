// Training steps against predictions of the same batch, and against the backend of tf.js that can train a convolution.

import type { Network } from '../src/layers/network.js';
import { type Tensor, tensor } from '../src/tensor.js';
import { createTrainer, losses, optimizers } from '../src/train/index.js';
import { lenet5, resnet18 } from '../src/zoo/index.js';
import { formatNumber, formatTime } from './format.js';
import { type Effort, measure, median, ratio } from './measure.js';
import { printTable, style } from './table.js';
import { tfjsLeNet } from './train-tfjs.js';
import { compareWithTorch, type TorchNetwork } from './train-torch.js';

interface Task {
  readonly name: string;
  readonly torch: TorchNetwork;
  readonly network: () => Network;
  /** Of a batch. */
  readonly shape: readonly number[];
  readonly classes: number;
}

const lenet: Task = {
  name: 'LeNet-5, batch 32',
  torch: 'lenet5',
  network: lenet5,
  shape: [32, 32, 32, 1],
  classes: 10,
};
const resnet: Task = {
  name: 'ResNet-18, 64x64, batch 8',
  torch: 'resnet18',
  network: () => resnet18({ inputSize: 64 }),
  shape: [8, 64, 64, 3],
  classes: 1000,
};

/** Low enough for any number of steps on one batch. */
const optimizer = optimizers.sgd({ learningRate: 1e-5, momentum: 0.9 });

/** Measures training steps, prints a table and returns seconds of each contestant. */
export async function measureTraining(module: WebAssembly.Module, effort: Effort) {
  console.log(`\n${style('bold', 'training, one thread: a step is forward, loss, gradients and update')}`);
  const results = [await measureTask(lenet, module, effort), await measureTask(resnet, module, effort)];
  const peer = await measureTfjs();
  printTable(
    ['', 'step', 'forward', 'step / forward', 'a sample', 'samples a second'],
    [
      ...results.map(({ name, step, forward, ratio, samples }) => [
        name,
        formatTime(step),
        formatTime(forward),
        formatNumber(ratio),
        ...rates(step / samples),
      ]),
      ...(peer === undefined
        ? []
        : [['LeNet-5 on the cpu backend of tf.js', formatTime(peer), '', '', ...rates(peer / 32)]]),
    ],
  );
  for (const { name, torch } of results) {
    console.log(
      torch
        ? `${name}, CPU time in turns: ${formatTime(torch.ours)}, PyTorch ${torch.version} ${formatTime(torch.theirs)}: ${formatNumber(torch.ratio)} x its time`
        : `${name}: without PyTorch (apt-get install python3-torch)`,
    );
  }
  return { results, ...(peer !== undefined && { tfjs: peer }) };
}

function rates(sample: number): string[] {
  return [formatTime(sample), formatNumber(1 / sample)];
}

/** A batch of made-up images and labels. */
function batchOf({ shape, classes }: Task): { inputs: Tensor; targets: Tensor } {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const pixels = Float32Array.from({ length: size }, (_, at) => ((at * 37) % 256) / 255 - 0.5);
  return {
    inputs: tensor(pixels, [...shape]),
    targets: tensor(Int32Array.from({ length: shape[0] }, (_, image) => (image * 7) % classes)),
  };
}

async function measureTask(task: Task, wasm: WebAssembly.Module, effort: Effort) {
  using trainer = await createTrainer(task.network(), { loss: losses.crossEntropy(), optimizer, wasm });
  const batch = batchOf(task);
  const times = await measure(
    { step: () => void trainer.step(batch), forward: () => void trainer.predict(batch.inputs) },
    effort,
  );
  const torch = await compareWithTorch(task.torch, () => void trainer.step(batch));
  return {
    name: task.name,
    torch,
    samples: task.shape[0],
    step: median(times.step),
    forward: median(times.forward),
    ratio: ratio(times.step, times.forward),
  };
}

/** Seconds of a step of LeNet-5 on tf.js; undefined where it isn't installed. */
async function measureTfjs(): Promise<number | undefined> {
  const { inputs, targets } = batchOf(lenet);
  try {
    const step = await tfjsLeNet(inputs, targets);
    step();
    const start = performance.now();
    step();
    return (performance.now() - start) / 1e3;
  } catch (error) {
    console.log(`without tf.js: ${(error as Error).message.split('\n')[0]}`);
    return undefined;
  }
}
