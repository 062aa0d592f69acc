// Entries along an axis, taken from tensors and put together on the host.

import { QuadlaneError } from '../../errors.js';
import { formatShape, normalizeAxis, product, sameShape } from '../../shape.js';
import { newArray, Tensor } from '../../tensor.js';

/** Entry `index` along `axis`, without that axis. */
export function entryOf({ dtype, shape, data }: Tensor, axis: number, index: number): Tensor {
  const at = normalizeAxis(axis, shape.length);
  const [outers, inner] = [product(shape.slice(0, at)), product(shape.slice(at + 1))];
  const entry = newArray(dtype, outers * inner);
  for (let outer = 0; outer < outers; outer++) {
    const start = (outer * shape[at] + index) * inner;
    entry.set(data.subarray(start, start + inner) as never, outer * inner);
  }
  return new Tensor(dtype, shape.toSpliced(at, 1), entry);
}

/**
 * `entries`, at least one, along a new axis.
 * @throws QuadlaneError `SHAPE` where they differ in shape
 */
export function stacked(entries: readonly Tensor[], axis: number): Tensor {
  const [{ dtype, shape }] = entries;
  const other = entries.find((entry) => !sameShape(entry.shape, shape));
  if (other) {
    const shapes = `${formatShape(shape)} and ${formatShape(other.shape)}`;
    throw new QuadlaneError('SHAPE', `its steps give ${shapes}, which can't be stacked: they must have one shape`);
  }
  const at = normalizeAxis(axis, shape.length + 1);
  const [outers, inner] = [product(shape.slice(0, at)), product(shape.slice(at))];
  const data = newArray(dtype, entries.length * outers * inner);
  entries.forEach((entry, index) => {
    for (let outer = 0; outer < outers; outer++) {
      const part = entry.data.subarray(outer * inner, (outer + 1) * inner);
      data.set(part as never, (outer * entries.length + index) * inner);
    }
  });
  return new Tensor(dtype, shape.toSpliced(at, 0, entries.length), data);
}
