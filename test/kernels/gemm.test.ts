import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Activation } from '../../src/ops/kernels.generated.js';
import { matmul } from '../reference/matmul/matmul.js';
import { type Binary, KernelHarness, supportedBinaries } from './harness.js';
import { expectWithin, randomFloats } from './numbers.js';
import { activated } from './run-convolution.js';

const CLIP = { activation: Activation.clip, alpha: -0.5, beta: 0.5 };
const EDGES = [1, 3, 4, 5, 7, 8, 9, 13];

interface Product {
  batch?: number;
  m: number;
  k: number;
  n: number;
  /** B is given as `[N, K]`. */
  transposed?: boolean;
  bias?: boolean;
  residual?: boolean;
  clip?: boolean;
  activation?: number;
  tilePixels?: 4 | 6;
  blockPixels?: number;
  seed?: number;
}

interface Operands {
  a: Float32Array;
  b: Float32Array;
  bias: Float32Array;
  residual: Float32Array;
}

function operandsOf({ batch = 1, m, k, n, seed = 1 }: Product): Operands {
  const random = randomFloats(seed);
  return {
    a: random(batch * m * k),
    b: random(batch * k * n),
    bias: random(batch * n),
    residual: random(batch * m * n),
  };
}

/** B in panels, as f32_pack_panels makes them. */
function placePanels(harness: KernelHarness, test: Product, operands: Operands, threads: number) {
  const { batch = 1, k, n, transposed = false, bias = true } = test;
  const target = harness.room(batch * Math.ceil(n / 8) * (1 + k) * 32);
  harness.run(
    'f32_pack_panels',
    {
      source: harness.place(operands.b),
      bias: bias ? harness.place(operands.bias) : 0,
      target,
      groups: batch,
      filters: n,
      taps: 1,
      channels: k,
      groupStride: k * n * 4,
      filterStride: transposed ? k * 4 : 4,
      tapStride: 0,
      channelStride: transposed ? 4 : n * 4,
    },
    threads,
  );
  return target;
}

function runGemm(binary: Binary, test: Product, operands: Operands, threads: number): Float32Array {
  const { batch = 1, m, k, n, tilePixels = 6, blockPixels = 64 } = test;
  const harness = new KernelHarness(binary, 6);
  const room = harness.room(batch * m * n * 4);
  const scratchStride = 192 + 16 * blockPixels;
  harness.run(
    'f32_conv',
    {
      input: harness.place(operands.a),
      weights: placePanels(harness, test, operands, threads),
      residual: test.residual ? harness.place(operands.residual) : 0,
      output: room,
      taps: harness.place(Int32Array.of(0)),
      runs: 1,
      runLength: k,
      panelBytes: (1 + k) * 32,
      firstRun: 32,
      runBytes: k * 32,
      images: 1,
      planes: 1,
      rows: 1,
      columns: m,
      inputImageStride: 0,
      inputPlaneStride: 0,
      inputRowStride: 0,
      inputColumnStride: k * 4,
      residualImageStride: 0,
      residualPlaneStride: 0,
      residualRowStride: 0,
      residualColumnStride: n * 4,
      outputImageStride: 0,
      outputPlaneStride: 0,
      outputRowStride: 0,
      outputColumnStride: n * 4,
      groups: batch,
      filters: n,
      inputGroupStride: m * k * 4,
      residualGroupStride: m * n * 4,
      outputGroupStride: m * n * 4,
      ...(test.clip ? CLIP : { activation: test.activation ?? Activation.none, alpha: 0.3, beta: 1.2 }),
      tilePixels,
      blockPixels,
      scratch: harness.room(threads * scratchStride),
      scratchStride,
    },
    threads,
  );
  return harness.floats(room);
}

function runGemv(binary: Binary, test: Product, operands: Operands, threads: number): Float32Array {
  const harness = new KernelHarness(binary, 6);
  const room = harness.room(test.m * test.n * 4);
  harness.run(
    'f32_gemv',
    {
      input: harness.place(operands.a),
      weights: placePanels(harness, test, operands, threads),
      residual: test.residual ? harness.place(operands.residual) : 0,
      output: room,
      rows: test.m,
      length: test.k,
      filters: test.n,
      scratch: harness.room(128 * test.m * threads),
      ...(test.clip ? CLIP : { activation: test.activation ?? Activation.none, alpha: 0.3, beta: 1.2 }),
    },
    threads,
  );
  return harness.floats(room);
}

