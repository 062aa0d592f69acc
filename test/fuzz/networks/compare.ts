// What must hold of a random network: quadlane takes it, gives the same whatever its options, and what ONNX Runtime gives.

import { QuadlaneError } from '../../../src/errors.js';
import { readOnnx } from '../../../src/formats/onnx/reader.js';
import { readModel } from '../../../src/formats/safetensors/model-reader.js';
import type { Graph } from '../../../src/graph/graph.js';
import { applyPasses, optionalPasses } from '../../../src/graph/passes/index.js';
import { compileGraph, compileGraphAsync, loadModelSync } from '../../../src/model/load.js';
import type { ModelOptions } from '../../../src/model/model.js';
import { exportOnnx } from '../../../src/onnx.js';
import type { Tensor } from '../../../src/tensor.js';
import { foldingFor, runWatched, specialized } from '../../ops/watched.js';
import { Dice } from '../dice.js';
import type { Drawn, Size } from './draft.js';
import { fileOf } from './random.js';

export type Tensors = Readonly<Record<string, Tensor>>;

/** Another engine: undefined where it doesn't have an operator. */
export type Peer = (file: Uint8Array, feeds: Tensors, optimised: boolean) => Promise<Tensors | undefined>;

/** A network that doesn't do what it must. */
export class Wrong extends Error {
  constructor(
    readonly kind: string,
    message: string,
  ) {
    super(message);
  }
}

/** Words of what was compared, to be counted. */
export type Words = string[];

/** Threads that share a step in turn. */
const THREADS = [1, 2, 3];

/**
 * Compares one network in every way.
 * @param seed decides which rarer ways it is compared in
 * @throws Wrong
 */
export async function compare(drawn: Drawn, seed: number, peer: Peer | undefined): Promise<Words> {
  const dice = new Dice(seed ^ 0x5eed);
  const file = fileOf(drawn);
  const graph = refused('reading', () => readOnnx(file));
  if (graph instanceof QuadlaneError) return [`quadlane refuses (${firstWords(graph.message)})`];
  const plain = { deterministic: true, winograd: false, withoutPasses: [...optionalPasses] };
  const names = [
    ...new Set([...graph.outputs, ...drawn.steps.flatMap(({ outputs }) => outputs.map(({ name }) => name))]),
  ];
  const written = new Set([...graph.nodes.flatMap(({ outputs }) => outputs), ...graph.constants.keys()]);
  const reference = run(
    { ...graph, outputs: names.filter((name) => written.has(name)) },
    drawn.feeds,
    plain,
    'as it is',
  );
  const sizes = boundsOf(drawn, reference);
  const words: Words = [];
  const check = (way: string, results: Tensors) => {
    for (const name of drawn.outputs) near(way, name, results[name], reference[name], sizes.get(name)!);
  };
  const strict = run(graph, drawn.feeds, { deterministic: true }, 'strict');
  check('strict', strict);
  check('the fastest', run(graph, drawn.feeds, {}, 'the fastest'));
  check('without Winograd', run(graph, drawn.feeds, { deterministic: true, winograd: false }, 'without Winograd'));
  const pass = dice.any([...optionalPasses]);
  check(`without ${pass}`, run(graph, drawn.feeds, { deterministic: true, withoutPasses: [pass] }, `without ${pass}`));
  if (dice.once(3)) {
    shared(graph, drawn.feeds, strict);
    words.push('shared by threads in turn');
  }
  if (dice.once(4)) {
    await again(file, drawn.feeds, strict, check);
    words.push('exported and saved');
  }
  if (dice.once(200)) {
    await threaded(graph, drawn.feeds, strict);
    words.push('on threads');
  }
  if (peer) {
    const results = await peer(file, drawn.feeds, dice.once(2) && !isChangedByPeer(drawn));
    words.push(results ? 'compared with the other engine' : 'the other engine lacks an operator');
    if (results) check('the other engine', results);
  }
  return words;
}

/**
 * Whether the other engine's optimisations change what the network computes: they round 8-bit values once where it does so twice,
 * and make zeros in front of a max pool the pool's own padding.
 */
function isChangedByPeer({ steps }: Drawn): boolean {
  const padded = new Set(steps.filter(({ node }) => node.op === 'Pad').flatMap(({ outputs }) => outputs));
  return steps.some(
    ({ node, inputs }) =>
      node.op.endsWith('QuantizeLinear') ||
      (node.op === 'MaxPool' && inputs.some((value) => value && padded.has(value))),
  );
}

