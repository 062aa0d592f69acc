import { describe, expect, test } from 'vitest';
import { Activation } from '../../src/ops/kernels.generated.js';
import { type ActivationName, activations, erf } from '../reference/elementwise/activation.js';
import { unaryFunctions } from '../reference/elementwise/unary.js';
import { evenly, floatSweep, specialFloats, ulp, worstError } from './accuracy.js';
import { type Binary, KernelHarness, supportedBinaries } from './harness.js';
import { runActivation, runUnary } from './run-elementwise.js';

const parameters: Partial<Record<ActivationName, [number, number]>> = {
  clip: [0, 6],
  leakyRelu: [0.01, 0],
  elu: [1, 0],
  selu: [1.67326319, 1.05070102],
  celu: [1.5, 0],
  hardSigmoid: [0.2, 0.5],
  thresholdedRelu: [1, 0],
};

const sweep = Float32Array.of(...evenly(-20, 20, 100_000), ...specialFloats);
const everything = new Float32Array(2 ** 20 + sweep.length);
everything.set(floatSweep());
everything.set(sweep, 2 ** 20);

function applied(
  binary: Binary,
  name: ActivationName,
  inputs: Float32Array,
  [alpha, beta] = parameters[name] ?? [0, 0],
) {
  return runActivation(new KernelHarness(binary, 200), Activation[name], inputs, alpha, beta);
}

function exact(name: ActivationName, inputs: Float32Array): Float64Array {
  const [alpha, beta] = (parameters[name] ?? [0, 0]).map(Math.fround);
  const activation: (x: number, alpha: number, beta: number) => number = activations[name];
  return Float64Array.from(inputs, (x) => activation(x, alpha, beta));
}

// The debug binary is the strict one with assertions: too slow for a million numbers.
const fastBinaries = supportedBinaries.filter((binary) => binary !== 'debug');

describe.each(fastBinaries)('%s', (binary) => {
  const bounds: [ActivationName, number][] = [
    ['none', 0],
    ['clip', 0],
    ['leakyRelu', 0.6],
    ['elu', 2],
    ['selu', 3],
    ['celu', 3],
    ['sigmoid', 4],
    ['tanh', 5],
    ['softplus', 2],
    ['softsign', 2],
    ['thresholdedRelu', 0],
  ];
  test.each(bounds)('%s is within %d ulp over the whole range', (name, bound) => {
    const worst = worstError(everything, applied(binary, name, everything), exact(name, everything));
    expect(worst.error, JSON.stringify(worst)).toBeLessThanOrEqual(bound);
  });

  const products: [ActivationName, number][] = [
    ['hardSigmoid', 2],
    ['hardSwish', 3],
    ['silu', 3],
    ['gelu', 4],
    ['geluTanh', 3],
    ['mish', 4],
  ];
  test.each(products)('%s is within %d ulp of max(|y|, 1/4) over all finite numbers', (name, bound) => {
    const finite = everything.filter(Number.isFinite);
    const scale = (expected: number) => Math.max(ulp(expected), ulp(0.25));
    const worst = worstError(finite, applied(binary, name, finite), exact(name, finite), scale);
    expect(worst.error, JSON.stringify(worst)).toBeLessThanOrEqual(bound);
  });

  test.each(['gelu', 'silu', 'geluTanh', 'mish'] as const)('%s keeps 4 digits of its tail down to -9', (name) => {
    const tail = evenly(-9, -1, 100_000);
    const worst = worstError(tail, applied(binary, name, tail), exact(name, tail), Math.abs);
    expect(worst.error, JSON.stringify(worst)).toBeLessThanOrEqual(1e-4);
  });

  test.each(Object.keys(activations) as ActivationName[])('%s of NaN is NaN, unless it is thresholded', (name) => {
    const [y] = applied(binary, name, Float32Array.of(Number.NaN));
    expect(y).toBe(name === 'thresholdedRelu' ? 0 : Number.NaN);
  });

  const ranges: [ActivationName, number, number][] = [
    ['sigmoid', 0, 1],
    ['tanh', -1, 1],
    ['hardSigmoid', 0, 1],
    ['softplus', 0, Infinity],
    ['softsign', -1, 1],
    ['elu', -1, Infinity],
    ['clip', 0, 6],
  ];
  test.each(ranges)('%s lies in [%d, %d]', (name, low, high) => {
    const numbers = everything.filter((x) => Math.abs(x) < Infinity);
    for (const y of applied(binary, name, numbers))
      if (!(y >= low && y <= high)) expect(y).toBe(`in [${low}, ${high}]`);
  });

  test('tanh is odd, the sign of zero included', () => {
    const positive = evenly(0, 12, 50_001);
    const negative = positive.map((x) => -x);
    expect(applied(binary, 'tanh', negative)).toEqual(applied(binary, 'tanh', positive).map((y) => -y));
  });

  test('sigmoid and tanh saturate exactly', () => {
    const ends = Float32Array.of(-Infinity, -200, 200, Infinity);
    expect(Array.from(applied(binary, 'sigmoid', ends))).toEqual([0, 0, 1, 1]);
    expect(Array.from(applied(binary, 'tanh', ends))).toEqual([-1, -1, 1, 1]);
  });

  const unaryBounds: [keyof typeof unaryFunctions | 'erf', number][] = [
    ['abs', 0],
    ['neg', 0],
    ['exp', 1.25],
    ['log', 1],
    ['sqrt', 0.5],
    ['reciprocal', 0.5],
    ['floor', 0],
    ['ceil', 0],
    ['round', 0],
    ['sign', 0],
    ['erf', 6],
    ['sin', 1],
    ['cos', 1],
  ];
  test.each(unaryBounds)('%s is within %d ulp over the whole range', (name, bound) => {
    const actual = runUnary(new KernelHarness(binary, 200), name, everything);
    const expected = Float64Array.from(everything, name === 'erf' ? erf : unaryFunctions[name]);
    const worst = worstError(everything, actual, expected);
    expect(worst.error, JSON.stringify(worst)).toBeLessThanOrEqual(bound);
  });

  test('erf lies in [-1, 1], exp is positive', () => {
    for (const y of runUnary(new KernelHarness(binary, 200), 'erf', sweep)) expect(Math.abs(y) > 1).toBe(false);
    for (const y of runUnary(new KernelHarness(binary, 200), 'exp', sweep)) expect(y < 0).toBe(false);
  });
});