function expectedOf(test: Product, operands: Operands) {
  const { batch = 1, m, k, n, transposed = false, bias = true } = test;
  const results: number[] = [];
  const magnitudes: number[] = [];
  for (let i = 0; i < batch; i++) {
    const a = operands.a.subarray(i * m * k, (i + 1) * m * k);
    let b = operands.b.subarray(i * k * n, (i + 1) * k * n);
    if (transposed) b = b.map((_, at) => b[(at % n) * k + Math.floor(at / n)]);
    const c = bias ? operands.bias.subarray(i * n, (i + 1) * n) : null;
    results.push(...matmul(a, b, c, m, k, n));
    magnitudes.push(...matmul(a.map(Math.abs), b.map(Math.abs), c?.map(Math.abs) ?? null, m, k, n));
  }
  const y = Float64Array.from(results, (value, i) => {
    const sum = value + (test.residual ? operands.residual[i] : 0);
    return test.clip ? Math.max(-0.5, Math.min(0.5, sum)) : sum;
  });
  const magnitude = magnitudes.map((value, i) => value + (test.residual ? Math.abs(operands.residual[i]) : 0));
  return { y, magnitude };
}

function check(run: typeof runGemm, binary: Binary, test: Product): void {
  const operands = operandsOf(test);
  const y = run(binary, test, operands, 1);
  const expected = expectedOf(test, operands);
  expectWithin(y, expected.y, expected.magnitude, test.k + 4);
  for (const threads of [2, 3]) expect(run(binary, test, operands, threads)).toEqual(y);
}

const extent = (max: number) => fc.integer({ min: 1, max });
const products = fc.record({
  batch: extent(3),
  m: extent(40),
  k: fc.nat(40),
  n: extent(40),
  transposed: fc.boolean(),
  bias: fc.boolean(),
  residual: fc.boolean(),
  clip: fc.boolean(),
  tilePixels: fc.constantFrom(4, 6),
  blockPixels: extent(20),
  seed: fc.integer(),
});

describe.each(supportedBinaries)(
  'a product by f32_conv (%s) is within (K + 4) roundings of float64, with the same bits on 1, 2 and 3 threads',
  (binary) => {
    it.each(EDGES)('%i rows', (m) => {
      for (const n of EDGES)
        for (const k of [0, ...EDGES]) {
          const flags = { residual: k % 2 === 0, clip: n % 2 === 0, transposed: m % 2 === 0 };
          check(runGemm, binary, { m, k, n, ...flags });
        }
    });

    it('batches', () => check(runGemm, binary, { batch: 3, m: 9, k: 10, n: 11, residual: true }));

    it('blocks that end inside a tile', () => check(runGemm, binary, { m: 29, k: 17, n: 20, blockPixels: 6 }));

    it('random products', () => {
      fc.assert(
        fc.property(products, (test) => check(runGemm, binary, test)),
        { numRuns: 60 },
      );
    });

    it('a row has the same bits wherever it stands in a tile', () => {
      const test = { m: 7, k: 33, n: 12 };
      const operands = operandsOf(test);
      for (let row = 1; row < 7; row++) operands.a.copyWithin(row * 33, 0, 33);
      const y = runGemm(binary, test, operands, 1);
      for (let row = 1; row < 7; row++) expect(y.subarray(row * 12, row * 12 + 12)).toEqual(y.subarray(0, 12));
    });
  },
);

describe.each(supportedBinaries)(
  'f32_gemv (%s) is within (K + 4) roundings of float64, with the same bits on 1, 2 and 3 threads',
  (binary) => {
    it.each([0, 1, 3, 4, 5, 7, 8, 9, 13, 100])('%i inputs', (k) => {
      for (const n of [...EDGES, 17, 31]) {
        check(runGemv, binary, { m: 1, k, n });
        check(runGemv, binary, { m: 1, k, n, bias: false, residual: true, clip: true, transposed: true });
      }
    });

    it.each([0, 2, 3, 4, 8])('%i rows', (m) => {
      for (const k of [0, 1, 15, 16, 17, 33])
        for (const n of [1, 8, 13, 31, 75]) {
          check(runGemv, binary, { m, k, n, residual: k % 2 === 0, clip: n % 2 === 0 });
        }
    });

    it('has the bits of f32_conv', () => {
      for (const m of [1, 2, 5])
        for (const n of [5, 8, 31, 75]) {
          const test = { m, k: 37, n };
          const operands = operandsOf(test);
          expect(runGemv(binary, test, operands, 1)).toEqual(runGemm(binary, test, operands, 1));
        }
    });

    it('each activation gives the bits that it gives on the plain sums', () => {
      for (const n of [1, 4, 7, 8, 13, 29]) {
        const test = { m: 2, k: 6, n };
        const operands = operandsOf(test);
        const plain = runGemv(binary, test, operands, 1);
        for (const activation of Object.values(Activation)) {
          if (activation === Activation.clip) continue;
          const y = runGemv(binary, { ...test, activation }, operands, 2);
          expect(y).toEqual(activated(binary, plain, activation));
        }
      }
    });

    it('writes nothing when there are no filters', () => {
      const test = { m: 2, k: 4, n: 0 };
      expect(runGemv(binary, test, operandsOf(test), 2)).toHaveLength(0);
    });
  },
);
