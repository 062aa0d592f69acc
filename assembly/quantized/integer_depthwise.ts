// Depthwise convolution of 8-bit integers with any windows: for each pixel the places of its taps, and for each eight
// channels two taps at once.
import { PANEL } from "../matmul/panel_layout";
import { ElementType } from "../primitives/element_type";
import { storeBytes } from "../primitives/tail";
import { firstUnit } from "../runtime/share";
import { IntegerConvArgs } from "./integer_arguments";
import { integerPanelBytes, PANEL_HEAD } from "./integer_layout";
import { storeSums } from "./integer_tile";
import { byteAt, cutBytes, scaledAny } from "./requantize";

/**
 * integer_conv for groups of one channel and one filter, which are its `channels` here: weights are panels of pairs of taps,
 * `groups` is 1.
 */
export function integer_depthwise(args: IntegerConvArgs, thread: i32, threads: i32): void {
  assert(args.groups == 1 && args.elementBytes == 2);
  const pixels = args.images * args.planes * args.rows * args.columns;
  const taps = args.kernelPlanes * args.kernelRows * args.kernelColumns;
  const scratch = args.scratch + <usize>thread * args.scratchStride;
  const tapsEnd = scratch + (((<usize>(taps + 1)) & ~1) << 2);
  const zero = args.inputZero ? byteAt(args.inputType, args.inputZero) : 0;
  memory.fill(tapsEnd, <u8>zero, args.channels + 8);
  const last = firstUnit(pixels, thread + 1, threads);
  for (let pixel = firstUnit(pixels, thread, threads); pixel < last; pixel++) {
    const column = pixel % args.columns;
    let rest = pixel / args.columns;
    const y = rest % args.rows;
    rest /= args.rows;
    const plane = rest % args.planes;
    const image = rest / args.planes;
    listTaps(args, args.input + image * args.inputImageStride, plane, y, column, scratch, tapsEnd);
    const to = image * args.outputImageStride + plane * args.outputPlaneStride + y * args.outputRowStride;
    computePixel(args, taps, scratch, tapsEnd, zero, args.output + to + column * args.outputColumnStride);
  }
}

/** Writes where each tap of a window is; `padding` for those outside, and for one behind the last. */
function listTaps(
  args: IntegerConvArgs,
  input: usize,
  plane: i32,
  y: i32,
  column: i32,
  list: usize,
  padding: usize,
): void {
  for (let p = 0; p < args.kernelPlanes; p++) {
    const z = plane * args.stridePlanes + p * args.dilationPlanes - args.paddingPlanes;
    for (let r = 0; r < args.kernelRows; r++) {
      const line = y * args.strideRows + r * args.dilationRows - args.paddingRows;
      const from = input + z * args.inputPlaneStride + line * args.inputRowStride;
      const inside = <u32>z < <u32>args.inputPlanes && <u32>line < <u32>args.inputRows;
      for (let c = 0; c < args.kernelColumns; c++, list += 4) {
        const x = column * args.strideColumns + c * args.dilationColumns - args.paddingColumns;
        store<u32>(
          list,
          <u32>(inside && <u32>x < <u32>args.inputColumns ? from + x * args.inputColumnStride : padding),
        );
      }
    }
  }
  if (list < padding) store<u32>(list, <u32>padding);
}

function computePixel(args: IntegerConvArgs, taps: i32, list: usize, listEnd: usize, zero: i32, output: usize): void {
  const panelBytes: usize = integerPanelBytes(taps, 2);
  const zeros = i32x4.splat(zero);
  const isSigned = args.inputType == ElementType.int8;
  const multiplierStride = args.multiplierStride;
  let panel = args.weights;
  let multiplier = args.multipliers;
  for (let channel = 0; channel < args.channels; channel += PANEL, panel += panelBytes) {
    let low = i32x4.sub(v128.load(panel), i32x4.mul(zeros, v128.load(panel, 32)));
    let high = i32x4.sub(v128.load(panel, 16), i32x4.mul(zeros, v128.load(panel, 48)));
    let weights = panel + PANEL_HEAD;
    for (let tap = list; tap < listEnd; tap += 8, weights += 32) {
      const a = v128.load64_zero(<usize>load<u32>(tap) + channel);
      const b = v128.load64_zero(<usize>load<u32>(tap, 4) + channel);
      const ab = i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const first = isSigned ? i16x8.extend_low_i8x16_s(ab) : i16x8.extend_low_i8x16_u(ab);
      const second = isSigned ? i16x8.extend_high_i8x16_s(ab) : i16x8.extend_high_i8x16_u(ab);
      low = i32x4.add(low, i32x4.dot_i16x8_s(first, v128.load(weights)));
      high = i32x4.add(high, i32x4.dot_i16x8_s(second, v128.load(weights, 16)));
    }
    const lanes = min(PANEL, args.channels - channel);
    if (!multiplier) {
      storeSums(output + ((<usize>channel) << 2), low, high, lanes);
      continue;
    }
    const isOne = multiplierStride == 0;
    const lowFactors = isOne ? v128.load32_splat(multiplier) : v128.load(multiplier);
    const highFactors = isOne ? lowFactors : v128.load(multiplier, 16);
    multiplier += PANEL * multiplierStride;
    const type = args.outputType;
    const outputZero = args.outputZero ? byteAt(type, args.outputZero) : 0;
    const halves = i16x8.narrow_i32x4_s(
      scaledAny(low, lowFactors, outputZero, args.rounding),
      scaledAny(high, highFactors, outputZero, args.rounding),
    );
    const bytes = cutBytes(type, halves, halves, i8x16.splat(<i8>args.low), i8x16.splat(<i8>args.high));
    if (lanes == PANEL) v128.store64_lane(output + channel, bytes, 0);
    else storeBytes(output + channel, bytes, lanes);
  }
}
