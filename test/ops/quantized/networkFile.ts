// ONNX files of quantized networks, node by node: the same layer as QDQ or as one of the QLinear operators.

import { type NodeSpec, onnxFile, type TensorSpec, type ValueSpec } from '../../formats/onnx-file.js';
import type { EightBit } from '../../reference/quantized/quantized.js';

/** How integers stand for a tensor. */
export interface Affine {
  readonly scale: number;
  readonly zero: number;
  readonly dtype: EightBit;
}

/** A value of the network and what it holds. */
export interface Value extends Affine {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** Integers of one element, or of one for each filter. */
export interface Weights {
  readonly dtype: EightBit;
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly scales: readonly number[];
  readonly zeros: readonly number[];
  /** In units of the sums. */
  readonly bias?: readonly number[];
}

const codes = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7 } as const;

export class NetworkFile {
  readonly nodes: NodeSpec[] = [];
  private readonly initializers: TensorSpec[] = [];
  private count = 0;

  fresh(): string {
    return `v${this.count++}`;
  }

  floats(values: readonly number[], dims: readonly number[] = []): string {
    const name = this.fresh();
    this.initializers.push({ name, dims: [...dims], dataType: codes.float32, floats: [...values] });
    return name;
  }

  integers(dtype: EightBit | 'int32' | 'int64', values: readonly number[], dims: readonly number[] = []): string {
    const name = this.fresh();
    this.initializers.push({ name, dims: [...dims], dataType: codes[dtype], integers: [...values] });
    return name;
  }

  /** The names of a scale and a zero. */
  affine({ scale, zero, dtype }: Affine): [string, string] {
    return [this.floats([scale]), this.integers(dtype, [zero])];
  }

  node(op: string, inputs: string[], attributes: NodeSpec['attributes'] = {}, domain?: 'com.microsoft'): string {
    const output = this.fresh();
    this.nodes.push({ op, name: `${op} ${output}`, inputs, outputs: [output], attributes, ...(domain && { domain }) });
    return output;
  }

  dequantized(value: Pick<Value, 'name' | 'scale' | 'zero' | 'dtype'>): string {
    return this.node('DequantizeLinear', [value.name, ...this.affine(value)]);
  }

  quantized(floats: string, affine: Affine): string {
    return this.node('QuantizeLinear', [floats, ...this.affine(affine)]);
  }

  /** Scales or zeros of weights: of one element, or of as many as there are filters. */
  private perFilter(values: readonly number[]): number[] {
    return values.length === 1 ? [] : [values.length];
  }

  /** The floats of weights, and of the bias where there is one. */
  dequantizedWeights({ dtype, shape, values, scales, zeros, bias }: Weights, axis: number, xScale: number): string[] {
    const filters = shape[axis];
    // ONNX wants as many zeros as scales.
    const spread =
      scales.length === 1 ? zeros.slice(0, 1) : Array.from({ length: filters }, (_, i) => zeros[i % zeros.length]);
    const affine = [this.floats(scales, this.perFilter(scales)), this.integers(dtype, spread, this.perFilter(spread))];
    const inputs = [this.integers(dtype, values, shape), ...affine];
    const floats = [this.node('DequantizeLinear', inputs, { axis })];
    if (bias) {
      const units = scales.map((scale) => Math.fround(Math.fround(scale) * Math.fround(xScale)));
      const scale = this.floats(units, this.perFilter(units));
      floats.push(this.node('DequantizeLinear', [this.integers('int32', bias, [bias.length]), scale], { axis: 0 }));
    }
    return floats;
  }

  /** The three inputs that weights of a QLinear operator are. */
  linearWeights({ dtype, shape, values, scales, zeros }: Weights): string[] {
    return [
      this.integers(dtype, values, shape),
      this.floats(scales, this.perFilter(scales)),
      this.integers(dtype, zeros, this.perFilter(zeros)),
    ];
  }

  finish(inputs: readonly Value[], outputs: readonly string[]): Uint8Array {
    const specs: ValueSpec[] = inputs.map(({ name, dtype, shape }) => ({
      name,
      type: codes[dtype],
      shape: [...shape],
    }));
    return onnxFile({
      opset: 17,
      domains: { 'com.microsoft': 1 },
      inputs: specs,
      outputs: [...outputs],
      nodes: this.nodes,
      initializers: this.initializers,
    });
  }
}
