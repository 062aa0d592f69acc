// One activation over a row of elements; what f32_activation does to its rows and other kernels do to
// a row that they have just written.
import { Activation, activateInline } from "./activation";
import { gather, scatter } from "./gather";

// @ts-ignore: decorator
@inline
function row(
  activation: i32, output: usize, outputStride: isize, input: usize, inputStride: isize, count: i32, alpha: f32, beta: f32,
): void {
  for (; count > 0; count -= 4) {
    const x = inputStride == 4 ? v128.load(input) : gather(input, inputStride, count);
    const y = activateInline(x, activation, alpha, beta);
    if (outputStride == 4 && count > 3) v128.store(output, y);
    else scatter(output, outputStride, y, count);
    input += 4 * inputStride;
    output += 4 * outputStride;
  }
}

/** activation(input[i]) to output[i] for i < count, strides in bytes; `output` may be `input`. */
export function activateRow(
  activation: i32, output: usize, outputStride: isize, input: usize, inputStride: isize, count: i32, alpha: f32, beta: f32,
): void {
  switch (activation) {
    case Activation.clip:
      return row(Activation.clip, output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.leakyRelu:
      return row(Activation.leakyRelu, output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.elu:
      return row(Activation.elu, output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.selu:
      return row(Activation.selu, output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.celu:
      return row(Activation.celu, output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.sigmoid:
      return row(Activation.sigmoid, output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.tanh:
      return row(Activation.tanh, output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.hardSigmoid:
      return row(Activation.hardSigmoid, output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.hardSwish:
      return row(Activation.hardSwish, output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.silu:
      return row(Activation.silu, output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.gelu:
      return row(Activation.gelu, output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.geluTanh:
      return row(Activation.geluTanh, output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.mish:
      return row(Activation.mish, output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.softplus:
      return row(Activation.softplus, output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.softsign:
      return row(Activation.softsign, output, outputStride, input, inputStride, count, alpha, beta);
    case Activation.thresholdedRelu:
      return row(Activation.thresholdedRelu, output, outputStride, input, inputStride, count, alpha, beta);
    default:
      return row(Activation.none, output, outputStride, input, inputStride, count, alpha, beta);
  }
}
