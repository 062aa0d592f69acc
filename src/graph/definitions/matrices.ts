// Matrices: triangles, diagonals, determinants; running products; rows in reverse.

import { sameRank, sameShapeAs } from '../../ops/lowering/partialShapes.js';
import { listOf, tensorOf } from '../../ops/lowering/values.js';
import { normalizeAxis, sizeOf } from '../../shape.js';
import type { DType } from '../../tensor.js';
import type { Definition, Parts } from './definition.js';

/** ONNX's Trilu. Inputs: matrices [..., rows, columns] and the diagonal, which may be absent. Attribute `upper`. */
const trilu: Definition = {
  values: [1],
  partialShapes: sameShapeAs,
  build(parts) {
    const { dtype, shape } = parts.type(0);
    if (shape.length < 2) throw parts.mismatch(`it takes matrices, not [${shape.join(', ')}]`);
    const [diagonal = 0] = parts.list(1) ?? [];
    const [rows, columns] = shape.slice(-2);
    const keeps = listOf(rows * columns, (index) => {
      const distance = (index % columns) - Math.floor(index / columns) - diagonal;
      return Number(parts.attributes.upper === false ? distance <= 0 : distance >= 0);
    });
    const mask = parts.constant(tensorOf('bool', [rows, columns], keeps));
    return [parts.where(mask, parts.input(0), parts.scalar(0, dtype))];
  },
};

/** ONNX's EyeLike: ones on a diagonal (attribute `diagonal`) of a matrix as large as the input, of the type `dtype` or its own. */
const eyeLike: Definition = {
  partialShapes: sameShapeAs,
  build(parts) {
    const { dtype, shape } = parts.type(0);
    if (shape.length !== 2) throw parts.mismatch(`it takes a matrix, not [${shape.join(', ')}]`);
    const values = listOf(sizeOf(shape), () => 0);
    const diagonal = parts.number('diagonal');
    for (let row = Math.max(0, -diagonal); row < shape[0] && row + diagonal < shape[1]; row++) {
      values[row * shape[1] + row + diagonal] = 1;
    }
    return [parts.constant(tensorOf((parts.attributes.dtype as DType | undefined) ?? dtype, shape, values))];
  },
};

/** Largest matrix whose determinant is written out. */
const LARGEST_DETERMINANT = 4;

/** ONNX's Det, by minors of the first row. */
const det: Definition = {
  partialShapes: ([input]) => [input?.slice(0, -2)],
  build(parts) {
    const shape = parts.shape(0);
    const extent = shape.at(-1) ?? 0;
    if (shape.length < 2 || shape.at(-2) !== extent) {
      throw parts.mismatch(`it takes square matrices, not [${shape.join(', ')}]`);
    }
    if (extent > LARGEST_DETERMINANT || extent === 0) {
      throw parts.unsupported(`determinants are of matrices of 1 to ${LARGEST_DETERMINANT} rows, not ${extent}`);
    }
    const rank = shape.length;
    const entry = (row: number, column: number) => {
      const at = parts.slice(parts.slice(parts.input(0), rank - 2, row, row + 1), rank - 1, column, column + 1);
      return parts.reshape(at, shape.slice(0, -2));
    };
    const minor = (row: number, columns: readonly number[]): string => {
      if (columns.length === 1) return entry(row, columns[0]);
      const terms = columns.map((column, index) => {
        const rest = columns.filter((_, other) => other !== index);
        return parts.binary('mul', entry(row, column), minor(row + 1, rest));
      });
      return terms.reduce((sum, term, index) => parts.binary(index % 2 === 1 ? 'sub' : 'add', sum, term));
    };
    return [minor(0, [...new Array(extent).keys()])];
  },
};

/** `x` moved `by` places along `axis`, from the front to the back or (`reverse`) the other way; `value` comes in. */
function moved(
  parts: Parts,
  x: string,
  shape: readonly number[],
  axis: number,
  by: number,
  reverse: boolean,
  value: number,
) {
  const padding = new Array<number>(2 * shape.length).fill(0);
  padding[reverse ? shape.length + axis : axis] = by;
  const padded = parts.apply('pad', [x], { mode: 'constant', padding, value });
  return reverse ? parts.slice(padded, axis, by, shape[axis] + by) : parts.slice(padded, axis, 0, shape[axis]);
}

/** ONNX's CumProd: products of 2, 4, 8, ... neighbours at a time. Inputs: x and the axis. */
const cumProd: Definition = {
  needs: 2,
  values: [1],
  partialShapes: sameRank,
  build(parts) {
    const shape = parts.shape(0);
    const axis = normalizeAxis(parts.list(1)![0], shape.length);
    const reverse = parts.attributes.reverse === true;
    const start = parts.attributes.exclusive === true;
    let products = start ? moved(parts, parts.input(0), shape, axis, 1, reverse, 1) : parts.input(0);
    for (let by = 1; by < shape[axis]; by *= 2) {
      products = parts.binary('mul', products, moved(parts, products, shape, axis, by, reverse, 1));
    }
    return [products];
  },
};

/** ONNX's ReverseSequence. Inputs: x and the length of each sequence. Attributes: `timeAxis`, `batchAxis`, which are 0 and 1. */
const reverseSequence: Definition = {
  needs: 2,
  partialShapes: sameShapeAs,
  build(parts) {
    const shape = parts.shape(0);
    const [time, batch] = [parts.number('timeAxis'), parts.number('batchAxis', 1)];
    if (shape.length < 2 || time === batch) throw parts.mismatch('it takes sequences along one of the first two axes');
    const along = (axis: number) => shape.map((extent, at) => (at === axis ? extent : 1));
    const lengths = parts.reshape(parts.cast(parts.input(1), 'int64'), along(batch));
    const places = parts.numbered(shape[time], along(time));
    const mirrored = parts.binary('sub', parts.binary('sub', lengths, places), parts.scalar(1, 'int64'));
    const from = parts.where(parts.compare('less', places, lengths), mirrored, places);
    const indices = parts.apply('expand', [from], { shape });
    return [parts.apply('gatherElements', [parts.input(0), indices], { axis: time })];
  },
};

export const matrices = { trilu, eyeLike, det, cumProd, reverseSequence };
