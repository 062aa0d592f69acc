// A minimal network for every layer of quadlane/layers, and what is to come out of it.

import * as layers from '../../dist/node/layers.js';

const ones = { kernelInitializer: 'ones' };
const oneToFour = [1, 2, 3, 4];
const e = Math.exp;
const logistic = (x) => 1 / (1 + e(-x));

/** The last state of a recurrent layer of one unit whose weights are 1, after steps of 1 and 2. */
const recur = (step) => [1, 2].reduce(([h, c], x) => step(x, h, c), [0, 0]).slice(0, 1);
const recurrent = { units: 1, ...ones, recurrentInitializer: 'ones' };

/** By layer: shape and values of the input, the network after it, and the output's values. */
export const networks = {
  activation: [[2], [-1, 2], (x) => layers.activation('relu')(x), [0, 2]],
  adaptiveAveragePool2d: [[2, 3, 1], [1, 2, 3, 4, 5, 6], (x) => layers.adaptiveAveragePool2d([1, 2])(x), [3, 4]],
  add: [[2], [1, 2], (x) => layers.add()([x, x]), [2, 4]],
  averagePool1d: [[4, 1], [1, 3, 2, 0], (x) => layers.averagePool1d({ kernelSize: 2 })(x), [2, 1]],
  averagePool2d: [[2, 2, 1], oneToFour, (x) => layers.averagePool2d()(x), [2.5]],
  batchNorm: [[1, 1, 2], [2, 4], (x) => layers.batchNorm({ epsilon: 3 })(x), [1, 2]],
  channelShuffle: [[1, 1, 4], oneToFour, (x) => layers.channelShuffle(2)(x), [1, 3, 2, 4]],
  concat: [[2], [1, 2], (x) => layers.concat()([x, x]), [1, 2, 1, 2]],
  conv1d: [[3, 1], [1, 2, 3], (x) => layers.conv1d({ filters: 1, kernelSize: 2, ...ones })(x), [3, 5]],
  conv2d: [[2, 2, 1], oneToFour, (x) => layers.conv2d({ filters: 1, kernelSize: 2, ...ones })(x), [10]],
  convTranspose2d: [
    [1, 1, 1],
    [2],
    (x) => layers.convTranspose2d({ filters: 1, kernelSize: 2, ...ones })(x),
    [2, 2, 2, 2],
  ],
  crelu: [[2], [1, -2], (x) => layers.crelu()(x), [1, 0, 0, 2]],
  dense: [[3], [1, 2, 3], (x) => layers.dense({ units: 2, ...ones })(x), [6, 6]],
  depthwiseConv2d: [[1, 2, 2], oneToFour, (x) => layers.depthwiseConv2d({ kernelSize: [1, 2], ...ones })(x), [4, 6]],
  dropout: [[2], [1, 2], (x) => layers.dropout(0.5)(x), [1, 2]],
  elu: [[2], [-1, 2], (x) => layers.elu()(x), [e(-1) - 1, 2]],
  flatten: [[1, 2, 2], oneToFour, (x) => layers.flatten({ channelsFirst: true })(x), [1, 3, 2, 4]],
  gelu: [[2], [0, 1], (x) => layers.gelu()(x), [0, 0.841344746]],
  globalAveragePool1d: [[2, 2], oneToFour, (x) => layers.globalAveragePool1d()(x), [2, 3]],
  globalAveragePool2d: [[1, 2, 2], oneToFour, (x) => layers.globalAveragePool2d()(x), [2, 3]],
  globalMaxPool1d: [[2, 2], oneToFour, (x) => layers.globalMaxPool1d()(x), [3, 4]],
  globalMaxPool2d: [[1, 2, 2], oneToFour, (x) => layers.globalMaxPool2d()(x), [3, 4]],
  groupNorm: [[2, 1, 2], [1, 3, 1, 3], (x) => layers.groupNorm({ groups: 1, epsilon: 3 })(x), [-0.5, 0.5, -0.5, 0.5]],
  gru: [
    [2, 1],
    [1, 2],
    (x) => layers.gru(recurrent)(x),
    recur((x, h) => {
      const gate = logistic(x + h);
      return [(1 - gate) * Math.tanh(x + gate * h) + gate * h];
    }),
  ],
  hardSwish: [[3], [-4, 1, 4], (x) => layers.hardSwish()(x), [0, 2 / 3, 4]],
  instanceNorm: [[2, 1, 1], [1, 3], (x) => layers.instanceNorm({ epsilon: 3 })(x), [-0.5, 0.5]],
  layerNorm: [[2, 1, 2], [1, 3, 1, 3], (x) => layers.layerNorm({ axis: 1, epsilon: 3 })(x), [-0.5, 0.5, -0.5, 0.5]],
  leakyRelu: [[2], [-1, 2], (x) => layers.leakyRelu({ alpha: 0.25 })(x), [-0.25, 2]],
  localResponseNorm: [
    [1, 1, 2],
    [1, 2],
    (x) => layers.localResponseNorm({ size: 1, alpha: 1, beta: 1, bias: 1 })(x),
    [0.5, 0.4],
  ],
  lstm: [
    [2, 1],
    [1, 2],
    (x) => layers.lstm(recurrent)(x),
    recur((x, h, c) => {
      const gate = logistic(x + h);
      const cell = gate * c + gate * Math.tanh(x + h);
      return [gate * Math.tanh(cell), cell];
    }),
  ],
  maxPool1d: [[4, 1], [1, 3, 2, 0], (x) => layers.maxPool1d({ kernelSize: 2 })(x), [3, 2]],
  maxPool2d: [[2, 2, 1], oneToFour, (x) => layers.maxPool2d()(x), [4]],
  multiply: [[2], [3, 2], (x) => layers.multiply()([x, x]), [9, 4]],
  permute: [[2, 2, 1], oneToFour, (x) => layers.permute([2, 1, 3])(x), [1, 3, 2, 4]],
  pixelShuffle: [[1, 1, 4], oneToFour, (x) => layers.pixelShuffle(2)(x), oneToFour],
  relu: [[2], [-1, 8], (x) => layers.relu()(x), [0, 8]],
  relu6: [[3], [-1, 3, 8], (x) => layers.relu6()(x), [0, 3, 6]],
  reshape: [[2, 2], oneToFour, (x) => layers.reshape([4])(x), oneToFour],
  resizing2d: [[1, 2, 1], [0, 4], (x) => layers.resizing2d([1, 4], { interpolation: 'linear' })(x), [0, 1, 3, 4]],
  separableConv2d: [
    [1, 2, 2],
    oneToFour,
    (x) => layers.separableConv2d({ filters: 1, kernelSize: [1, 2], ...ones })(x),
    [10],
  ],
  sigmoid: [[2], [0, 2], (x) => layers.sigmoid()(x), [0.5, 1 / (1 + e(-2))]],
  silu: [[2], [0, 1], (x) => layers.silu()(x), [0, 1 / (1 + e(-1))]],
  simpleRnn: [[2, 1], [1, 2], (x) => layers.simpleRnn(recurrent)(x), recur((x, h) => [Math.tanh(x + h)])],
  sliceChannels: [[1, 1, 4], oneToFour, (x) => layers.sliceChannels(1, 3)(x), [2, 3]],
  softmax: [[2], [0, Math.log(3)], (x) => layers.softmax()(x), [0.25, 0.75]],
  tanh: [[2], [0, 1], (x) => layers.tanh()(x), [0, Math.tanh(1)]],
  upsampling2d: [[1, 2, 1], [1, 2], (x) => layers.upsampling2d()(x), [1, 1, 2, 2, 1, 1, 2, 2]],
  zeroPadding2d: [[1, 1, 1], [5], (x) => layers.zeroPadding2d({ padding: 1 })(x), [0, 0, 0, 0, 5, 0, 0, 0, 0]],
};
