// What convolutions and matrix products of 8-bit integers have in common: their inputs behind the first two, the packing
// of weights, and the way from 32-bit sums back to 8 bits.

import { QuadlaneError } from '../../errors.js';
import { integerScratch, integerWeightsBytes } from '../../layouts.generated.js';
import { sizeOf } from '../../shape.js';
import { bytesPerElement, type DType, type TensorType } from '../../tensor.js';
import { ElementType } from '../kernels.generated.js';
import type { Lowering } from '../operator.js';
import type { Pointer } from '../pointer.js';

/** Places of the optional inputs. */
const INPUT_ZERO = 2;
const WEIGHT_ZERO = 3;
const BIAS = 4;
/** float32 that the sums are multiplied with; without it the result is the sums. */
const MULTIPLIER = 5;
const OUTPUT_ZERO = 6;

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

/** Filters of input 1, their zeros and biases in the form that integer_conv reads; `source` where they are elsewhere. */
export function packFilters(lowering: Lowering, filters: Filters, shared: boolean, source?: Pointer): Pointer {
  const depth = filters.taps * filters.channels;
  const bytes = integerWeightsBytes(filters.groups, filters.filters, depth);
  const { dtype } = lowering.type(1);
  const emit = (step: Lowering['step'], from: Pointer, target: Pointer, zero: Pointer, bias: Pointer) => {
    const perFilter = lowering.has(WEIGHT_ZERO) && sizeOf(lowering.type(WEIGHT_ZERO).shape) > 1 ? 1 : 0;
    step('pack_integer_panels', {
      ...filters,
      source: from,
      target,
      zero,
      bias,
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
  const form = `integer panels of ${filters.groups} ${filters.channelStride}`;
  return lowering.packed([1, WEIGHT_ZERO, BIAS], form, bytes, (target, views, step) => {
    const [weights, ...rest] = views.map(({ pointer }) => pointer);
    const zero = lowering.has(WEIGHT_ZERO) ? rest.shift()! : 0;
    emit(step, weights, target, zero, rest[0] ?? 0);
  });
}

/** The arguments of integer_conv that don't depend on where input and output lie. */
export function productArguments(lowering: Lowering, { filters, groups, taps, channels }: Filters, shared: boolean) {
  const pointer = (index: number) => (lowering.has(index) ? lowering.dense(index).pointer : 0);
  const perFilter = lowering.has(MULTIPLIER) && sizeOf(lowering.type(MULTIPLIER).shape) > 1;
  const multiplierStride = perFilter ? bytesPerElement('float32') : 0;
  const scratchStride = integerScratch(taps * channels);
  return {
    inputType: ElementType[lowering.type(0).dtype],
    inputZero: pointer(INPUT_ZERO),
    multipliers: pointer(MULTIPLIER),
    multiplierStride,
    multiplierGroup: shared ? 0 : multiplierStride * filters,
    outputZero: pointer(OUTPUT_ZERO),
    outputType: ElementType[lowering.output().dtype],
    groups,
    channels,
    filters,
    scratch: lowering.scratch(scratchStride),
    scratchStride,
  };
}
