// What random networks of 8-bit integers are drawn from: values, scales, windows and weights.

import type { Dice } from '../../fuzz/dice.js';
import type { Shape4, Windows } from '../../reference/quantized/layers.js';
import { type EightBit, quantize, requantize } from '../../reference/quantized/quantized.js';
import { type Affine, NetworkFile, type Value, type Weights } from './networkFile.js';

const { fround } = Math;

/** Which integers a network holds. */
export interface Extent {
  /**
   * Values are never below their zero, which is in the middle of the type, and weights are of 7 bits: what every engine's dot
   * products of bytes take as it is meant, whatever they take the sign of a byte for.
   */
  readonly sevenBits?: boolean;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

export abstract class Drawing {
  protected readonly file = new NetworkFile();
  /** Values that later layers may read. */
  protected readonly values: Value[] = [];

  constructor(
    protected readonly dice: Dice,
    protected readonly extent: Extent,
  ) {}

  protected input(): Value {
    const { dice } = this;
    const shape = this.values[0]?.shape ?? [
      dice.from(1, 2),
      dice.any([1, 3, 4, 8, 9, 17]),
      dice.from(6, 14),
      dice.from(6, 14),
    ];
    const affine = this.affine(dice.uniform(0.01, 0.1));
    const value = {
      ...affine,
      name: this.file.fresh(),
      shape,
      data: dice.list(sizeOf(shape), () => this.whole(affine)),
    };
    this.values.push(value);
    return value;
  }

  /** Any integer of a value. */
  protected whole({ dtype, zero }: Affine): number {
    const low = dtype === 'int8' ? -128 : 0;
    return this.extent.sevenBits ? this.dice.from(zero, low + 255) : this.dice.from(low, low + 255);
  }

  protected affine(scale: number, dtype: EightBit = this.dice.any(['int8', 'uint8'])): Affine {
    const low = dtype === 'int8' ? -128 : 0;
    const { dice } = this;
    const zero = this.extent.sevenBits ? low + 128 : low + dice.any([0, 128, dice.from(0, 255)]);
    return { scale: fround(scale), zero, dtype };
  }

  /** An affine that floats between these extremes about fill, some beyond the ends. */
  protected fitting(floats: readonly number[]): Affine {
    const most = floats.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    return this.affine((most || 1) / this.dice.from(60, 160));
  }

  protected any(): Value {
    // The newest one more often than not, so that networks are deep.
    return this.dice.once(3) ? this.dice.any(this.values) : this.values.at(-1)!;
  }

  protected shape(value: Value): Shape4 {
    return value.shape as Shape4;
  }

  protected windows([, , rows, columns]: Shape4): Windows {
    const { dice } = this;
    const size = dice.any([1, 3, 3, 5, 5, 2]);
    const kernel = [Math.min(size, rows), Math.min(dice.once(5) ? dice.from(1, 4) : size, columns)] as const;
    const stride = dice.any([1, 1, 1, 2, 2, 3]);
    const strides = [stride, dice.once(6) ? dice.from(1, 2) : stride] as const;
    const dilation = dice.any([1, 1, 1, 1, 2]);
    const room = [rows, columns].map((extent, axis) => Math.floor((extent - 1) / Math.max(1, kernel[axis] - 1)));
    const dilations = [Math.max(1, Math.min(dilation, room[0])), Math.max(1, Math.min(dilation, room[1]))] as const;
    const same = kernel.map((taps, axis) => ((taps - 1) * dilations[axis]) >> 1);
    const padding = dice.any([
      [0, 0, 0, 0],
      [...same, ...same],
      [...same, ...same],
      dice.list(4, (side) => dice.from(0, kernel[side % 2] - 1)),
    ]) as unknown as Windows['padding'];
    return { kernel, strides, dilations, padding };
  }

  protected attributes({ kernel, strides, dilations, padding }: Windows) {
    return { kernel_shape: [...kernel], strides: [...strides], dilations: [...dilations], pads: [...padding] };
  }

  /** Filters of `shape`, which `axis` counts. */
  protected weights(shape: readonly number[], axis: number, biased: boolean): Weights {
    const { dice } = this;
    const { sevenBits = false } = this.extent;
    const dtype = sevenBits ? 'int8' : dice.any(['int8', 'int8', 'uint8'] as const);
    const low = dtype === 'int8' ? -128 : 0;
    const filters = shape[axis];
    const each = dice.once(2) ? filters : 1;
    const symmetric = sevenBits || !dice.once(3);
    return {
      dtype,
      shape,
      values: dice.list(sizeOf(shape), () => (sevenBits ? dice.from(-64, 63) : dice.from(low, low + 255))),
      scales: dice.list(each, () => fround(dice.uniform(0.001, 0.02))),
      zeros: dice.list(symmetric ? 1 : each, () => (symmetric ? low + 128 : dice.from(low, low + 255))),
      ...(biased && { bias: dice.list(filters, () => dice.from(-3000, 3000)) }),
    };
  }

  /** Bounds that a QDQ layer has between its sums and its integers, by way of ONNX's operators. */
  protected activated(floats: string, affine: Affine): { floats: string; low: number; high: number } {
    const { dice, file } = this;
    const kind = this.extent.sevenBits ? dice.any(['Relu', 'Clip']) : dice.any(['none', 'none', 'Relu', 'Clip']);
    if (kind === 'none') return { floats, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
    const low = quantize(0, affine.scale, affine.zero, affine.dtype);
    if (kind === 'Relu') return { floats: file.node('Relu', [floats]), low, high: Number.POSITIVE_INFINITY };
    const top = fround(affine.scale * dice.from(20, 100));
    const clipped = file.node('Clip', [floats, file.floats([0]), file.floats([top])]);
    return { floats: clipped, low, high: quantize(top, affine.scale, affine.zero, affine.dtype) };
  }

  /** Whether a layer is written as dequantize, floats, quantize. */
  protected isQdq(): boolean {
    return this.extent.sevenBits || this.dice.once(2);
  }

  /** What a sum's unit stands for. */
  protected unit(x: Affine, { scales }: Weights, filter: number): number {
    return fround(x.scale * scales[filter % scales.length]);
  }

  protected requantized(sum: number, x: Affine, weights: Weights, filter: number, result: Affine): number {
    const multiplier = fround(this.unit(x, weights, filter) / result.scale);
    return requantize(sum, multiplier, result.zero, result.dtype);
  }
}
