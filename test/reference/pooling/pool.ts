// Pooling in float64 over dense [images, planes, rows, columns, channels] tensors.

/** Extents along planes, rows and columns. */
export type Triple = readonly [number, number, number];

export interface PoolShape {
  images: number;
  channels: number;
  input: Triple;
  kernel: Triple;
  strides: Triple;
  dilations: Triple;
  /** Padding before and behind each of the three axes. */
  before: Triple;
  behind: Triple;
  ceil?: boolean;
}

/** Extents of the output; in ceil mode no window begins behind the input and the padding before it. */
export function pooledExtents(shape: PoolShape): [number, number, number] {
  const extents = [0, 1, 2].map((axis) => {
    const reach = shape.dilations[axis] * (shape.kernel[axis] - 1) + 1;
    const room = shape.input[axis] + shape.before[axis] + shape.behind[axis] - reach;
    const steps = room / shape.strides[axis];
    let extent = (shape.ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
    if (shape.ceil && (extent - 1) * shape.strides[axis] >= shape.input[axis] + shape.before[axis]) extent--;
    return Math.max(extent, 0);
  });
  return extents as [number, number, number];
}

/** Calls `visit` for every cell of every window, padding included, and `finish` behind each window. */
function eachWindow(
  shape: PoolShape,
  begin: () => void,
  visit: (position: Triple, image: number, channel: number) => void,
  finish: () => void,
): void {
  const [planes, rows, columns] = pooledExtents(shape);
  const { kernel, strides, dilations, before } = shape;
  for (let image = 0; image < shape.images; image++) {
    for (let plane = 0; plane < planes; plane++) {
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          for (let channel = 0; channel < shape.channels; channel++) {
            begin();
            for (let p = 0; p < kernel[0]; p++) {
              for (let r = 0; r < kernel[1]; r++) {
                for (let c = 0; c < kernel[2]; c++) {
                  const z = plane * strides[0] - before[0] + p * dilations[0];
                  const y = row * strides[1] - before[1] + r * dilations[1];
                  const x = column * strides[2] - before[2] + c * dilations[2];
                  visit([z, y, x], image, channel);
                }
              }
            }
            finish();
          }
        }
      }
    }
  }
}

function isInside(position: Triple, extents: Triple, behind: Triple = [0, 0, 0], before: Triple = [0, 0, 0]): boolean {
  return position.every((at, axis) => at >= -before[axis] && at < extents[axis] + behind[axis]);
}

/** Maxima, and where each is: [image, channel, plane, row, column], the first of equals; NaN is greater than all numbers. */
export function maxPool(
  input: ArrayLike<number>,
  shape: PoolShape,
): { output: number[]; places: [number, number, number, number, number][] } {
  const output: number[] = [];
  const places: [number, number, number, number, number][] = [];
  let maximum = Number.NEGATIVE_INFINITY;
  let place: [number, number, number, number, number] | undefined;
  const [, rows, columns] = shape.input;
  eachWindow(
    shape,
    () => {
      maximum = Number.NEGATIVE_INFINITY;
      place = undefined;
    },
    (position, image, channel) => {
      if (!isInside(position, shape.input)) return;
      const [z, y, x] = position;
      const value = input[(((image * shape.input[0] + z) * rows + y) * columns + x) * shape.channels + channel];
      const isFirstNaN = Number.isNaN(value) && !Number.isNaN(maximum);
      if (value > maximum || isFirstNaN || place === undefined) place = [image, channel, z, y, x];
      if (value > maximum || isFirstNaN) maximum = value;
    },
    () => {
      output.push(maximum);
      places.push(place ?? [0, 0, 0, 0, 0]);
    },
  );
  return { output, places };
}

/** Means; `countPadding` counts cells of the padding as zeros, but never cells behind it. */
export function averagePool(input: ArrayLike<number>, shape: PoolShape, countPadding: boolean): number[] {
  const output: number[] = [];
  let sum = 0;
  let count = 0;
  const [, rows, columns] = shape.input;
  eachWindow(
    shape,
    () => {
      sum = 0;
      count = 0;
    },
    (position, image, channel) => {
      if (countPadding && isInside(position, shape.input, shape.behind, shape.before)) count++;
      if (!isInside(position, shape.input)) return;
      if (!countPadding) count++;
      const [z, y, x] = position;
      sum += input[(((image * shape.input[0] + z) * rows + y) * columns + x) * shape.channels + channel];
    },
    () => output.push(sum / Math.max(count, 1)),
  );
  return output;
}

/** Norms with exponent `p`; padding counts as zeros. */
export function lpPool(input: ArrayLike<number>, shape: PoolShape, p: number): number[] {
  const output: number[] = [];
  let sum = 0;
  const [, rows, columns] = shape.input;
  eachWindow(
    shape,
    () => {
      sum = 0;
    },
    (position, image, channel) => {
      if (!isInside(position, shape.input)) return;
      const [z, y, x] = position;
      sum += Math.abs(input[(((image * shape.input[0] + z) * rows + y) * columns + x) * shape.channels + channel]) ** p;
    },
    () => output.push(sum ** (1 / p)),
  );
  return output;
}

/** Gradient of `input` by that of its max pool's output, which goes to the first maximum of each window. */
export function maxPoolGradient(input: ArrayLike<number>, gradient: ArrayLike<number>, shape: PoolShape): number[] {
  const result = new Array<number>(input.length).fill(0);
  const [, rows, columns] = shape.input;
  let [best, window] = [-1, 0];
  eachWindow(
    shape,
    () => {
      best = -1;
    },
    (position, image, channel) => {
      if (!isInside(position, shape.input)) return;
      const [z, y, x] = position;
      const at = (((image * shape.input[0] + z) * rows + y) * columns + x) * shape.channels + channel;
      if (best < 0 || input[at] > input[best] || (Number.isNaN(input[at]) && !Number.isNaN(input[best]))) best = at;
    },
    () => {
      if (best >= 0) result[best] += gradient[window];
      window++;
    },
  );
  return result;
}

/** Gradient of the input of an average pool by that of its output. */
export function averagePoolGradient(gradient: ArrayLike<number>, shape: PoolShape, countPadding: boolean): number[] {
  const [planes, rows, columns] = shape.input;
  const result = new Array<number>(shape.images * planes * rows * columns * shape.channels).fill(0);
  let cells: number[] = [];
  let [count, window] = [0, 0];
  eachWindow(
    shape,
    () => {
      cells = [];
      count = 0;
    },
    (position, image, channel) => {
      if (countPadding && isInside(position, shape.input, shape.behind, shape.before)) count++;
      if (!isInside(position, shape.input)) return;
      if (!countPadding) count++;
      const [z, y, x] = position;
      cells.push((((image * planes + z) * rows + y) * columns + x) * shape.channels + channel);
    },
    () => {
      for (const at of cells) result[at] += gradient[window] / count;
      window++;
    },
  );
  return result;
}
