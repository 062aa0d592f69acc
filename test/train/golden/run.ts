// Runs the families of a folder with every binary that the engine accepts.

import { existsSync, readdirSync } from 'node:fs';
import { loadBinary } from '../../../src/model/load.js';
import { hasRelaxedSimd } from '../../../src/runtime/features.js';
import { Tensor } from '../../../src/tensor.js';
import { type Case, type Family, mismatch, type Outcome, outcome, readFamily } from './case.js';
import { familyOf } from './families.js';
import { Cannot, readingAll } from './given.js';
import { differentiated } from './graph.js';
import { runOptimizers } from './optimizers.js';
import { runSchedules } from './schedules.js';
import { runTrace } from './traces.js';

/** Families whose sums are long: several layers, or exponentials of differences. */
const lessExact = new Set(['blocks', 'softmax']);

/** All cases of the families in `folder` whose name `wanted` accepts. */
export async function runFolder(folder: string, wanted: (family: string) => boolean = () => true): Promise<Outcome[]> {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.replace(/\.json$/, ''))
    .filter(wanted);
  const binaries = hasRelaxedSimd() ? ['strict', 'relaxed'] : ['strict'];
  const outcomes: Outcome[] = [];
  for (const binary of binaries) {
    const module = await loadBinary({ deterministic: binary === 'strict' });
    for (const name of names) {
      if (name === 'optimizers') outcomes.push(...runOptimizers(folder, module, binary));
      else if (name === 'schedules') outcomes.push(...runSchedules(folder, binary));
      else if (name.startsWith('trace_')) outcomes.push(...(await runTrace(folder, name, module, binary)));
      else if (existsSync(`${folder}/${name}.safetensors`)) outcomes.push(...runFamily(folder, name, module, binary));
      else outcomes.push({ family: name, name: 'file', binary, failure: 'no such family is known', cannot: true });
    }
  }
  return outcomes;
}

function runFamily(folder: string, name: string, module: WebAssembly.Module, binary: string): Outcome[] {
  const family = readFamily(folder, name);
  return family.cases.map((test) => {
    const which = { family: name, name: test.name, binary };
    return outcome(which, () =>
      readingAll('the case', test.params, (params) => wrongIn(family, { ...test, params }, module)),
    );
  });
}

function wrongIn(family: Family, test: Case, module: WebAssembly.Module): string | undefined {
  const build = familyOf(family.name);
  const inputs = new Map(test.inputs.map((name) => [name, narrowed(name, family.tensor(test, name))]));
  const wanted = test.outputs.filter((name) => /^d/.test(name)).map((name) => name.slice(1));
  const results = differentiated(module, inputs, wanted, (builder) => build(builder, test, inputs));
  for (const name of test.outputs) {
    if (!results.has(name)) throw new Cannot(`${name} isn't computed`);
    const expected = family.tensor(test, name);
    const wrong = mismatch(results.get(name)!.data, expected.data, 1e-5, lessExact.has(family.name) ? 5e-5 : 1e-5);
    if (wrong) return `${name}: ${wrong}`;
  }
  return undefined;
}

/** Labels as trainers take them. */
function narrowed(name: string, tensor: Tensor): Tensor {
  if (name !== 'target' || tensor.dtype !== 'int64') return tensor;
  return new Tensor('int32', tensor.shape, Int32Array.from(tensor.data as ArrayLike<number | bigint>, Number));
}

/** One row a family with its counts, then the failures. */
export function report(outcomes: readonly Outcome[]): string {
  const names = [...new Set(outcomes.map(({ family }) => family))];
  const width = Math.max(...names.map((name) => name.length));
  const rows = names.map((name) => {
    const own = outcomes.filter(({ family }) => family === name);
    const cannot = own.filter((one) => one.cannot).length;
    const failed = own.filter(({ failure }) => failure !== undefined).length - cannot;
    const count = (of: number) => String(of).padStart(4);
    return `${name.padEnd(width)}  ${count(own.length - failed - cannot)} passed  ${count(failed)} failed  ${count(cannot)} can't be built`;
  });
  const failures = outcomes
    .filter(({ failure }) => failure !== undefined)
    .map(({ family, name, binary, failure, cannot }) => {
      return `${cannot ? 'CANNOT' : 'FAILED'} ${family} ${name} (${binary}): ${failure}`;
    });
  return [...rows, '', ...failures].join('\n');
}
