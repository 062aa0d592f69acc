// LeNet-5 at batch 1: against plain JavaScript, step by step, from a cold start, and in memory.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import nodeModule from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readOnnx } from '../src/formats/onnx/reader.js';
import { writeModel } from '../src/formats/safetensors/model-writer.js';
import type { Graph } from '../src/graph/graph.js';
import { compileGraph } from '../src/model/load.js';
import { tensor } from '../src/tensor.js';
import { waitUntilAlone } from './alone.js';
import { formatNumber, formatTime } from './format.js';
import { type Effort, measure, median, ratio } from './measure.js';
import { type LeNetWeights, naiveLeNet } from './naive-lenet.js';
import { Program } from './program.js';
import { printTable, style } from './table.js';

// Both bench/ and bench/dist/, where the bundle lies, see the repository through an address of their own.
const root = new URL(import.meta.url.includes('/dist/') ? '../../' : '../', import.meta.url);
const onnx = fileURLToPath(new URL('examples/models/lenet5-mnist.onnx', root));
const STARTS = 15;
/** Starts wait so long for a core that works for them alone. */
const WAIT_MS = 1000;
const SHAPE = [1, 1, 28, 28];

/** Measures LeNet-5 and prints three tables. */
export async function measureLeNet(module: WebAssembly.Module, variant: 'strict' | 'relaxed', effort: Effort) {
  const graph = readOnnx(readFileSync(onnx));
  const weights = weightsOf(graph);
  const pixels = Float32Array.from({ length: 784 }, (_, at) => ((at * 37) % 256) / 255);
  const runs = await measureRuns(graph, weights, pixels, module, variant, effort);
  const steps = await measureSteps(graph, pixels, module, effort);
  return { runs, steps, start: await measureStart(graph) };
}

async function measureRuns(
  graph: Graph,
  weights: LeNetWeights,
  pixels: Float32Array,
  module: WebAssembly.Module,
  variant: 'strict' | 'relaxed',
  effort: Effort,
) {
  const model = compileGraph(graph, { wasm: module, deterministic: variant === 'strict' });
  const image = tensor(pixels, SHAPE);
  const { logits } = model.runSync({ image });
  const expected = naiveLeNet(pixels, weights);
  expected.forEach((value, digit) => {
    const error = Math.abs(value - (logits.data[digit] as number));
    if (!(error < 1e-3))
      throw new Error(`logit ${digit} is ${logits.data[digit]}, but plain JavaScript computes ${value}`);
  });
  const live = model.inputs.image.data as Float32Array;
  live.set(pixels);
  const view = tensor(live, SHAPE);
  const program = Program.of(graph, module);
  program.fill(0, pixels);
  const contestants = {
    'runSync, tensors in and out': () => void model.runSync({ image }),
    'runSync, live views': () => void model.runSync({ image: view }, { copy: false }),
    'the program alone': () => program.run(),
    'naive JavaScript': () => void naiveLeNet(pixels, weights),
  };
  const times = await measure(contestants, effort);
  const naive = times['naive JavaScript'];
  console.log(`\n${style('bold', 'LeNet-5, one image')}`);
  printTable(
    ['', 'time', 'naive / time'],
    Object.entries(times).map(([name, rounds]) => [
      name,
      formatTime(median(rounds)),
      `${formatNumber(ratio(naive, rounds))} x`,
    ]),
  );
  return Object.fromEntries(
    Object.entries(times).map(([name, rounds]) => [name, { seconds: median(rounds), ratio: ratio(naive, rounds) }]),
  );
}

