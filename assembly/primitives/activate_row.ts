// One activation over a row of elements; what f32_activation does to its rows and other kernels do to
// a row that they have just written.
import { Activation, activateInline } from "./activation";
import { gather, scatter } from "./gather";

// @ts-ignore: decorator
@inline
function row(
  activation: i32,
  output: usize,
  outputStride: isize,
  input: usize,
  inputStride: isize,
  count: i32,
  alpha: f32,
  beta: f32,
): void {
  if (inputStride == 4 && outputStride == 4) {
    for (; count > 7; count -= 8) {
      const x0 = v128.load(input);
      const x1 = v128.load(input, 16);
      const y0 = activateInline(x0, activation, alpha, beta);
      const y1 = activateInline(x1, activation, alpha, beta);
      v128.store(output, y0);
      v128.store(output, y1, 16);
      input += 32;
      output += 32;
    }
  }
  for (; count > 0; count -= 4) {
    const x = gather(input, inputStride, count);
    scatter(output, outputStride, activateInline(x, activation, alpha, beta), count);
    input += 4 * inputStride;
    output += 4 * outputStride;
  }
}

// A function for each: the optimiser would merge the loops of one switch before it knows their operations.

function clipRow(
  output: usize,
  outputStride: isize,
  input: usize,
  inputStride: isize,
  count: i32,
  alpha: f32,
  beta: f32,
): void {
  row(Activation.clip, output, outputStride, input, inputStride, count, alpha, beta);
}

function leakyReluRow(
  output: usize,
  outputStride: isize,
  input: usize,
  inputStride: isize,
  count: i32,
  alpha: f32,
  beta: f32,
): void {
  row(Activation.leakyRelu, output, outputStride, input, inputStride, count, alpha, beta);
}

function eluRow(
  output: usize,
  outputStride: isize,
  input: usize,
  inputStride: isize,
  count: i32,
  alpha: f32,
  beta: f32,
): void {
  row(Activation.elu, output, outputStride, input, inputStride, count, alpha, beta);
}

function seluRow(
  output: usize,
  outputStride: isize,
  input: usize,
  inputStride: isize,
  count: i32,
  alpha: f32,
  beta: f32,
): void {
  row(Activation.selu, output, outputStride, input, inputStride, count, alpha, beta);
}

function celuRow(
  output: usize,
  outputStride: isize,
  input: usize,
  inputStride: isize,
  count: i32,
  alpha: f32,
  beta: f32,
): void {
  row(Activation.celu, output, outputStride, input, inputStride, count, alpha, beta);
}

function sigmoidRow(
  output: usize,
  outputStride: isize,
  input: usize,
  inputStride: isize,
  count: i32,
  alpha: f32,
  beta: f32,
): void {
  row(Activation.sigmoid, output, outputStride, input, inputStride, count, alpha, beta);
}

function tanhRow(
  output: usize,
  outputStride: isize,
  input: usize,
  inputStride: isize,
  count: i32,
  alpha: f32,
  beta: f32,
): void {
  row(Activation.tanh, output, outputStride, input, inputStride, count, alpha, beta);
}

function hardSigmoidRow(
  output: usize,
  outputStride: isize,
  input: usize,
  inputStride: isize,
  count: i32,
  alpha: f32,
  beta: f32,
): void {
  row(Activation.hardSigmoid, output, outputStride, input, inputStride, count, alpha, beta);
}

function hardSwishRow(
  output: usize,
  outputStride: isize,
  input: usize,
  inputStride: isize,
  count: i32,
  alpha: f32,
  beta: f32,
): void {
  row(Activation.hardSwish, output, outputStride, input, inputStride, count, alpha, beta);
}

function siluRow(
  output: usize,
  outputStride: isize,
  input: usize,
  inputStride: isize,
  count: i32,
  alpha: f32,
  beta: f32,
): void {
  row(Activation.silu, output, outputStride, input, inputStride, count, alpha, beta);
}

function geluRow(
  output: usize,
  outputStride: isize,
  input: usize,
  inputStride: isize,
  count: i32,
  alpha: f32,
  beta: f32,
): void {
  row(Activation.gelu, output, outputStride, input, inputStride, count, alpha, beta);
}

function geluTanhRow(
  output: usize,
  outputStride: isize,
  input: usize,
  inputStride: isize,
  count: i32,
  alpha: f32,
  beta: f32,
): void {
  row(Activation.geluTanh, output, outputStride, input, inputStride, count, alpha, beta);
}

function mishRow(
  output: usize,
  outputStride: isize,
  input: usize,
  inputStride: isize,
  count: i32,
  alpha: f32,
  beta: f32,
): void {
  row(Activation.mish, output, outputStride, input, inputStride, count, alpha, beta);
}

function softplusRow(
  output: usize,
  outputStride: isize,
  input: usize,
  inputStride: isize,
  count: i32,
  alpha: f32,
  beta: f32,
): void {
  row(Activation.softplus, output, outputStride, input, inputStride, count, alpha, beta);
}

function softsignRow(
  output: usize,
  outputStride: isize,
  input: usize,
  inputStride: isize,
  count: i32,
  alpha: f32,
  beta: f32,
): void {
  row(Activation.softsign, output, outputStride, input, inputStride, count, alpha, beta);
}

function thresholdedReluRow(
  output: usize,
  outputStride: isize,
  input: usize,
  inputStride: isize,
  count: i32,
  alpha: f32,
  beta: f32,
): void {
  row(Activation.thresholdedRelu, output, outputStride, input, inputStride, count, alpha, beta);
}

function noneRow(
  output: usize,
  outputStride: isize,
  input: usize,
  inputStride: isize,
  count: i32,
  alpha: f32,
  beta: f32,
): void {
  row(Activation.none, output, outputStride, input, inputStride, count, alpha, beta);
}

/** activation(input[i]) to output[i] for i < count, strides in bytes; `output` may be `input`. */
export function activateRow(
  activation: i32,
  output: usize,
  outputStride: isize,
  input: usize,
  inputStride: isize,
  count: i32,
  alpha: f32,
  beta: f32,
): void {
  switch (activation) {
    case Activation.clip:
      return clipRow(output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.leakyRelu:
      return leakyReluRow(output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.elu:
      return eluRow(output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.selu:
      return seluRow(output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.celu:
      return celuRow(output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.sigmoid:
      return sigmoidRow(output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.tanh:
      return tanhRow(output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.hardSigmoid:
      return hardSigmoidRow(output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.hardSwish:
      return hardSwishRow(output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.silu:
      return siluRow(output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.gelu:
      return geluRow(output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.geluTanh:
      return geluTanhRow(output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.mish:
      return mishRow(output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.softplus:
      return softplusRow(output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.softsign:
      return softsignRow(output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.thresholdedRelu:
      return thresholdedReluRow(output, outputStride, input, inputStride, count, alpha, beta);
    default:
      return noneRow(output, outputStride, input, inputStride, count, alpha, beta);
  }
}
