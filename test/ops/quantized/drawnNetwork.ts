// Random networks of 8-bit integers, and what the definitions of their operators give on random inputs.

import type { NodeSpec } from '../../formats/onnx-file.js';
import { Dice } from '../../fuzz/dice.js';
import {
  convolutionSums,
  joined,
  pooled,
  productSums,
  type Shape4,
  type Windows,
  windowCount,
} from '../../reference/quantized/layers.js';
import {
  dequantize,
  dynamicAffine,
  integerAveragePool,
  quantize,
  quantizedBinary,
  scaleSums,
} from '../../reference/quantized/quantized.js';
import { Drawing, type Extent, sizeOf } from './drawnValues.js';
import type { Value } from './networkFile.js';

const { fround } = Math;

export interface DrawnNetwork {
  readonly file: Uint8Array;
  readonly inputs: readonly Value[];
  /** What the definitions give. */
  readonly outputs: readonly Value[];
}

/** The network of `seed`, of `count` layers and a head. */
export function drawNetwork(seed: number, count: number, extent: Extent = {}): DrawnNetwork {
  return new NetworkDrawing(new Dice(seed), extent).draw(count);
}

class NetworkDrawing extends Drawing {
  draw(count: number): DrawnNetwork {
    const { dice } = this;
    const inputs = dice.list(dice.from(1, 2), () => this.input());
    const before = this.file.nodes.length;
    for (let i = 0; i < count; i++) this.values.push(this.layer());
    if (before === this.file.nodes.length) throw new Error('a network of no nodes');
    this.values.push(this.head());
    const read = new Set(this.file.nodes.flatMap(({ inputs: names }) => names ?? []));
    const outputs = this.values.filter(({ name }) => !read.has(name));
    return {
      file: this.file.finish(
        inputs,
        outputs.map(({ name }) => name),
      ),
      inputs,
      outputs,
    };
  }

  private layer(): Value {
    const { dice } = this;
    const draws = [
      ...[this.convolution, this.convolution, this.convolution, this.binary, this.binary, this.concatenation],
      ...[this.maxPool, this.averagePool, this.function, this.moved],
      // Its integers have all 8 bits.
      ...(this.extent.sevenBits ? [] : [this.dynamicConvolution]),
    ];
    return dice.any(draws).call(this, this.any());
  }

  private convolution(x: Value): Value {
    const { dice, file } = this;
    const shape = this.shape(x);
    const windows = this.windows(shape);
    const depthwise = dice.once(3);
    const divisors = [1, 1, 2, 3].filter((one) => shape[1] % one === 0);
    const groups = depthwise ? shape[1] : dice.any(divisors);
    const filters = groups * (depthwise ? dice.any([1, 1, 2]) : dice.any([1, 3, 4, 8, 12]));
    const weights = this.weights([filters, shape[1] / groups, ...windows.kernel], 0, dice.once(2));
    const sums = convolutionSums(x.data, shape, x.zero, { ...weights, filters, groups }, windows);
    const [rows, columns] = windowCount(shape, windows);
    const pixels = rows * columns;
    const filterOf = (index: number) => Math.floor(index / pixels) % filters;
    const attributes = { ...this.attributes(windows), group: groups };
    const resultShape = [shape[0], filters, rows, columns];
    const units = sums.map((sum, i) => sum * this.unit(x, weights, filterOf(i)));
    const result = this.fitting(units);
    if (this.isQdq()) {
      const inputs = [file.dequantized(x), ...file.dequantizedWeights(weights, 0, x.scale)];
      const { floats, low, high } = this.activated(file.node('Conv', inputs, attributes), result);
      const data = sums.map((sum, i) => clamp(this.requantized(sum, x, weights, filterOf(i), result), low, high));
      return { ...result, name: file.quantized(floats, result), shape: resultShape, data };
    }
    const inputs = [x.name, ...file.affine(x), ...file.linearWeights(weights), ...file.affine(result)];
    if (weights.bias) inputs.push(file.integers('int32', weights.bias, [filters]));
    const data = sums.map((sum, i) => this.requantized(sum, x, weights, filterOf(i), result));
    return { ...result, name: file.node('QLinearConv', inputs, attributes), shape: resultShape, data };
  }

