// A network as calls of tfjs operators: what stands in a .tfjs file, a .safetensors file of the weights whose metadata
// carries the calls as JSON.

import { readHeader } from '../../src/formats/safetensors/header.js';
import { readTensors } from '../../src/formats/safetensors/reader.js';
import { writeSafetensors } from '../../src/formats/safetensors/writer.js';
import type { Tensor } from '../../src/tensor.js';

/** Padding as tfjs takes it. */
export type Pad = 'valid' | 'same' | number | readonly (readonly [before: number, after: number])[];

export interface Windows {
  readonly kernelShape: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pad: Pad;
}

/** What is applied to a call's result. */
export interface Activation {
  readonly name: 'relu' | 'relu6' | 'clip' | 'sigmoid' | 'tanh' | 'silu' | 'hardSwish' | 'hardSigmoid';
  readonly alpha: number;
  readonly beta: number;
}

export type Operation =
  | { readonly op: 'conv2d' | 'depthwiseConv2d' | 'maxPool' | 'avgPool'; readonly windows: Windows }
  | { readonly op: 'concat'; readonly axis: number }
  | { readonly op: 'reshape'; readonly shape: readonly number[] }
  | { readonly op: 'matMul' | 'add' | 'mul' | 'activation' };

/** One call; inputs and output are names, of weights or of what earlier calls gave. */
export type Call = Operation & {
  readonly inputs: readonly string[];
  readonly output: string;
  readonly activation?: Activation;
};

export interface TfjsProgram {
  readonly input: string;
  readonly output: string;
  readonly calls: readonly Call[];
  readonly weights: ReadonlyMap<string, Tensor>;
}

/** The bytes of a .tfjs file. */
export function writeTfjs({ weights, ...program }: TfjsProgram): Uint8Array {
  return writeSafetensors(weights, { program: JSON.stringify(program) });
}

/** The network in a .tfjs file; its weights are views of `bytes`. */
export function readTfjs(bytes: Uint8Array): TfjsProgram {
  const header = readHeader(bytes);
  return { ...JSON.parse(header.metadata.get('program')!), weights: readTensors(bytes, header) };
}
