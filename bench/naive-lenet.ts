// LeNet-5 in plain JavaScript, in the layout of the ONNX file: loops, one after the other, nothing clever.

/** Weights as PyTorch stores them: filters `[F, C, 5, 5]`, matrices `[outputs, inputs]`. */
export interface LeNetWeights {
  readonly conv1: Float32Array;
  readonly conv1Bias: Float32Array;
  readonly conv2: Float32Array;
  readonly conv2Bias: Float32Array;
  readonly fc1: Float32Array;
  readonly fc1Bias: Float32Array;
  readonly fc2: Float32Array;
  readonly fc2Bias: Float32Array;
  readonly fc3: Float32Array;
  readonly fc3Bias: Float32Array;
}

const KERNEL = 5;

/** Logits of an image of 28 x 28. */
export function naiveLeNet(image: Float32Array, weights: LeNetWeights): Float32Array {
  const first = conv(pad(image), 1, 32, weights.conv1, weights.conv1Bias);
  const second = conv(averagePool(first, 6, 28), 6, 14, weights.conv2, weights.conv2Bias);
  const features = averagePool(second, 16, 10);
  const hidden = dense(features, weights.fc1, weights.fc1Bias, true);
  return dense(dense(hidden, weights.fc2, weights.fc2Bias, true), weights.fc3, weights.fc3Bias, false);
}

/** `x` `[28, 28]` in the middle of `[32, 32]` zeros. */
function pad(x: Float32Array): Float32Array {
  const y = new Float32Array(32 * 32);
  for (let row = 0; row < 28; row++) {
    for (let column = 0; column < 28; column++) y[(row + 2) * 32 + column + 2] = x[row * 28 + column];
  }
  return y;
}

/** tanh(`x` `[C, size, size]` convolved with `w` `[F, C, 5, 5]` plus `bias`). */
function conv(x: Float32Array, channels: number, size: number, w: Float32Array, bias: Float32Array): Float32Array {
  const outputs = size - KERNEL + 1;
  const y = new Float32Array(bias.length * outputs * outputs);
  for (let f = 0; f < bias.length; f++) {
    for (let row = 0; row < outputs; row++) {
      for (let column = 0; column < outputs; column++) {
        let sum = bias[f];
        for (let c = 0; c < channels; c++) {
          for (let kh = 0; kh < KERNEL; kh++) {
            const xAt = (c * size + row + kh) * size + column;
            const wAt = ((f * channels + c) * KERNEL + kh) * KERNEL;
            for (let kw = 0; kw < KERNEL; kw++) sum += x[xAt + kw] * w[wAt + kw];
          }
        }
        y[(f * outputs + row) * outputs + column] = Math.tanh(sum);
      }
    }
  }
  return y;
}

/** Means of 2x2 windows of `x` `[C, size, size]`. */
function averagePool(x: Float32Array, channels: number, size: number): Float32Array {
  const half = size / 2;
  const y = new Float32Array(channels * half * half);
  for (let c = 0; c < channels; c++) {
    for (let row = 0; row < half; row++) {
      for (let column = 0; column < half; column++) {
        const at = (c * size + 2 * row) * size + 2 * column;
        y[(c * half + row) * half + column] = (x[at] + x[at + 1] + x[at + size] + x[at + size + 1]) / 4;
      }
    }
  }
  return y;
}

function dense(x: Float32Array, w: Float32Array, bias: Float32Array, squash: boolean): Float32Array {
  const y = new Float32Array(bias.length);
  for (let o = 0; o < bias.length; o++) {
    let sum = bias[o];
    for (let i = 0; i < x.length; i++) sum += x[i] * w[o * x.length + i];
    y[o] = squash ? Math.tanh(sum) : sum;
  }
  return y;
}