  /** Scales and biases that only a run finds: dynamic quantization, and the way back to integers. */
  private dynamicConvolution(x: Value): Value {
    const { dice, file } = this;
    const shape = this.shape(x);
    const windows = this.windows(shape);
    const filters = dice.any([1, 3, 4, 8]);
    const weights = this.weights([filters, shape[1], ...windows.kernel], 0, false);
    const whole = file.fresh();
    const [scale, zero] = [file.fresh(), file.fresh()];
    file.nodes.push({
      op: 'DynamicQuantizeLinear',
      name: whole,
      inputs: [file.dequantized(x)],
      outputs: [whole, scale, zero],
    });
    const floats = x.data.map((one) => fround(dequantize(one, x.scale, x.zero)));
    const found = dynamicAffine(floats);
    const integers = floats.map((one) => quantize(one, found.scale, found.zero, 'uint8'));
    const sums = convolutionSums(integers, shape, found.zero, { ...weights, filters, groups: 1 }, windows);
    const [values, , zeros] = file.linearWeights(weights);
    const product = file.node('ConvInteger', [whole, values, zero, zeros], this.attributes(windows));
    const form = weights.scales.length === 1 ? [] : [1, filters, 1, 1];
    const factor = file.node('Mul', [scale, file.floats(weights.scales, form)]);
    const offsets = dice.once(2) ? dice.list(filters, () => fround(dice.uniform(-2, 2))) : undefined;
    let scaled = file.node('Mul', [file.node('Cast', [product], { to: 1 }), factor]);
    if (offsets) scaled = file.node('Add', [scaled, file.floats(offsets, [1, filters, 1, 1])]);
    const [rows, columns] = windowCount(shape, windows);
    const results = sums.map((sum, i) => {
      const filter = Math.floor(i / (rows * columns)) % filters;
      const by = fround(found.scale * weights.scales[filter % weights.scales.length]);
      return scaleSums(sum, by, offsets?.[filter] ?? 0);
    });
    const result = this.fitting(results);
    const bounded = this.activated(scaled, result);
    const data = results.map((one) =>
      clamp(quantize(one, result.scale, result.zero, result.dtype), bounded.low, bounded.high),
    );
    return { ...result, name: file.quantized(bounded.floats, result), shape: [shape[0], filters, rows, columns], data };
  }

  /** A residual sum, or a product with a factor for each channel. */
  private binary(a: Value): Value {
    const { dice, file } = this;
    const alike = this.values.filter(({ shape }) => String(shape) === String(a.shape));
    const gates = this.values.filter(({ shape }) => String(shape) === String([a.shape[0], a.shape[1], 1, 1]));
    const isGate = gates.length > 0 && dice.once(2);
    const b = dice.any(isGate ? gates : alike);
    const operation = isGate ? 'mul' : dice.any(['add', 'add', 'add', 'sub', 'mul'] as const);
    const pixels = isGate ? a.shape[2] * a.shape[3] : 1;
    const pairs = a.data.map((one, i) => [one, b.data[Math.floor(i / pixels)]] as const);
    const floats = pairs.map(([one, two]) => {
      const [left, right] = [dequantize(one, a.scale, a.zero), dequantize(two, b.scale, b.zero)];
      return operation === 'add' ? left + right : operation === 'sub' ? left - right : left * right;
    });
    const result = this.fitting(floats);
    const raw = pairs.map(([one, two]) =>
      quantizedBinary(
        operation,
        [one, a.scale, a.zero],
        [two, b.scale, b.zero],
        result.scale,
        result.zero,
        result.dtype,
      ),
    );
    const name = { add: 'Add', sub: 'Sub', mul: 'Mul' }[operation];
    // ONNX Runtime's operators take one type for all.
    const isOneType = a.dtype === b.dtype && a.dtype === result.dtype;
    if (operation !== 'sub' && isOneType && !this.isQdq()) {
      const inputs = [a.name, ...file.affine(a), b.name, ...file.affine(b), ...file.affine(result)];
      return { ...result, name: file.node(`QLinear${name}`, inputs, {}, 'com.microsoft'), shape: a.shape, data: raw };
    }
    const sum = file.node(name, [file.dequantized(a), file.dequantized(b)]);
    const { floats: bounded, low, high } = this.activated(sum, result);
    const data = raw.map((one) => clamp(one, low, high));
    return { ...result, name: file.quantized(bounded, result), shape: a.shape, data };
  }

