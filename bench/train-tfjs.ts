// One training step of LeNet-5 on tf.js, as bench.mjs bundles tfjs-cpu.mjs, on its backend in JavaScript: the
// WebAssembly one has no gradient of a convolution's filters.

import type { Tensor } from '../src/tensor.js';

interface Value {
  dataSync(): Float32Array;
}

interface Variable extends Value {
  assign(value: Value): void;
}

type Binary = (a: Value, b: Value) => Value;

/** The module `@tensorflow/tfjs-core` as far as training takes it. */
interface Tf {
  setBackend(name: 'cpu'): Promise<boolean>;
  tensor(data: Float32Array, shape: readonly number[]): Value;
  variable(value: Value, trainable: boolean, name: string): Variable;
  scalar(value: number): Value;
  randomNormal(shape: readonly number[], mean: number, deviation: number): Value;
  oneHot(labels: Int32Array, classes: number): Value;
  tidy<T>(compute: () => T): T;
  variableGrads(loss: () => Value): { value: Value; grads: Readonly<Record<string, Value>> };
  reshape(x: Value, shape: readonly number[]): Value;
  readonly add: Binary;
  readonly sub: Binary;
  readonly mul: Binary;
  readonly matMul: Binary;
  conv2d(x: Value, filters: Value, strides: number, padding: 'valid'): Value;
  avgPool(x: Value, size: number, strides: number, padding: 'valid'): Value;
  tanh(x: Value): Value;
  logSumExp(x: Value, axis: number): Value;
  sum(x: Value, axis: number): Value;
  mean(x: Value): Value;
}

const SHAPES = [
  [5, 5, 1, 6],
  [5, 5, 6, 16],
  [400, 120],
  [120, 84],
  [84, 10],
] as const;

const LEARNING_RATE = 1e-5;

/**
 * Prepares a step of stochastic gradient descent on images [N, 32, 32, 1] and their labels [N].
 * @throws Error where tf.js isn't installed
 */
export async function tfjsLeNet({ data, shape }: Tensor, labels: Tensor): Promise<() => void> {
  const tf: Tf = await import(new URL('tfjs-cpu.mjs', import.meta.url).href);
  await tf.setBackend('cpu');
  const layers = SHAPES.map((extents, index) => ({
    weights: tf.variable(tf.randomNormal(extents, 0, 0.1), true, `weights ${index}`),
    bias: tf.variable(tf.tensor(new Float32Array(extents.at(-1)!), [extents.at(-1)!]), true, `bias ${index}`),
  }));
  const variables = layers.flatMap(({ weights, bias }, index) => [
    [`weights ${index}`, weights] as const,
    [`bias ${index}`, bias] as const,
  ]);
  const images = tf.tensor(data as Float32Array, shape);
  const targets = tf.oneHot(labels.data as Int32Array, 10);
  const loss = () => {
    const [conv1, conv2, ...dense] = layers;
    let y = images;
    for (const { weights, bias } of [conv1, conv2]) {
      y = tf.avgPool(tf.tanh(tf.add(tf.conv2d(y, weights, 1, 'valid'), bias)), 2, 2, 'valid');
    }
    y = tf.reshape(y, [shape[0], 400]);
    dense.forEach(({ weights, bias }, index) => {
      y = tf.add(tf.matMul(y, weights), bias);
      if (index < dense.length - 1) y = tf.tanh(y);
    });
    return tf.mean(tf.sub(tf.logSumExp(y, 1), tf.sum(tf.mul(y, targets), 1)));
  };
  const rate = tf.scalar(LEARNING_RATE);
  return () =>
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(loss);
      for (const [name, variable] of variables) variable.assign(tf.sub(variable, tf.mul(grads[name], rate)));
      if (!Number.isFinite(value.dataSync()[0])) throw new Error('the loss of tf.js is not finite');
    });
}
