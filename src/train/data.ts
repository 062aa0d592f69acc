// Examples on their way into batches: shuffled, cut, augmented.

import { QuadlaneError } from '../errors.js';
import type { Tensors } from '../model/inputs.js';
import { checkOptions, numberIn } from '../options.js';
import { shown } from '../printable.js';
import { formatShape } from '../shape.js';
import { asTensor, kindOf, newArray, Tensor } from '../tensor.js';
import type { Augmentation } from './augmentation/augmentation.js';
import { Random } from './random.js';

/** Samples that one step learns from. */
export interface Batch {
  /** A tensor for each of the network's inputs; the tensor alone where there is one. */
  readonly inputs: Tensors | Tensor;
  /** Labels (int32, int64, or plain numbers), or what the loss compares predictions with. */
  readonly targets: Tensor | readonly number[];
}

/**
 * What to learn from: all examples at once, as one big batch that is cut into small ones; or batches as they come, from
 * an array or from a function that starts each epoch anew (a generator function, sync or async).
 */
export type Dataset = Batch | readonly Batch[] | (() => Iterable<Batch> | AsyncIterable<Batch>);

/** Changes a batch of images before the network sees it. */
export type Augment = Augmentation | ((batch: Batch, random: Random) => Batch);

export interface BatchOptions {
  /** Examples in a batch; the last one of an epoch may have fewer. Default: 32. */
  readonly batchSize?: number;
  /**
   * Draws a new order for every epoch; for data that is there at once (an array of batches: the order of the batches).
   * Default: false.
   */
  readonly shuffle?: boolean;
  readonly augment?: Augment;
}

/**
 * One epoch of batches.
 * @param random decides the order and the augmentation
 * @throws QuadlaneError `ARGUMENT` for a data set without examples, `SHAPE` when inputs and targets differ in number
 */
export async function* batches(data: Dataset, options: BatchOptions, random: Random): AsyncGenerator<Batch> {
  const known = ['batchSize', 'shuffle', 'augment'] as const;
  const { shuffle = false, augment } = checkOptions('batches()', options, known);
  if (augment && typeof augment !== 'function' && typeof augment.apply !== 'function') {
    throw new QuadlaneError(
      'ARGUMENT',
      `augment is what augmentation({ ... }) returns, or a function; got ${shown(augment)}`,
    );
  }
  // The order and the augmentation have streams of their own: switching one off doesn't change the other.
  const order = new Random(random.bits());
  const changes = new Random(random.bits());
  let any = false;
  for await (const batch of source(data, options.batchSize ?? 32, shuffle ? order : undefined)) {
    any = true;
    checkBatch(batch);
    yield augment ? augmented(batch, augment, changes) : batch;
  }
  if (!any) throw new QuadlaneError('ARGUMENT', 'the data set is empty: it needs at least one example');
}

/** Batches in an epoch, where that is known before. */
export function countBatches(data: Dataset, batchSize = 32): number | undefined {
  if (typeof data === 'function') return undefined;
  return isList(data) ? data.length : Math.ceil(countExamples(data) / batchSize);
}

/**
 * The batch, its parts known to be tensors and lists of labels.
 * @throws QuadlaneError `ARGUMENT` for anything else
 */
export function checkBatch(batch: Batch): Batch {
  const { inputs, targets } = (batch ?? {}) as Batch;
  if (typeof inputs !== 'object' || inputs === null || Array.isArray(inputs) || ArrayBuffer.isView(inputs)) {
    throw new QuadlaneError('ARGUMENT', `a batch is { inputs, targets }, its inputs tensors; got ${shown(inputs)}`);
  }
  const misfit = Object.entries(named(inputs)).find(([, input]) => !asTensor(input));
  if (misfit)
    throw new QuadlaneError('ARGUMENT', `input "${misfit[0]}" of the batch is no tensor: ${shown(misfit[1])}`);
  if (!isTensor(targets) && !Array.isArray(targets)) {
    throw new QuadlaneError(
      'ARGUMENT',
      `the targets of a batch are a tensor, or a list of labels as [3, 1, 4]; got ${kindOf(targets)}: tensor(data, shape) makes one`,
    );
  }
  return batch;
}

export function isTensor(value: unknown): value is Tensor {
  return asTensor(value) !== undefined;
}

/**
 * Examples in a batch.
 * @throws QuadlaneError `SHAPE` when inputs and targets differ in number
 */
export function countExamples({ inputs, targets }: Batch): number {
  const count = isTensor(targets) ? (targets.shape[0] ?? 0) : targets.length;
  for (const [name, { shape }] of Object.entries(named(inputs))) {
    if (shape[0] === count) continue;
    throw new QuadlaneError(
      'SHAPE',
      `there are ${count} targets, but ${name} has ${shape[0] ?? 0} examples: its shape is ${formatShape(shape)}`,
    );
  }
  return count;
}

/** Examples `indices` of `all`, in that order. */
export function pick(all: Batch, indices: ArrayLike<number>): Batch {
  const { inputs, targets } = all;
  return {
    inputs: isTensor(inputs)
      ? rows(inputs, indices)
      : Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, rows(input, indices)])),
    targets: isTensor(targets) ? rows(targets, indices) : Array.from(indices, (index) => targets[index]),
  };
}

function source(data: Dataset, batchSize: number, order: Random | undefined): Iterable<Batch> | AsyncIterable<Batch> {
  if (typeof data === 'function') return data();
  if (typeof data !== 'object' || data === null) {
    throw new QuadlaneError(
      'ARGUMENT',
      `a data set is { inputs, targets }, a list of such batches, or a function that gives them; got ${shown(data)}`,
    );
  }
  if (isList(data)) return order ? order.shuffle([...data]) : data;
  numberIn('batchSize', batchSize, { above: 0, whole: true });
  checkBatch(data);
  return cut(data, batchSize, order);
}

function* cut(all: Batch, batchSize: number, order: Random | undefined): Generator<Batch> {
  const indices = Uint32Array.from({ length: countExamples(all) }, (_, index) => index);
  order?.shuffle(indices);
  for (let first = 0; first < indices.length; first += batchSize) {
    yield pick(all, indices.subarray(first, first + batchSize));
  }
}

function augmented(batch: Batch, augment: Augment, random: Random): Batch {
  if (typeof augment === 'function') return augment(batch, random);
  const { inputs, targets } = batch;
  if (isTensor(inputs)) return { inputs: augment.apply(inputs, random), targets };
  const [[name, images], ...others] = Object.entries(inputs);
  return { inputs: { [name]: augment.apply(images, random), ...Object.fromEntries(others) }, targets };
}

function rows({ dtype, shape, data }: Tensor, indices: ArrayLike<number>): Tensor {
  const length = data.length / (shape[0] || 1);
  const picked = newArray(dtype, length * indices.length);
  for (let i = 0; i < indices.length; i++) {
    picked.set(data.subarray(indices[i] * length, (indices[i] + 1) * length) as never, i * length);
  }
  return new Tensor(dtype, [indices.length, ...shape.slice(1)], picked);
}

function named(inputs: Tensors | Tensor): Tensors {
  return isTensor(inputs) ? { 'the input': inputs } : inputs;
}

function isList(data: Dataset): data is readonly Batch[] {
  return Array.isArray(data);
}