  private concatenation(a: Value): Value {
    const { dice, file } = this;
    const alike = this.values.filter(({ shape }) => String(shape.with(1, 0)) === String(a.shape.with(1, 0)));
    const parts = [a, ...dice.list(dice.from(1, 2), () => dice.any(alike))];
    const result = dice.once(3) ? a : this.fitting(parts.flatMap((one) => [127 * one.scale]));
    const brought = parts.map(({ data, shape, scale, zero }) => ({
      shape: shape as Shape4,
      data: data.map((one) => quantize(fround(dequantize(one, scale, zero)), result.scale, result.zero, result.dtype)),
    }));
    const shape = a.shape.with(
      1,
      parts.reduce((sum, part) => sum + part.shape[1], 0),
    );
    const data = joined(brought);
    const affine = { scale: result.scale, zero: result.zero, dtype: result.dtype };
    if (parts.every(({ dtype }) => dtype === result.dtype) && !this.isQdq()) {
      const inputs = [...file.affine(result), ...parts.flatMap((part) => [part.name, ...file.affine(part)])];
      return { ...affine, name: file.node('QLinearConcat', inputs, { axis: 1 }, 'com.microsoft'), shape, data };
    }
    const together = file.node(
      'Concat',
      parts.map((part) => file.dequantized(part)),
      { axis: 1 },
    );
    return { ...affine, name: file.quantized(together, result), shape, data };
  }

  private poolWindows(shape: Shape4): Windows {
    const windows = this.windows(shape);
    const { kernel, padding } = windows;
    // ONNX wants each window to hold an element at least.
    return {
      ...windows,
      dilations: [1, 1],
      padding: padding.map((one, side) => Math.min(one, kernel[side % 2] - 1)) as never,
    };
  }

  private maxPool(x: Value): Value {
    const { file } = this;
    const windows = this.poolWindows(this.shape(x));
    const data = pooled(x.data, this.shape(x), windows, false, (values) => Math.max(...values));
    const shape = [x.shape[0], x.shape[1], ...windowCount(this.shape(x), windows)];
    const attributes = this.attributes(windows);
    const affine = { scale: x.scale, zero: x.zero, dtype: x.dtype };
    if (!this.isQdq()) return { ...affine, name: file.node('MaxPool', [x.name], attributes), shape, data };
    return { ...affine, name: file.quantized(file.node('MaxPool', [file.dequantized(x)], attributes), x), shape, data };
  }

  private averagePool(x: Value): Value {
    const { dice, file } = this;
    const isGlobal = dice.once(2);
    const shape = this.shape(x);
    const whole: Windows = { kernel: [shape[2], shape[3]], strides: [1, 1], dilations: [1, 1], padding: [0, 0, 0, 0] };
    const windows = isGlobal ? whole : this.poolWindows(shape);
    const include = !isGlobal && dice.once(2);
    const result = this.affine(x.scale * dice.uniform(0.3, 1.2), dice.once(3) ? undefined : x.dtype);
    const multiplier = fround(x.scale / result.scale);
    const data = pooled(x.data, shape, windows, include, (values, count) =>
      integerAveragePool(values, x.zero, count, multiplier, result.zero, result.dtype),
    );
    const { dilations: _, ...attributes } = this.attributes(windows);
    const own = isGlobal ? {} : { ...attributes, count_include_pad: include ? 1 : 0 };
    const op = isGlobal ? 'GlobalAveragePool' : 'AveragePool';
    const to = [shape[0], shape[1], ...windowCount(shape, windows)];
    if (x.dtype === result.dtype && !this.isQdq()) {
      const inputs = [x.name, ...file.affine(x), ...file.affine(result)];
      return { ...result, name: file.node(`QLinear${op}`, inputs, own, 'com.microsoft'), shape: to, data };
    }
    return { ...result, name: file.quantized(file.node(op, [file.dequantized(x)], own), result), shape: to, data };
  }

