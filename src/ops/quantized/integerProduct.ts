// What convolutions and matrix products of 8-bit integers have in common: their inputs behind the first two, the packing
// of weights, and the way from 32-bit sums back to 8 bits.

import { QuadlaneError } from '../../errors.js';
import { integerPanelBytes, integerRowBytes, integerScratch, PANEL } from '../../layouts.generated.js';
import { sizeOf } from '../../shape.js';
import { bytesPerElement, type DType, type TensorType } from '../../tensor.js';
import { ByteDots, ElementType, Rounding } from '../kernels.generated.js';
import { entryOf } from '../lowering/entries.js';
import type { Attributes, Lowering } from '../operator.js';
import type { Pointer } from '../pointer.js';

/** What becomes of the sums of an integer product that has a multiplier. */
export interface Requantized extends Attributes {
  /** Results half-way between two integers: 'even' (default), 'up', 'away' from zero. */
  readonly rounding?: string;
  /** Least and greatest result, as an activation bounds it. Default: those of its type. */
  readonly low?: number;
  readonly high?: number;
}

/** Places of the optional inputs. */
export const INPUT_ZERO = 2;
export const WEIGHT_ZERO = 3;
const BIAS = 4;
/** float32 that the sums are multiplied with; without it the result is the sums. */
const MULTIPLIER = 5;
const OUTPUT_ZERO = 6;

/** Most bytes of a block's rows, so that they stay in the first-level cache beside a panel. */
const BLOCK_BYTES = 24 * 1024;
/** A block has whole tiles of four windows: enough of them that a panel comes for many, few enough for their list to stay. */
const [FEWEST_WINDOWS, MOST_WINDOWS] = [32, 256];

/**
 * The type of the result of a product with `filters` columns.
 * @throws QuadlaneError `SHAPE` for inputs of other types or sizes
 */
export function productType(inputs: readonly (TensorType | undefined)[], filters: number): DType {
  const check = (index: number, name: string, dtypes: readonly DType[], sizes: readonly number[]) => {
    const type = inputs[index];
    if (!type || (dtypes.includes(type.dtype) && sizes.includes(sizeOf(type.shape)))) return;
    throw new QuadlaneError(
      'SHAPE',
      `the ${name} of an integer product is ${dtypes.join(' or ')} of ${sizes.join(' or ')} elements, not ${type.dtype} of ${sizeOf(type.shape)}`,
    );
  };
  const [x, weights] = inputs;
  for (const { dtype } of [x!, weights!]) {
    if (dtype !== 'int8' && dtype !== 'uint8') {
      throw new QuadlaneError('SHAPE', `integer products take int8 and uint8, not ${dtype}`);
    }
  }
  check(INPUT_ZERO, 'zero of the input', [x!.dtype], [1]);
  check(WEIGHT_ZERO, 'zero of the weights', [weights!.dtype], [1, filters]);
  check(BIAS, 'bias', ['int32'], [filters]);
  check(MULTIPLIER, 'multiplier', ['float32'], [1, filters]);
  check(OUTPUT_ZERO, 'zero of the output', ['int8', 'uint8'], [1]);
  return resultType(inputs.map((input) => input?.dtype));
}

/** The type of a product of inputs of these types. */
export function resultType(inputs: readonly (DType | undefined)[]): DType {
  return inputs[MULTIPLIER] ? (inputs[OUTPUT_ZERO] ?? 'uint8') : 'int32';
}

/** Where filters lie: byte distances are of 8-bit elements. */
export interface Filters {
  /** Of a group. */
  readonly filters: number;
  readonly groups: number;
  readonly taps: number;
  readonly channels: number;
  readonly groupStride: number;
  readonly filterStride: number;
  readonly tapStride: number;
  readonly channelStride: number;
}

/** How the bytes of a product are multiplied. */
interface Form {
  /** 2: as pairs of 16 bits; 1: as quads of bytes, where the engine multiplies such exactly. */
  readonly elementBytes: 1 | 2;
  /** What bytes of the input are flipped by, so that they are of the type that is multiplied. */
  readonly flip: number;
}

/** Quads where the engine's dot products are exact for these types: weights, less their zero, must be of 8 bits. */
export function formOf(lowering: Lowering): Form {
  const [input, weights] = [lowering.type(0).dtype, lowering.type(1).dtype];
  const middle = weights === 'int8' ? 0 : 128;
  const zero = lowering.constant(WEIGHT_ZERO);
  const isSymmetric = lowering.has(WEIGHT_ZERO)
    ? zero !== undefined && (zero.data as Uint8Array).every((value) => value === middle)
    : middle === 0;
  if (!isSymmetric || lowering.byteDots === ByteDots.none) return { elementBytes: 2, flip: 0 };
  const wanted = lowering.byteDots === ByteDots.signed ? 'int8' : 'uint8';
  return { elementBytes: 1, flip: input === wanted ? 0 : 0x80 };
}

