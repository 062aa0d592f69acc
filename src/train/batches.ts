// How batches get into plans.

import { QuadlaneError } from '../errors.js';
import type { Session } from '../model/session.js';
import type { View } from '../ops/operator.js';
import { shown } from '../printable.js';
import { newArray, readerOf, Tensor, type TensorType, tensor } from '../tensor.js';
import { type Batch, checkBatch, countExamples, isTensor } from './data.js';

/** Writes `values` where the plan reads them. */
export function write(
  session: Session,
  views: ReadonlyMap<string, View | undefined>,
  values: ReadonlyMap<string, Tensor>,
): void {
  for (const [name, view] of views) if (view) session.live(view).set(values.get(name)!.data as never);
}

/**
 * The targets as a tensor; plain numbers are labels.
 * @throws QuadlaneError `ARGUMENT` naming the first of those that is no label, and where there are none
 */
export function targetsOf(batch: Batch): Tensor {
  const { targets } = checkBatch(batch);
  if (countExamples(batch) === 0) throw new QuadlaneError('ARGUMENT', 'the batch has no examples: give one at least');
  if (isTensor(targets)) return targets;
  const labels = Int32Array.from(targets, (label) => (typeof label === 'number' ? label : 0));
  const wrong = labels.findIndex((label, sample) => label !== targets[sample]);
  if (wrong < 0) return tensor(labels);
  throw new QuadlaneError(
    'ARGUMENT',
    `sample ${wrong} has the label ${shown(targets[wrong])}, but labels are whole numbers: give other targets as tensor(data, shape)`,
  );
}

/** Labels as int32, anything else as it is. */
export function converted(given: Tensor, dtype: TensorType['dtype']): Tensor {
  if (given.dtype === dtype) return given;
  const data = newArray(dtype, given.size);
  const read = readerOf(given.dtype);
  for (let i = 0; i < given.size; i++) data[i] = read(given.data[i]);
  return new Tensor(dtype, given.shape, data);
}