/** The time of each step of the program, repeated by itself: its operands are in the cache, as in the network. */
async function measureSteps(graph: Graph, pixels: Float32Array, module: WebAssembly.Module, effort: Effort) {
  const program = Program.of(graph, module);
  program.fill(0, pixels);
  program.run();
  const { nodes, steps } = program.plan;
  const names = steps.map(
    ({ kernel, node }, index) => `${index + 1} ${kernel}: ${nodes[node].name} (${nodes[node].label})`,
  );
  const times = await measure(
    Object.fromEntries(names.map((name, index) => [name, () => program.runSteps(index, index + 1)])),
    effort,
  );
  const results = names.map((name, index) => {
    const seconds = median(times[name]);
    const { node } = steps[index];
    const first = steps.findIndex((step) => step.node === node && step.kernel === steps[index].kernel);
    const computes = nodes[node].cost > 0 && first === index && !/copy|halo/.test(steps[index].kernel);
    return { step: name, seconds, ...(computes && { rate: (2 * nodes[node].cost) / seconds }) };
  });
  const sum = results.reduce((total, { seconds }) => total + seconds, 0);
  console.log(`\n${style('bold', 'LeNet-5, step by step')}`);
  printTable(
    ['step', 'time', 'share', 'GFLOP/s'],
    [
      ...results.map(({ step, seconds, rate }) => [
        step,
        formatTime(seconds),
        `${((100 * seconds) / sum).toFixed(0)} %`,
        rate ? formatNumber(rate / 1e9) : '',
      ]),
      ['sum', formatTime(sum), '', ''],
    ],
  );
  return results;
}

interface Start {
  readonly milliseconds: number;
  readonly memory: { readonly total: number; readonly weights: number; readonly activations: number };
  readonly rss: number;
}

/**
 * Fresh processes in turns, each from the import of the package to the first result: of an ONNX file, of the same where Node
 * finds the scripts compiled by an earlier process, and of a saved model. What else the machine does only adds to a
 * start, so the least is told too.
 */
async function measureStart(graph: Graph) {
  const script = fileURLToPath(new URL('bench/first-result.mjs', root));
  const folder = mkdtempSync(join(tmpdir(), 'quadlane-'));
  const saved = join(folder, 'lenet5.safetensors');
  writeFileSync(saved, writeModel(graph));
  const startOf = (path: string, env = {}): Start =>
    JSON.parse(execFileSync(process.execPath, [script, path], { encoding: 'utf8', env: { ...process.env, ...env } }));
  const cache = { NODE_COMPILE_CACHE: join(folder, 'cache') };
  const hasCache = 'enableCompileCache' in nodeModule;
  if (hasCache) startOf(onnx, cache);
  const starts = { onnx: [] as Start[], cached: [] as Start[], saved: [] as Start[] };
  for (let round = 0; round < STARTS; round++) {
    await waitUntilAlone(WAIT_MS);
    starts.onnx.push(startOf(onnx));
    if (hasCache) starts.cached.push(startOf(onnx, cache));
    starts.saved.push(startOf(saved));
  }
  rmSync(folder, { recursive: true });
  const timeOf = (of: Start[]) => {
    const times = of.map(({ milliseconds }) => milliseconds);
    return { milliseconds: median(times), least: Math.min(...times) };
  };
  const times = {
    'import to first result': timeOf(starts.onnx),
    ...(hasCache && { '  with a compile cache': timeOf(starts.cached) }),
    '  from a saved model': timeOf(starts.saved),
  };
  const rss = median(starts.onnx.map((start) => start.rss));
  const [{ memory }] = starts.onnx;
  const kilobytes = (bytes: number) => `${Math.round(bytes / 1024).toLocaleString('en-US')} KB`;
  console.log(`\n${style('bold', 'LeNet-5, a fresh process')}`);
  printTable(
    ['', 'median', `least of ${STARTS}`],
    [
      ...Object.entries(times).map(([name, { milliseconds, least }]) => [
        name,
        formatTime(milliseconds / 1000),
        formatTime(least / 1000),
      ]),
      ['linear memory', kilobytes(memory.total), ''],
      ['  weights', kilobytes(memory.weights), ''],
      ['  activations', kilobytes(memory.activations), ''],
      ['growth of the process', kilobytes(rss), ''],
    ],
  );
  return { times, memory, rss };
}

/** The initializers by their place in the network: the biases follow their weights. */
function weightsOf({ nodes, constants }: Graph): LeNetWeights {
  const layers = nodes.filter(({ op }) => op === 'conv' || op === 'matmul');
  const names = ['conv1', 'conv2', 'fc1', 'fc2', 'fc3'] as const;
  return Object.fromEntries(
    names.flatMap((name, index) => {
      const [, weights, bias] = layers[index].inputs.map((input) => constants.get(input)?.data);
      return [
        [name, weights],
        [`${name}Bias`, bias],
      ];
    }),
  ) as unknown as LeNetWeights;
}
