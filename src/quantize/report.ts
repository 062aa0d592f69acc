// What 8 bits have cost: each layer's result beside that of the network in float, the worst first.

import type { Tensors } from '../model/inputs.js';
import type { Model } from '../model/model.js';
import { table } from '../model/table.js';
import type { Tensor } from '../tensor.js';

/** A layer of a quantized network. */
export interface LayerReport {
  readonly layer: string;
  readonly operator: string;
  readonly precision: 'int8' | 'float32';
  /**
   * Power of the layer's result by that of its error, in dB, all errors before it included; 6 dB are one bit. Infinite where
   * there is no error.
   */
  readonly signalToNoise: number;
}

/** What a quantized network loses, measured on the calibration inputs. */
export class QuantizationReport {
  constructor(
    /** Those that lose most first. */
    readonly layers: readonly LayerReport[],
    /** Power of each output by that of its error, in dB, by name. */
    readonly outputs: Readonly<Record<string, number>>,
  ) {}

  /** A table for people. */
  toString(): string {
    const rows = this.layers.map(({ layer, operator, precision, signalToNoise }) => {
      return [layer, operator, precision, decibels(signalToNoise)];
    });
    const outputs = Object.entries(this.outputs).map(([name, ratio]) => `output "${name}": ${decibels(ratio)} dB`);
    const counted = this.layers.filter(({ precision }) => precision === 'int8').length;
    const total = [`${counted} of ${this.layers.length} in 8 bits`, '', '', ''];
    return [...table(['layer', 'operator', 'precision', 'signal to noise [dB]'], rows, 3, total), ...outputs].join(
      '\n',
    );
  }
}

function decibels(ratio: number): string {
  return Number.isFinite(ratio) ? ratio.toFixed(1) : 'exact';
}

/** Sums of squares. */
class Power {
  signal = 0;
  noise = 0;

  add({ data }: Tensor, other: Tensor): void {
    const [exact, rounded] = [data, other.data] as Float32Array[];
    for (let i = 0; i < exact.length; i++) {
      this.signal += exact[i] ** 2;
      this.noise += (exact[i] - rounded[i]) ** 2;
    }
  }

  get ratio(): number {
    return this.noise === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(this.signal / this.noise);
  }
}

/**
 * Signal to noise, in dB, of values by name over all samples.
 * @param exact puts out all these values, in float
 * @param other puts them out too
 */
export async function signalToNoise(
  exact: Model,
  other: Model,
  samples: readonly Tensors[],
  names: readonly string[],
): Promise<Map<string, number>> {
  const powers = new Map(names.map((name) => [name, new Power()]));
  for (const sample of samples) {
    const one = await exact.run(sample, { copy: false });
    const two = await other.run(sample, { copy: false });
    for (const [name, power] of powers) power.add(one[name], two[name]);
  }
  return new Map([...powers].map(([name, power]) => [name, power.ratio]));
}
