// How long loading takes against what it can't do without: copying a ResNet-50's weights into linear memory and packing
// them there. And how much memory that takes against the file.

import { Derived } from '../src/graph/derived.js';
import { applyPasses } from '../src/graph/passes/index.js';
import { specialize } from '../src/graph/specialize.js';
import { compileGraph, loadModelSync, ready } from '../src/load.js';
import { exportOnnx } from '../src/onnx.js';
import { makePlan } from '../src/plan/planner.js';
import { WeightStore } from '../src/plan/weights.js';
import { Core } from '../src/runtime/core.js';
import { Session } from '../src/session.js';
import { Tensor } from '../src/tensor.js';
import { resnet50 } from '../src/zoo/index.js';
import { formatNumber } from './format.js';
import { type Effort, median } from './measure.js';
import { foldingOf } from './program.js';

const formats = ['onnx', 'safetensors'] as const;

export interface LoadResult {
  readonly format: 'onnx' | 'safetensors';
  readonly winograd: boolean;
  /** Seconds of `loadModelSync`, and of copying and packing weights alone. */
  readonly load: number;
  readonly pack: number;
  /** Bytes of the file, and of the model's linear memory. */
  readonly file: number;
  readonly memory: number;
}

/** Loads a generated ResNet-50 from both formats with and without minimal filtering; prints and returns what that took. */
export async function measureLoad(module: WebAssembly.Module, effort: Effort): Promise<LoadResult[]> {
  await ready();
  const { graph } = resnet50();
  const model = compileGraph(graph, { wasm: module, winograd: false });
  const files = { onnx: exportOnnx(model), safetensors: await model.save() };
  model.dispose();
  const folding = foldingOf(graph, module);
  const image = { dtype: 'float32', shape: [1, 224, 224, 3] } as const;
  const folded = applyPasses(specialize(graph, new Map([['image', image]]), new Map(), folding), folding);
  const constants = [...folded.constants].map(([name, value]) => {
    return [name, value instanceof Derived ? new Tensor(value.dtype, value.shape, value.data) : value] as const;
  });
  console.log('\nloading a ResNet-50: against copying and packing its weights, and against its file');
  return [false, true].flatMap((winograd) => {
    const weights = new WeightStore();
    const plan = makePlan({ ...folded, constants: new Map(constants) }, weights, { winograd });
    const pack: number[] = [];
    const load = { onnx: [] as number[], safetensors: [] as number[] };
    let memory = 0;
    for (let round = 0; round < effort.rounds; round++) {
      pack.push(secondsOf(() => new Session(new Core(module, Number.POSITIVE_INFINITY), weights).activate(plan)));
      for (const format of formats) {
        load[format].push(
          secondsOf(() => {
            using model = loadModelSync(files[format], { wasm: module, winograd });
            memory = model.memory.total;
          }),
        );
      }
    }
    return formats.map((format) => {
      const file = files[format].byteLength;
      const result = { format, winograd, load: median(load[format]), pack: median(pack), file, memory };
      console.log(
        `${format}, ${winograd ? 'winograd' : 'direct'}: ${formatNumber(result.load * 1e3)} ms, copying and packing ${formatNumber(result.pack * 1e3)} ms, ` +
          `ratio ${formatNumber(result.load / result.pack)}; memory ${formatNumber(memory / file)} x the file`,
      );
      return result;
    });
  });
}

function secondsOf(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1e3;
}