/** Filters of input 1, their zeros and biases in the form that integer_conv reads; `source` where they are elsewhere. */
export function packFilters(
  lowering: Lowering,
  filters: Filters,
  shared: boolean,
  source?: Pointer,
  { elementBytes } = formOf(lowering),
): Pointer {
  const panels = filters.groups * Math.ceil(filters.filters / PANEL);
  const bytes = panels * integerPanelBytes(filters.taps * filters.channels, elementBytes);
  const { dtype } = lowering.type(1);
  const emit = (step: Lowering['step'], from: Pointer, target: Pointer, zero: Pointer, bias: Pointer) => {
    const perFilter = weightZeroStride(lowering);
    step('pack_integer_panels', {
      ...filters,
      source: from,
      target,
      zero,
      bias,
      elementBytes,
      type: ElementType[dtype],
      zeroStride: perFilter,
      zeroGroup: shared ? 0 : perFilter * filters.filters,
    });
  };
  if (source) {
    const target = lowering.temporary(bytes);
    emit(lowering.step, source, target, lowering.has(WEIGHT_ZERO) ? lowering.dense(WEIGHT_ZERO).pointer : 0, 0);
    return target;
  }
  const form = `integer panels of ${filters.groups} ${filters.channelStride} ${elementBytes}`;
  return packedWeights(lowering, form, bytes, emit);
}

/** Weights, their zeros and biases in another form. */
export function packedWeights(
  lowering: Lowering,
  form: string,
  bytes: number,
  pack: (step: Lowering['step'], source: Pointer, target: Pointer, zero: Pointer, bias: Pointer) => void,
): Pointer {
  return lowering.packed([1, WEIGHT_ZERO, BIAS], form, bytes, (target, views, step) => {
    const [weights, ...rest] = views.map(({ pointer }) => pointer);
    const zero = lowering.has(WEIGHT_ZERO) ? rest.shift()! : 0;
    pack(step, weights, target, zero, rest[0] ?? 0);
  });
}

/** Bytes from one filter's zero to the next one's. */
export function weightZeroStride(lowering: Lowering): 0 | 1 {
  return lowering.has(WEIGHT_ZERO) && sizeOf(lowering.type(WEIGHT_ZERO).shape) > 1 ? 1 : 0;
}

/** The arguments of integer_conv that don't depend on where input and output lie. */
export function productArguments(
  lowering: Lowering,
  { filters, groups, taps, channels }: Filters,
  shared: boolean,
  attributes: Requantized,
) {
  const form = formOf(lowering);
  const rowBytes = integerRowBytes(taps * channels, form.elementBytes);
  const fitting = Math.max(FEWEST_WINDOWS, Math.min(MOST_WINDOWS, BLOCK_BYTES / Math.max(rowBytes, 1)));
  const pixels = sizeOf(lowering.output().shape.slice(0, -1));
  const blockWindows = 4 * Math.ceil(Math.min(fitting, pixels) / 4);
  const scratchStride = integerScratch(blockWindows, rowBytes);
  const results = resultArguments(lowering, attributes);
  return {
    ...form,
    ...results,
    multiplierGroup: shared ? 0 : results.multiplierStride * filters,
    groups,
    channels,
    filters,
    blockWindows,
    scratch: lowering.scratch(scratchStride),
    scratchStride,
  };
}

/** The input's zero, and what becomes of sums, as kernels take them. */
export function resultArguments(lowering: Lowering, attributes: Requantized) {
  const pointer = (index: number) => (lowering.has(index) ? lowering.dense(index).pointer : 0);
  const perFilter = lowering.has(MULTIPLIER) && sizeOf(lowering.type(MULTIPLIER).shape) > 1;
  const { dtype } = lowering.output();
  return {
    ...resultBounds(dtype, attributes),
    inputType: ElementType[lowering.type(0).dtype],
    inputZero: pointer(INPUT_ZERO),
    multipliers: pointer(MULTIPLIER),
    multiplierStride: perFilter ? bytesPerElement('float32') : 0,
    outputZero: pointer(OUTPUT_ZERO),
    outputType: ElementType[dtype],
  };
}

/** How results are rounded and bounded. */
export function resultBounds(dtype: DType, { rounding = 'even', low, high }: Requantized) {
  const least = dtype === 'int8' ? -128 : 0;
  return {
    rounding: entryOf(Rounding, rounding, 'rounding'),
    low: Math.max(least, low ?? least),
    high: Math.min(least + 255, high ?? least + 255),
  };
}
