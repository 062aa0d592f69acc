// What must hold whatever a file holds: every call gives an answer or a QuadlaneError, in time, with a message that people can
// read, and nothing is written where it must not be.

import { QuadlaneError } from '../../../src/errors.js';
import { applyPasses } from '../../../src/graph/passes/index.js';
import { loadModel, loadModelSync } from '../../../src/model/load.js';
import type { Model } from '../../../src/model/model.js';
import { exportOnnx } from '../../../src/onnx.js';
import { sizeOf } from '../../../src/shape.js';
import { newArray, Tensor } from '../../../src/tensor.js';
import { moduleOf } from '../../kernels/harness.js';
import { foldingFor, runWatched, specialized } from '../../ops/watched.js';
import type { Dice } from '../dice.js';

/** Bytes of linear memory that a damaged model may use: more than any of the sound ones needs. */
const MEMORY = 2 ** 25;
/** Processor time of one file, in milliseconds. */
export const MOST_MS = 2000;
/** A message has a few lines that people read. */
const LONGEST_MESSAGE = 20_000;
/** Most elements of the inputs of a run. */
const MOST_ELEMENTS = 2 ** 18;
/** Most bytes of memory of a model that is run step by step. */
const MOST_WATCHED = 2 ** 21;

const controls = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

/** What JavaScript says of faults in programs. */
export const programFault =
  /Cannot (read|convert|mix|set|destructure|access)|is not (a function|a constructor|iterable|defined|an object)|is undefined|undefined \(|Invalid typed array|Maximum call stack|[Ii]nvalid array (buffer )?length|allocation failed|should be a multiple|out of bounds|a BigInt|circular structure/;

/** What a file has done that it must not. */
export class Fault extends Error {
  /** @param cause one for all faults of one place */
  constructor(
    readonly place: string,
    message: string,
  ) {
    super(message);
  }
}

/** Where in the sources an error comes from: names of functions, as the text of a bundle has them. */
function placeOf({ name, message, stack = '' }: Error): string {
  const frames = [...stack.matchAll(/^ +at (?:async )?(?:new )?([\w$.<>[\]]+) ?/gm)].map(([, frame]) => frame);
  const own = frames.filter((frame) => !/^(Object|Array|Map|Set|node:|file:|Buffer|JSON)\b/.test(frame));
  return `${name}: ${message.replace(/["'].*?["']|\d+/g, '#').slice(0, 80)} in ${own.slice(0, 3).join(' < ')}`;
}

/** @throws Fault where `error` is none that a caller may see */
export function judge(doing: string, error: unknown): QuadlaneError {
  if (!(error instanceof QuadlaneError)) {
    const foreign = error instanceof Error ? error : new Error(`thrown: ${String(error)}`);
    throw new Fault(`${doing}: ${placeOf(foreign)}`, `${doing}: ${foreign.stack}`);
  }
  checkText(doing, error.message);
  // What JavaScript itself says of a program's faults is no message for people, in whatever it is wrapped.
  for (let cause: unknown = error.cause; cause instanceof Error; cause = cause.cause) {
    const isOurs = cause instanceof QuadlaneError;
    if (isOurs || !(cause.name === 'RuntimeError' || programFault.test(cause.message))) continue;
    throw new Fault(`${doing}, wrapped: ${placeOf(cause)}`, `${doing}: ${error.message}\n${cause.stack}`);
  }
  return error;
}

/** @throws Fault for texts that are too long, or that a terminal obeys */
export function checkText(doing: string, text: string): void {
  if (text.length > LONGEST_MESSAGE)
    throw new Fault(`${doing}: long message`, `${doing}: ${text.length} characters: ${text.slice(0, 500)}`);
  const found = controls.exec(text.replaceAll('\n', ''));
  if (found)
    throw new Fault(
      `${doing}: control characters`,
      `${doing}: control characters in ${JSON.stringify(text.slice(0, 500))}`,
    );
}

/** What `call` gives; undefined where that is a QuadlaneError as it should be. */
function attempt<T>(doing: string, words: string[], call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    words.push(`${doing}: ${judge(doing, error).code}`);
    return undefined;
  }
}

