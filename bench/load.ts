// How long loading takes against what it can't do without: copying a ResNet-50's weights into linear memory and packing
// them there. And how much memory that takes against the file.

import { Derived } from '../src/graph/derived.js';
import { applyPasses } from '../src/graph/passes/index.js';
import { specialize } from '../src/graph/specialize.js';
import { compileGraph, loadModelSync, ready } from '../src/model/load.js';
import { Session } from '../src/model/session.js';
import { exportOnnx } from '../src/onnx.js';
import { makePlan } from '../src/plan/planner.js';
import { WeightStore } from '../src/plan/weights.js';
import { Core } from '../src/runtime/core.js';
import { tileRows } from '../src/runtime/features.js';
import { Tensor } from '../src/tensor.js';
import { resnet50 } from '../src/zoo/index.js';
import { formatNumber, formatTime, markDisturbed } from './format.js';
import { type Effort, measure, median, ratio, wasDisturbed } from './measure.js';
import { foldingOf } from './program.js';
import { printTable, style } from './table.js';

const formats = ['onnx', 'safetensors'] as const;

export interface LoadResult {
  readonly format: 'onnx' | 'safetensors';
  readonly winograd: boolean;
  /** Seconds of `loadModelSync`, and of copying and packing weights alone. */
  readonly load: number;
  readonly pack: number;
  /** The first over the second. */
  readonly ratio: number;
  /** Bytes of the file, and of the model's linear memory. */
  readonly file: number;
  readonly memory: number;
  /** Something else used the core during most samples. */
  readonly disturbed: boolean;
}

/** Loads a generated ResNet-50 from both formats with and without Winograd; prints and returns what that took. */
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
  const results: LoadResult[] = [];
  for (const winograd of [false, true]) {
    const weights = new WeightStore();
    const plan = makePlan({ ...folded, constants: new Map(constants) }, weights, { winograd, tileRows: tileRows() });
    const memory = { onnx: 0, safetensors: 0 };
    const load = (format: (typeof formats)[number]) => () => {
      using model = loadModelSync(files[format], { wasm: module, winograd });
      memory[format] = model.memory.total;
    };
    const times = await measure(
      {
        pack: () => new Session(new Core(module, Number.POSITIVE_INFINITY), weights).activate(plan),
        onnx: load('onnx'),
        safetensors: load('safetensors'),
      },
      effort,
    );
    for (const format of formats) {
      results.push({
        format,
        winograd,
        load: median(times[format]),
        pack: median(times.pack),
        ratio: ratio(times[format], times.pack),
        file: files[format].byteLength,
        memory: memory[format],
        disturbed: wasDisturbed(),
      });
    }
  }
  console.log(`\n${style('bold', 'load')}, a ResNet-50: against copying and packing its weights, and against its file`);
  printTable(
    ['file', 'load', 'copy and pack', 'ratio', 'memory / file'],
    results.map(({ format, winograd, load, pack, ratio, file, memory, disturbed }) => [
      markDisturbed(`${format}, ${winograd ? 'winograd' : 'direct'}`, disturbed),
      formatTime(load),
      formatTime(pack),
      `${formatNumber(ratio)} x`,
      `${formatNumber(memory / file)} x`,
    ]),
  );
  return results;
}
