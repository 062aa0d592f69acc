import { describe, expect, it } from 'vitest';
import { sizeOf } from '../../../src/shape.js';
import { type Tensor, tensor } from '../../../src/tensor.js';
import { everything } from '../../graph/everything.js';
import { randomFloats } from '../../kernels/numbers.js';
import { softmax, softmaxGradient } from '../../reference/normalization/softmax.js';
import { crossEntropy } from '../../reference/normalization/softmaxCrossEntropy.js';
import { checkOperator } from '../check.js';

const CLASSES = [1, 2, 3, 4, 5, 7, 8, 9, 13, 1000];

/** Weights of all classes after smoothing. */
const smoothed = (weights: ArrayLike<number>, classes: number, smoothing: number) =>
  Array.from(weights, (weight) => (1 - smoothing) * weight + smoothing / classes);

function checkLoss(shape: number[], targets: Tensor, weights: number[], labelSmoothing: number, scale = 5): void {
  const classes = shape.at(-1)!;
  const logits = tensor(
    randomFloats(classes)(sizeOf(shape)).map((x) => scale * x),
    shape,
  );
  const gradient = tensor(randomFloats(3)(sizeOf(shape) / classes), shape.slice(0, -1));
  const { losses, gradients } = crossEntropy(logits.data, weights, classes, gradient.data);
  const attributes = { labelSmoothing };
  const magnitude = losses.map((loss) => 2 * scale + loss);
  checkOperator({
    op: 'softmaxCrossEntropy',
    inputs: [logits, targets],
    attributes,
    expected: { shape: shape.slice(0, -1), values: losses, magnitude, roundings: 20 + classes / 4 },
  });
  checkOperator({
    op: 'softmaxCrossEntropyGradient',
    inputs: [logits, targets, gradient],
    attributes,
    expected: { shape, values: gradients, magnitude: gradients.map(() => 2 * scale), roundings: 20 + classes / 4 },
  });
}

describe('softmaxCrossEntropy and its gradient, error within 20 + classes / 4 roundings of the logits and the loss', () => {
  it.each(CLASSES)('%i classes by labels and distributions', (classes) => {
    const rows = 5;
    const labels = Int32Array.from({ length: rows }, (_, row) => (row * 7) % classes);
    const oneHot = Array.from({ length: rows * classes }, (_, i) =>
      labels[Math.floor(i / classes)] === i % classes ? 1 : 0,
    );
    const soft = randomFloats(9)(rows * classes).map((x) => (x + 1) / classes);
    for (const smoothing of [0, 0.1]) {
      const by = tensor(labels, [rows]);
      checkLoss([rows, classes], by, smoothed(oneHot, classes, smoothing), smoothing);
      const weights = tensor(soft, [rows, classes]);
      checkLoss([rows, classes], weights, smoothed(soft, classes, smoothing), smoothing);
    }
  });

  it('rows of any number of axes, logits far from 0', () => {
    const labels = Int32Array.of(0, 1, 2, 3, 1, 0);
    const oneHot = Array.from({ length: 24 }, (_, i) => (labels[Math.floor(i / 4)] === i % 4 ? 1 : 0));
    checkLoss([2, 3, 4], tensor(labels, [2, 3]), oneHot, 0, 300);
  });

  it('impossible classes that nobody expects', () => {
    const logits = tensor([1, Number.NEGATIVE_INFINITY, 1], [1, 3]);
    checkOperator({
      op: 'softmaxCrossEntropy',
      inputs: [logits, tensor(Int32Array.of(2), [1])],
      expected: { shape: [1], values: [Math.log(2)], roundings: 4 },
    });
  });

  it('gives NaN for a label that names no class, and reads nothing else', () => {
    const logits = tensor([1, 2, 3, 4], [2, 2]);
    const labels = tensor(Int32Array.of(-1, 2), [2]);
    const expected = (shape: number[]) => ({ shape, values: new Array(sizeOf(shape)).fill(Number.NaN), roundings: 0 });
    checkOperator({ op: 'softmaxCrossEntropy', inputs: [logits, labels], expected: expected([2]) });
    const inputs = [logits, labels, tensor([1, 1])];
    checkOperator({ op: 'softmaxCrossEntropyGradient', inputs, expected: expected([2, 2]) });
  });
});

describe('softmaxGradient and logSoftmaxGradient, error within 20 + axis / 2 roundings of the terms', () => {
  it.each([
    ...CLASSES.map((axis) => ({ shape: [3, axis], axis: -1 })),
    ...[1, 3, 4, 5, 9].map((inner) => ({ shape: [2, 7, inner], axis: 1 })),
    { shape: [2, 3, 4, 5], axis: 0 },
    { shape: [0, 3], axis: 1 },
    { shape: [13], axis: 0 },
  ])('%o', ({ shape, axis }) => {
    const at = axis < 0 ? axis + shape.length : axis;
    const [outer, extent, inner] = [sizeOf(shape.slice(0, at)), shape[at], sizeOf(shape.slice(at + 1))];
    const gradient = tensor(randomFloats(2)(sizeOf(shape)), shape);
    for (const isLog of [false, true]) {
      const value = tensor(
        softmax(
          randomFloats(1)(sizeOf(shape)).map((x) => 5 * x),
          ...([outer, extent, inner] as const),
          isLog,
        ),
        shape,
      );
      const values = softmaxGradient(value.data, gradient.data, outer, extent, inner, isLog);
      checkOperator({
        op: isLog ? 'logSoftmaxGradient' : 'softmaxGradient',
        inputs: [value, gradient],
        attributes: { axis },
        expected: { shape, values, magnitude: values.map(() => 2), roundings: 20 + extent / 2 },
      });
    }
  });
});

it('refuses targets of another shape', () => {
  const type = (dtype: string, ...shape: number[]) => ({ dtype, shape });
  const refuse = (op: string, code: string, attributes: object, ...inputs: object[]) =>
    expect(() => everything.operators[op].infer(inputs as never, attributes)).toThrow(
      expect.objectContaining({ code }),
    );
  const logits = type('float32', 2, 3);
  refuse('softmaxCrossEntropy', 'SHAPE', {}, logits, type('int32', 3));
  refuse('softmaxCrossEntropy', 'SHAPE', {}, logits, type('float32', 2));
  refuse('softmaxCrossEntropy', 'SHAPE', {}, logits, type('int64', 2));
  refuse('softmaxCrossEntropy', 'ARGUMENT', { labelSmoothing: 2 }, logits, type('int32', 2));
  refuse('softmaxCrossEntropyGradient', 'SHAPE', {}, logits, type('int32', 2), type('float32', 3));
  refuse('softmaxGradient', 'SHAPE', { axis: 0 }, logits, type('float32', 3));
});