  /** A function of single values that floats compute exactly, or none: other scales alone. */
  private function(x: Value): Value {
    const { dice, file } = this;
    const floats = x.data.map((one) => fround(dequantize(one, x.scale, x.zero)));
    const kind = dice.any(this.extent.sevenBits ? ['Relu', 'Abs'] : ['none', 'Relu', 'LeakyRelu', 'Abs', 'Neg']);
    const rule = {
      none: (value: number) => value,
      Relu: (value: number) => Math.max(0, value),
      LeakyRelu: (value: number) => (value < 0 ? value / 4 : value),
      Abs: Math.abs,
      Neg: (value: number) => -value,
    }[kind as 'Relu'];
    const results = floats.map(rule);
    const result = dice.once(3) ? { scale: x.scale, zero: x.zero, dtype: x.dtype } : this.fitting(results);
    const data = results.map((one) => quantize(one, result.scale, result.zero, result.dtype));
    const attributes: NodeSpec['attributes'] = kind === 'LeakyRelu' ? { alpha: { float: 0.25 } } : {};
    if (kind === 'LeakyRelu' && x.dtype === result.dtype && !this.isQdq()) {
      const inputs = [x.name, ...file.affine(x), ...file.affine(result)];
      const name = file.node('QLinearLeakyRelu', inputs, attributes, 'com.microsoft');
      return { ...result, name, shape: x.shape, data };
    }
    const before = file.dequantized(x);
    const after = kind === 'none' ? before : file.node(kind, [before], attributes);
    return { ...result, name: file.quantized(after, result), shape: x.shape, data };
  }

  /** Rows and columns swapped, on the integers or on what they stand for. */
  private moved(x: Value): Value {
    const { file } = this;
    const [images, channels, rows, columns] = this.shape(x);
    const data: number[] = [];
    for (let plane = 0; plane < images * channels; plane++)
      for (let column = 0; column < columns; column++)
        for (let row = 0; row < rows; row++) data.push(x.data[(plane * rows + row) * columns + column]);
    const perm = [0, 1, 3, 2];
    const name = this.isQdq()
      ? file.quantized(file.node('Transpose', [file.dequantized(x)], { perm }), x)
      : file.node('Transpose', [x.name], { perm });
    return { scale: x.scale, zero: x.zero, dtype: x.dtype, name, shape: [images, channels, columns, rows], data };
  }

  /** A fully connected layer behind all values of an image. */
  private head(): Value {
    const { dice, file } = this;
    const x = this.values.at(-1)!;
    const depth = sizeOf(x.shape.slice(1));
    const flat = { ...x, name: file.node('Flatten', [x.name], { axis: 1 }) };
    const columns = dice.any([1, 5, 8, 11]);
    const isGemm = dice.once(2);
    const weights = this.weights([depth, columns], 1, isGemm);
    const sums = productSums(x.data, [x.shape[0], depth], x.zero, weights.values, columns, weights.zeros, weights.bias);
    const result = this.fitting(sums.map((sum, i) => sum * this.unit(x, weights, i % columns)));
    const shape = [x.shape[0], columns];
    const data = sums.map((sum, i) => this.requantized(sum, x, weights, i % columns, result));
    if (this.isQdq()) {
      const inputs = [file.dequantized(flat), ...file.dequantizedWeights(weights, 1, x.scale)];
      const { floats, low, high } = this.activated(file.node(isGemm ? 'Gemm' : 'MatMul', inputs), result);
      const bounded = data.map((one) => clamp(one, low, high));
      return { ...result, name: file.quantized(floats, result), shape, data: bounded };
    }
    const inputs = [flat.name, ...file.affine(x), ...file.linearWeights(weights)];
    if (!isGemm)
      return { ...result, name: file.node('QLinearMatMul', [...inputs, ...file.affine(result)]), shape, data };
    inputs.push(weights.bias ? file.integers('int32', weights.bias, [columns]) : '', ...file.affine(result));
    return { ...result, name: file.node('QGemm', inputs, {}, 'com.microsoft'), shape, data };
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