/** Every value's largest element, and its bound. */
function boundsOf({ inputs, constants, steps }: Drawn, reference: Tensors): Map<string, Size> {
  const sizes = new Map<string, Size>();
  for (const { name, most } of [...inputs, ...constants.map(({ value }) => value)]) sizes.set(name, { most, error: 0 });
  for (const { inputs: read, outputs, bound } of steps) {
    const given = read.map((value) => (value ? sizes.get(value.name)! : { most: 0, error: 0 }));
    for (const { name } of outputs) {
      let most = 0;
      for (const element of reference[name]?.data ?? []) most = Math.max(most, Math.abs(Number(element)));
      sizes.set(name, { most, error: bound(given, most) });
    }
  }
  return sizes;
}

function near(way: string, name: string, actual: Tensor | undefined, expected: Tensor, { error }: Size): void {
  if (actual?.dtype !== expected.dtype || actual.shape.join() !== expected.shape.join()) {
    const type = actual ? `${actual.dtype} [${actual.shape}]` : 'nothing';
    throw new Wrong(`type, ${way}`, `${way}: ${name} is ${type}, not ${expected.dtype} [${expected.shape}]`);
  }
  const allowed = expected.dtype === 'float32' ? 2 * error : 0;
  for (let i = 0; i < expected.data.length; i++) {
    const [a, e] = [Number(actual.data[i]), Number(expected.data[i])];
    if (a === e || (Number.isNaN(a) && Number.isNaN(e)) || Math.abs(a - e) <= allowed) continue;
    throw new Wrong(
      `numbers, ${way}`,
      `${way}: ${name}[${i}] of [${expected.shape}] is ${a}, not ${e}, within ${allowed}`,
    );
  }
}

/** The outputs of a graph that must run. */
function run(graph: Graph, feeds: Tensors, options: ModelOptions, way: string): Tensors {
  try {
    const model = compileGraph(graph, options);
    try {
      return model.runSync(feeds);
    } finally {
      model.dispose();
    }
  } catch (error) {
    throw new Wrong(`refusal, ${way}`, `${way}: ${(error as Error).stack}`);
  }
}

/** What `call` returns, or the error where quadlane says that it lacks something. */
function refused<T>(way: string, call: () => T): T | QuadlaneError {
  try {
    return call();
  } catch (error) {
    if (error instanceof QuadlaneError && error.code === 'UNSUPPORTED') return error;
    throw new Wrong(`refusal, ${way}`, `${way}: ${(error as Error).stack}`);
  }
}

/** Any number of threads gives the same bits, and no step writes outside its slots. */
function shared(graph: Graph, feeds: Tensors, expected: Tensors): void {
  try {
    const typed = applyPasses(specialized(graph, feeds), foldingFor(graph));
    const results = runWatched(typed, feeds, 'debug', THREADS);
    graph.outputs.forEach((name, index) => {
      equal('the debug binary', name, results[index], expected[name]);
    });
  } catch (error) {
    if (error instanceof Wrong) throw error;
    throw new Wrong('shared by threads', `shared by threads: ${(error as Error).stack}`);
  }
}

async function threaded(graph: Graph, feeds: Tensors, expected: Tensors): Promise<void> {
  const model = await compileGraphAsync(graph, { threads: 3, deterministic: true });
  const results = await model.run(feeds);
  model.dispose();
  for (const name of graph.outputs) equal('on 3 threads', name, results[name], expected[name]);
}

/** Exported and read again within the bounds, saved and read again with the same bits. */
async function again(
  file: Uint8Array,
  feeds: Tensors,
  expected: Tensors,
  check: (way: string, results: Tensors) => void,
): Promise<void> {
  const model = loadModelSync(file, { deterministic: true });
  try {
    const exported = refused('exporting', () => exportOnnx(model));
    if (!(exported instanceof QuadlaneError)) {
      const back = refused('reading what was exported', () => readOnnx(exported));
      if (back instanceof QuadlaneError) throw new Wrong('refusal, exported', `exported: ${back.message}`);
      check('exported', run(back, feeds, { deterministic: true }, 'exported'));
    }
    const saved = readModel(await model.save());
    for (const [name, result] of Object.entries(run(saved, feeds, { deterministic: true }, 'saved'))) {
      equal('saved', name, result, expected[name]);
    }
  } finally {
    model.dispose();
  }
}

function equal(way: string, name: string, actual: Tensor, expected: Tensor): void {
  const [a, e] = [actual, expected].map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  if (a.equals(e) && actual.shape.join() === expected.shape.join()) return;
  throw new Wrong(`bits, ${way}`, `${way}: ${name} [${expected.shape}] has other bits`);
}

const firstWords = (message: string) => message.split('\n').slice(0, 2).join(' ').slice(0, 110);
