// tfjs on its WebAssembly backend (XNNPACK) as a contestant: a network is a list of calls of its operators, fused where
// it has fused ones, and every intermediate tensor is given back after its last use.

import type { Contestant, Setup } from './contestant.js';
import { type Activation, type Call, readTfjs, type TfjsProgram } from './tfjs-program.js';

interface TfTensor {
  readonly shape: number[];
  dataSync(): Float32Array;
  dispose(): void;
}

type Unary = (x: TfTensor) => TfTensor;
type Binary = (a: TfTensor, b: TfTensor | number) => TfTensor;
type Pool = (x: TfTensor, filterSize: readonly number[], strides: readonly number[], pad: unknown) => TfTensor;

/** The module `@tensorflow/tfjs-core` with the WebAssembly backend ready, as far as the benchmark uses it. */
export interface Tf {
  tensor(data: Float32Array, shape: readonly number[]): TfTensor;
  tidy(compute: () => TfTensor): TfTensor;
  readonly fused: Readonly<Record<'conv2d' | 'depthwiseConv2d' | 'matMul', (options: object) => TfTensor>>;
  readonly maxPool: Pool;
  readonly avgPool: Pool;
  readonly add: Binary;
  readonly mul: Binary;
  readonly relu: Unary;
  readonly relu6: Unary;
  readonly sigmoid: Unary;
  readonly tanh: Unary;
  clipByValue(x: TfTensor, least: number, most: number): TfTensor;
  concat(tensors: TfTensor[], axis: number): TfTensor;
  reshape(x: TfTensor, shape: readonly number[]): TfTensor;
}

/** Activations that fused operators apply themselves. */
const fusable: Readonly<Partial<Record<Activation['name'], string>>> = {
  relu: 'relu',
  relu6: 'relu6',
  sigmoid: 'sigmoid',
};

/** A call with the places of its values, and those whose last reader it is. */
interface Step {
  readonly compute: (inputs: TfTensor[]) => TfTensor;
  readonly inputs: readonly number[];
  readonly output: number;
  readonly released: readonly number[];
}

/** Loads a .tfjs file. */
export async function loadTfjs(tf: Tf, file: Uint8Array, { input, threads, resident }: Setup): Promise<Contestant> {
  const program = readTfjs(file);
  const values: TfTensor[] = [];
  const places = new Map<string, number>();
  const place = (name: string) => places.get(name) ?? places.set(name, places.size).get(name)!;
  for (const [name, { data, shape }] of program.weights) {
    values[place(name)] = tf.tensor(data as Float32Array, shape);
  }
  const weights = [...values];
  const [from, to] = [place(program.input), place(program.output)];
  const steps = stepsOf(tf, program, place);
  const upload = () => tf.tensor(input.data, input.shape);
  const kept = resident ? upload() : undefined;

  const forward = (x: TfTensor): TfTensor => {
    values[from] = x;
    for (const { compute, inputs, output, released } of steps) {
      values[output] = compute(inputs.map((index) => values[index]));
      for (const index of released) values[index].dispose();
    }
    return values[to];
  };
  const compute = (): Float32Array => {
    const x = upload();
    const y = forward(x);
    const data = y.dataSync();
    x.dispose();
    y.dispose();
    return data;
  };
  return {
    run: kept ? () => forward(kept).dispose() : compute,
    result: async () => compute(),
    threads,
    dispose() {
      kept?.dispose();
      for (const weight of weights) weight.dispose();
    },
  };
}

function stepsOf(tf: Tf, { input, output, calls, weights }: TfjsProgram, place: (name: string) => number): Step[] {
  const lastReaders = new Map(calls.flatMap((call, index) => call.inputs.map((name) => [name, index] as const)));
  const isKept = (name: string) => weights.has(name) || name === input || name === output;
  return calls.map((call, index) => {
    const released = [...new Set(call.inputs)].filter((name) => !isKept(name) && lastReaders.get(name) === index);
    return {
      compute: computation(tf, call),
      inputs: call.inputs.map(place),
      output: place(call.output),
      released: released.map(place),
    };
  });
}

/** A call with its activation: fused, or by operators of its own. */
function computation(tf: Tf, call: Call): (inputs: TfTensor[]) => TfTensor {
  const { activation } = call;
  const isFused = call.op === 'conv2d' || call.op === 'depthwiseConv2d' || call.op === 'matMul';
  const fused = isFused && activation ? fusable[activation.name] : undefined;
  const plain = operation(tf, call, fused ?? 'linear');
  if (!activation || fused) return plain;
  const apply = activationOf(tf, activation);
  return (inputs) => tf.tidy(() => apply(plain(inputs)));
}

function operation(tf: Tf, call: Call, activation: string): (inputs: TfTensor[]) => TfTensor {
  switch (call.op) {
    case 'conv2d':
    case 'depthwiseConv2d': {
      const { strides, dilations, pad } = call.windows;
      const run = tf.fused[call.op];
      return ([x, filter, bias]) => run({ x, filter, strides, pad, dilations, bias, activation });
    }
    case 'maxPool':
    case 'avgPool': {
      const { kernelShape, strides, pad } = call.windows;
      const run = tf[call.op];
      return ([x]) => run(x, kernelShape, strides, pad);
    }
    case 'matMul':
      return ([a, b, bias]) => tf.fused.matMul({ a, b, bias, activation });
    case 'concat':
      return (inputs) => tf.concat(inputs, call.axis);
    case 'reshape':
      return ([x]) => tf.reshape(x, call.shape);
    case 'add':
    case 'mul': {
      const run = tf[call.op];
      return ([a, b]) => run(a, b);
    }
    case 'activation':
      return ([x]) => x;
  }
}

function activationOf(tf: Tf, { name, alpha, beta }: Activation): Unary {
  switch (name) {
    case 'clip':
      return (x) => tf.clipByValue(x, alpha, beta);
    case 'silu':
      return (x) => tf.mul(x, tf.sigmoid(x));
    case 'hardSwish':
      return (x) => tf.mul(tf.mul(x, 1 / 6), tf.relu6(tf.add(x, 3)));
    case 'hardSigmoid':
      return (x) => tf.clipByValue(tf.add(tf.mul(x, alpha), beta), 0, 1);
    default:
      return tf[name];
  }
}
