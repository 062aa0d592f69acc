// Small networks of the kinds that are quantized, with random weights, and pictures for them.

import {
  add,
  averagePool2d,
  batchNorm,
  concat,
  conv2d,
  dense,
  depthwiseConv2d,
  flatten,
  globalAveragePool2d,
  hardSwish,
  input,
  maxPool2d,
  model,
  multiply,
  relu,
  relu6,
  sigmoid,
  softmax,
  type Value,
} from '../../src/layers/index.js';
import { type Tensor, tensor } from '../../src/tensor.js';
import { randomFloats } from '../kernels/numbers.js';

/** Random pictures, from -1 to 1, each of its own seed. */
export function images(count: number, shape = [1, 12, 12, 3], seed = 0): Tensor<'float32'>[] {
  const size = shape.reduce((product, extent) => product * extent);
  return Array.from({ length: count }, (_, i) => tensor(randomFloats(seed + i)(size), shape));
}

/** A residual block, a gate, a concatenation, pools and a classifier: what a scale must get through. */
export function mixed() {
  const image = input([12, 12, 3], { name: 'image' });
  const stem = relu()(batchNorm({ name: 'norm' })(conv2d({ filters: 8, kernelSize: 3, name: 'stem' })(image)));
  const block = conv2d({ filters: 8, kernelSize: 3, padding: 'same', name: 'block' })(stem);
  const sum = relu()(add()([block, stem]));
  const narrow = hardSwish()(depthwiseConv2d({ kernelSize: 3, padding: 'same', name: 'depthwise' })(sum));
  const gate = sigmoid()(
    conv2d({ filters: 8, kernelSize: 1, name: 'gate' })(globalAveragePool2d({ keepDims: true })(narrow)),
  );
  const gated = multiply()([narrow, gate]);
  const joined = concat()([maxPool2d()(gated), averagePool2d()(sum)]);
  const head = dense({ units: 6, name: 'head' })(
    flatten()(relu6()(conv2d({ filters: 4, kernelSize: 3, name: 'last' })(joined))),
  );
  return model({ inputs: image, outputs: { probabilities: softmax()(head) } });
}

/** Inverted residuals with ReLU6, one of stride 2, and a mean over all space. */
export function mobile() {
  const image = input([12, 12, 3], { name: 'image' });
  const convolved = (x: Value, filters: number, kernelSize: number, name: string) =>
    batchNorm({ name: `${name}.norm` })(conv2d({ filters, kernelSize, padding: 'same', useBias: false, name })(x));
  const inverted = (x: Value, filters: number, strides: number, name: string) => {
    const wide = relu6()(convolved(x, 24, 1, `${name}.expand`));
    const depthwise = depthwiseConv2d({ kernelSize: 3, strides, padding: 'same', name: `${name}.depthwise` })(wide);
    return convolved(relu6()(batchNorm({ name: `${name}.norm` })(depthwise)), filters, 1, `${name}.project`);
  };
  const stem = relu6()(convolved(image, 8, 3, 'stem'));
  const first = add()([stem, inverted(stem, 8, 1, 'first')]);
  const second = inverted(first, 16, 2, 'second');
  const third = add()([second, inverted(second, 16, 1, 'third')]);
  const head = dense({ units: 6, name: 'head' })(globalAveragePool2d()(third));
  return model({ inputs: image, outputs: { logits: head } });
}

/** Residual blocks with ReLU behind the sum, one with a convolution in its shortcut. */
export function residual() {
  const image = input([12, 12, 3], { name: 'image' });
  const convolved = (x: Value, filters: number, kernelSize: number, strides: number, name: string) =>
    batchNorm({ name: `${name}.norm` })(conv2d({ filters, kernelSize, strides, padding: 'same', name })(x));
  const block = (x: Value, filters: number, strides: number, name: string) => {
    const inner = relu()(convolved(x, filters, 3, strides, `${name}.a`));
    const shortcut = strides === 1 ? x : convolved(x, filters, 1, strides, `${name}.shortcut`);
    return relu()(add()([convolved(inner, filters, 3, 1, `${name}.b`), shortcut]));
  };
  const stem = maxPool2d()(relu()(convolved(image, 8, 3, 1, 'stem')));
  const deep = block(block(stem, 8, 1, 'first'), 16, 2, 'second');
  const head = dense({ units: 6, name: 'head' })(globalAveragePool2d()(deep));
  return model({ inputs: image, outputs: { logits: head } });
}