/** A tensor for each input: zeros, ones or small numbers; undefined where they would be large. */
function feedsFor(dice: Dice, model: Model): Record<string, Tensor> | undefined {
  const sizes = new Map<string, number>();
  let total = 0;
  const feeds = Object.entries(model.inputs).map(([name, { dtype, shape }]) => {
    const extents = shape.map((extent) => {
      if (typeof extent === 'number') return extent;
      if (!sizes.has(extent)) sizes.set(extent, dice.from(1, 3));
      return sizes.get(extent)!;
    });
    // sizeOf() refuses large extents beside one of 0 too.
    total += extents.reduce((a, b) => a * Math.max(1, b), 1);
    if (total > MOST_ELEMENTS) return undefined;
    const data = newArray(dtype, sizeOf(extents));
    const [low, high] = dice.any([
      [0, 0],
      [1, 1],
      [0, 2],
      [-2, 2],
    ]);
    for (let i = 0; i < data.length; i++) {
      const number =
        dtype === 'float32'
          ? dice.uniform(low, high)
          : dice.from(
              Math.max(low, dtype === 'uint8' || dtype === 'bool' ? 0 : low),
              dtype === 'bool' ? Math.min(1, high) : high,
            );
      data[i] = dtype === 'int64' ? BigInt(Math.trunc(number)) : number;
    }
    return [name, new Tensor(dtype, extents, data as never)] as const;
  });
  return feeds.some((feed) => feed === undefined) ? undefined : Object.fromEntries(feeds as [string, Tensor][]);
}

/**
 * Loads a model, asks it everything and runs it.
 * @returns words that tell how far it came
 * @throws Fault
 */
export async function examineModel(dice: Dice, file: Uint8Array): Promise<string[]> {
  const words: string[] = [];
  const isDebug = dice.once(4);
  const options = {
    limits: { memory: MEMORY },
    ...(isDebug ? { wasm: moduleOf('debug') } : { deterministic: dice.once(2) }),
    ...(dice.once(4) && { winograd: false }),
  };
  const model = dice.once(8)
    ? await loadModel(file, options).catch((error) => {
        words.push(`load: ${judge('load', error).code}`);
        return undefined;
      })
    : attempt('load', words, () => loadModelSync(file, options));
  if (!model) return words;
  words.push('loaded');
  try {
    const isLight = dice.once(3);
    if (!isLight) await ask(model, words);
    const feeds = feedsFor(dice, model);
    const results = feeds && (attempt('run', words, () => model.runSync(feeds)) as Record<string, Tensor> | undefined);
    if (results) {
      words.push('ran');
      checkResults(model, results);
    }
    if (feeds && model.memory.total > 4 * MEMORY)
      throw new Fault('limits.memory', `${model.memory.total} bytes in use`);
    if (results && model.memory.total < MOST_WATCHED && dice.once(6)) watch(model, feeds);
    if (!isLight) await ask(model, words);
  } finally {
    model.dispose();
  }
  return words;
}

/** Everything but a run. */
async function ask(model: Model, words: string[]): Promise<void> {
  attempt('outputs', words, () => model.outputs);
  const summary = attempt('summary', words, () => model.summary());
  // A table has as many lines as there are layers.
  for (const line of summary?.split('\n') ?? []) checkText('summary', line);
  const exported = attempt('export', words, () => exportOnnx(model));
  if (exported) words.push('exported');
  const saved = await model.save().catch((error) => {
    words.push(`save: ${judge('save', error).code}`);
    return undefined;
  });
  if (!saved) return;
  attempt('load what was saved', words, () => {
    try {
      loadModelSync(saved, { limits: { memory: MEMORY } }).dispose();
    } catch (error) {
      throw new Error(`what was saved can't be loaded: ${(error as Error).message}`);
    }
  });
}

/** Outputs are whole, and what the model says that they are; of open sizes it doesn't know all that a run may find. */
function checkResults(model: Model, results: Readonly<Record<string, Tensor>>): void {
  const declared = attempt('outputs', [], () => model.outputs);
  for (const [name, { dtype, shape, data }] of Object.entries(results)) {
    if (sizeOf(shape) !== data.length)
      throw new Fault('output', `output of ${data.length} elements in shape [${shape}]`);
    const told = declared?.[name];
    const isOpen = Object.values(model.inputs).some((input) =>
      input.shape.some((extent) => typeof extent === 'string'),
    );
    // Open sizes may decide ranks too: of an axis of tuples, for one.
    const fits =
      isOpen ||
      (told?.shape.length === shape.length &&
        told.shape.every((extent, axis) => typeof extent === 'string' || extent === shape[axis]));
    const same = told?.dtype === dtype && fits;
    if (told && !same)
      throw new Fault('declared output', `output "${name}" is ${dtype} [${shape}], told ${told.dtype} [${told.shape}]`);
  }
}

/** The same run, every step watched. */
function watch(model: Model, feeds: Record<string, Tensor>): void {
  try {
    const { graph } = model;
    runWatched(applyPasses(specialized(graph, feeds), foldingFor(graph)), feeds, 'debug', [1, 3]);
  } catch (error) {
    if (error instanceof QuadlaneError) return;
    throw new Fault(`watched: ${placeOf(error as Error)}`, `watched: ${(error as Error).stack}`);
  }
}
