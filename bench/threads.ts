// Whole networks on one thread and on several: the same network, loaded twice, takes turns.

import { availableParallelism } from 'node:os';
import type { Network } from '../src/layers/index.js';
import { compileGraphAsync } from '../src/model/load.js';
import type { Model } from '../src/model/model.js';
import { type Tensor, tensor } from '../src/tensor.js';
import { mobilenetV2, resnet50, squeezenet1_1, vgg16 } from '../src/zoo/index.js';
import { formatNumber, formatTime } from './format.js';
import { type Effort, measure, median, ratio } from './measure.js';
import { printTable, style } from './table.js';

const networks: Readonly<Record<string, () => Network>> = {
  'ResNet-50': resnet50,
  'VGG-16': vgg16,
  'MobileNet v2': mobilenetV2,
  'SqueezeNet 1.1': squeezenet1_1,
};

/** Threads of the second contestant. */
const THREADS = 2;

/** Measures every network and prints a table. */
export async function measureThreads(variant: 'strict' | 'relaxed', effort: Effort) {
  const results: Record<string, { alone: number; together: number; ratio: number }> = {};
  for (const [name, build] of Object.entries(networks)) {
    const { graph } = build();
    const load = (threads: number) => compileGraphAsync(graph, { threads, deterministic: variant === 'strict' });
    const [alone, together] = [await load(1), await load(THREADS)];
    if (together.info.threads !== THREADS) throw new Error(together.info.threadsReason);
    const inputs = imageFor(alone);
    expectSame(name, alone.runSync(inputs), together.runSync(inputs));
    const times = await measure(
      { alone: () => void alone.runSync(inputs), together: () => void together.runSync(inputs) },
      effort,
    );
    alone.dispose();
    together.dispose();
    results[name] = {
      alone: median(times.alone),
      together: median(times.together),
      ratio: ratio(times.alone, times.together),
    };
  }
  console.log(`\n${style('bold', `Networks on ${THREADS} threads`)} (${availableParallelism()} processors here)`);
  printTable(
    ['', '1 thread', `${THREADS} threads`, 'faster by'],
    Object.entries(results).map(([name, result]) => [
      name,
      formatTime(result.alone),
      formatTime(result.together),
      `${formatNumber(result.ratio)} x`,
    ]),
  );
  return results;
}

function imageFor(model: Model): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(model.inputs).map(([name, { shape }]) => {
      const sizes = shape.map((extent) => (typeof extent === 'string' ? 1 : extent));
      const size = sizes.reduce((product, extent) => product * extent, 1);
      return [
        name,
        tensor(
          Float32Array.from({ length: size }, (_, at) => ((at * 37) % 256) / 255),
          sizes,
        ),
      ];
    }),
  );
}

function expectSame(name: string, alone: Readonly<Record<string, Tensor>>, together: typeof alone): void {
  for (const [output, { data }] of Object.entries(alone)) {
    const other = together[output].data;
    if (data.some((value, at) => value !== other[at])) throw new Error(`${name}: threads give another ${output}`);
  }
}
