// Depthwise convolution tap by tap: any kernel, stride and dilation, any number of channels in the block.
import { boundsOf, DepthwiseArgs, storeSums } from "./depthwise_rows";
import { madd } from "./fused";

/** f32_depthwise for one patch. */
export function tapPatch(
  args: DepthwiseArgs, input: usize, weights: usize, residual: usize, output: usize, lanes: i32, rows: i32, columns: i32,
): void {
  for (; rows > 0; rows--) {
    if (lanes >= 4 && !residual) tapTiles(args, input, weights, 0, output, 4, columns, true);
    else tapTiles(args, input, weights, residual, output, lanes, columns, false);
    input += args.inputRow;
    output += args.outputRow;
    if (residual) residual += args.residualRow;
  }
}

// @ts-ignore: decorator
@inline
function tapTiles(
  args: DepthwiseArgs, input: usize, weights: usize, residual: usize, output: usize, lanes: i32, left: i32, plain: bool,
): void {
  const inputColumn = args.inputColumn;
  const outputColumn = args.outputColumn;
  const residualColumn = residual ? args.residualColumn : 0;
  for (; left >= 6; left -= 6) {
    tapTile(args, input, weights, residual, output, lanes, 6, plain);
    input += 6 * inputColumn;
    output += 6 * outputColumn;
    residual += 6 * residualColumn;
  }
  for (; left >= 3; left -= 3) {
    tapTile(args, input, weights, residual, output, lanes, 3, plain);
    input += 3 * inputColumn;
    output += 3 * outputColumn;
    residual += 3 * residualColumn;
  }
  for (; left >= 1; left -= 1) {
    tapTile(args, input, weights, residual, output, lanes, 1, plain);
    input += 1 * inputColumn;
    output += 1 * outputColumn;
    residual += 1 * residualColumn;
  }
}

/** `width` (1, 3 or 6, constant) neighbouring pixels. */
// @ts-ignore: decorator
@inline
function tapTile(
  args: DepthwiseArgs, input: usize, weights: usize, residual: usize, output: usize, lanes: i32,
  width: i32, plain: bool,
): void {
  const inputColumn = args.inputColumn;
  let s0 = v128.load(weights);
  let s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0;
  let tap = args.taps;
  let w = weights + 16;
  for (const end = tap + (<usize>args.tapCount << 2); tap < end; tap += 4, w += 16) {
    const weight = v128.load(w);
    let from = input + load<i32>(tap);
    s0 = madd(v128.load(from), weight, s0);
    if (width >= 3) {
      from += inputColumn;
      s1 = madd(v128.load(from), weight, s1);
      from += inputColumn;
      s2 = madd(v128.load(from), weight, s2);
    }
    if (width >= 6) {
      from += inputColumn;
      s3 = madd(v128.load(from), weight, s3);
      from += inputColumn;
      s4 = madd(v128.load(from), weight, s4);
      from += inputColumn;
      s5 = madd(v128.load(from), weight, s5);
    }
  }
  const bounds = boundsOf(args);
  const outputColumn = args.outputColumn;
  const residualColumn = plain ? 0 : residual ? args.residualColumn : 0;
  storeSums(s0, bounds, residual, output, lanes, plain);
  if (width >= 3) {
    storeSums(s1, bounds, residual + residualColumn, output + outputColumn, lanes, plain);
    storeSums(s2, bounds, residual + 2 * residualColumn, output + 2 * outputColumn, lanes, plain);
  }
  if (width >= 6) {
    storeSums(s3, bounds, residual + 3 * residualColumn, output + 3 * outputColumn, lanes, plain);
    storeSums(s4, bounds, residual + 4 * residualColumn, output + 4 * outputColumn, lanes, plain);
    storeSums(s5, bounds, residual + 5 * residualColumn, output + 5 * outputColumn, lanes, plain);
  }
}
