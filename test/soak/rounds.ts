// Resident memory over rounds of loading, running and disposing a network with threads.

import { compile } from '../../src/layers/index.js';
import { tensor } from '../../src/tensor.js';
import { resnet18 } from '../../src/zoo/index.js';

const THREADS = 2;
const SIZE = 224;

/**
 * ResNet-18 at its usual size, `count` times.
 * @param tell called after each round with the bytes resident then
 */
export async function goRound(count: number, tell: (round: number, resident: number) => void): Promise<void> {
  const network = resnet18();
  const image = tensor(new Float32Array(SIZE * SIZE * 3).fill(0.5), [1, SIZE, SIZE, 3]);
  for (let round = 1; round <= count; round++) {
    const model = await compile(network, { threads: THREADS });
    if (model.info.threads !== THREADS) throw new Error(`there are ${model.info.threads} threads`);
    await model.run({ [Object.keys(model.inputs)[0]]: image });
    model.dispose();
    tell(round, process.memoryUsage().rss);
  }
}
