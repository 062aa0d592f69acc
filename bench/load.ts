// How long loading takes against what it can't do without: copying a ResNet-50's weights into linear memory and packing
// them there. And how much memory that takes against the file.

import { Derived } from '../src/graph/derived.js';
import { applyPasses } from '../src/graph/passes/index.js';
import { specialize } from '../src/graph/specialize.js';
import { compileGraph, loadModelSync, ready } from '../src/load.js';
import { makePlan } from '../src/plan/planner.js';
import { WeightStore } from '../src/plan/weights.js';
import { Core } from '../src/runtime/core.js';
import { Session } from '../src/session.js';
import { Tensor } from '../src/tensor.js';
import { resnet50 } from '../src/zoo/index.js';
import { formatNumber } from './format.js';
import { type Effort, median } from './measure.js';
import { foldingOf } from './program.js';

export interface LoadResult {
  readonly winograd: boolean;
  /** Seconds of `loadModelSync`, and of copying and packing weights alone. */
  readonly load: number;
  readonly pack: number;
  /** Bytes of the file, and of the model's linear memory. */
  readonly file: number;
  readonly memory: number;
}

/** Loads a generated ResNet-50 with and without minimal filtering; prints and returns what that took. */
export async function measureLoad(module: WebAssembly.Module, effort: Effort): Promise<LoadResult[]> {
  await ready();
  const { graph } = resnet50();
  const file = await compileGraph(graph, { wasm: module, winograd: false }).save();
  const folding = foldingOf(graph, module);
  const image = { dtype: 'float32', shape: [1, 224, 224, 3] } as const;
  const folded = applyPasses(specialize(graph, new Map([['image', image]]), new Map(), folding), folding);
  const constants = [...folded.constants].map(([name, value]) => {
    return [name, value instanceof Derived ? new Tensor(value.dtype, value.shape, value.data) : value] as const;
  });
  console.log('\nloading a ResNet-50: against copying and packing its weights, and against its file');
  return [false, true].map((winograd) => {
    const weights = new WeightStore();
    const plan = makePlan({ ...folded, constants: new Map(constants) }, weights, { winograd });
    const [load, pack]: [number[], number[]] = [[], []];
    let memory = 0;
    for (let round = 0; round < effort.rounds; round++) {
      pack.push(secondsOf(() => new Session(new Core(module, Number.POSITIVE_INFINITY), weights).activate(plan)));
      load.push(
        secondsOf(() => {
          using model = loadModelSync(file, { wasm: module, winograd });
          memory = model.memory.total;
        }),
      );
    }
    const result = { winograd, load: median(load), pack: median(pack), file: file.byteLength, memory };
    console.log(
      `${winograd ? 'winograd' : 'direct'}: ${formatNumber(result.load * 1e3)} ms, copying and packing ${formatNumber(result.pack * 1e3)} ms, ` +
        `ratio ${formatNumber(result.load / result.pack)}; memory ${formatNumber(memory / file.byteLength)} x the file`,
    );
    return result;
  });
}

function secondsOf(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1e3;
}
