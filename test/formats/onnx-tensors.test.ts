// Tensors as ONNX files hold them.
import { describe, expect, it } from 'vitest';
import { readOnnx } from '../../src/formats/onnx/reader.js';
import { compileGraph } from '../../src/model/load.js';
import { tensor, Unaligned } from '../../src/tensor.js';
import { bytesOf } from './onnx-file.js';
import { constant, failure, int64, network } from './onnx-reading.js';

describe('tensors', () => {
  it('keep the bytes of each type', () => {
    expect(constant({ dims: [2], dataType: 1, raw: bytesOf(Float32Array.of(1.5, -2)) }).data).toEqual(
      Float32Array.of(1.5, -2),
    );
    expect(constant({ dims: [2], dataType: 1, floats: [1.5, -2] }).data).toEqual(Float32Array.of(1.5, -2));
    expect(constant({ dims: [2], dataType: 6, raw: bytesOf(Int32Array.of(-5, 7)) }).data).toEqual(Int32Array.of(-5, 7));
    expect(constant({ dims: [2], dataType: 3, raw: bytesOf(Int8Array.of(-5, 7)) }).data).toEqual(Int8Array.of(-5, 7));
    expect(constant({ dims: [2], dataType: 3, integers: [-5, 7] }).data).toEqual(Int8Array.of(-5, 7));
    expect(constant({ dims: [2], dataType: 2, integers: [5, 255] }).data).toEqual(Uint8Array.of(5, 255));
    const flags = constant({ dims: [2], dataType: 9, raw: Uint8Array.of(0, 1) });
    expect([flags.dtype, ...flags.data]).toEqual(['bool', 0, 1]);
    expect(constant({ dims: [0, 3], dataType: 1 }).shape).toEqual([0, 3]);
    expect(constant({ dataType: 1, floats: [3] }).shape).toEqual([]);
  });

  it('stay in the file, wherever they begin, until memory takes them', () => {
    const filters = Float32Array.from({ length: 48 }, (_, index) => Math.sin(index));
    const file = network([{ op: 'Conv', inputs: ['x', 'w'], outputs: ['y'] }], {
      initializers: [{ name: 'w', dims: [4, 3, 2, 2], dataType: 1, raw: bytesOf(filters) }],
    });
    const pixels = tensor(
      Float32Array.from({ length: 192 }, (_, index) => Math.cos(index)),
      [1, 3, 8, 8],
    );
    const results = [0, 1, 2, 3].map((shift) => {
      const bytes = new Uint8Array(file.length + shift).subarray(shift);
      bytes.set(file);
      const graph = readOnnx(bytes);
      const [held] = graph.constants.values();
      const isUnaligned = held instanceof Unaligned;
      expect((isUnaligned ? held.bytes : held.data).buffer).toBe(bytes.buffer);
      expect(held.size).toBe(48);
      using model = compileGraph(graph);
      const { y } = model.runSync({ x: pixels });
      expect(held.data).toEqual(filters);
      return { isUnaligned, y };
    });
    expect(results.filter(({ isUnaligned }) => isUnaligned)).toHaveLength(3);
    for (const { y } of results) expect(y).toEqual(results[0].y);
  });

  it('keep float64 and float16', () => {
    expect(constant({ dims: [2], dataType: 11, doubles: [0.1, 2] }).data).toEqual(Float64Array.of(0.1, 2));
    const doubles = constant({ dims: [1], dataType: 11, raw: bytesOf(Float64Array.of(0.1)) });
    expect(doubles).toMatchObject({ dtype: 'float64', data: Float64Array.of(0.1) });
    const halves = [0x3c00, 0xc000, 0x7bff, 0x0001, 0x8000, 0x7c00, 0xfc00];
    const values = Float32Array.of(1, -2, 65504, 2 ** -24, -0, Infinity, -Infinity);
    for (const stored of [{ raw: bytesOf(Uint16Array.from(halves)) }, { integers: halves }]) {
      const read = constant({ dims: [7], dataType: 10, ...stored });
      expect(read).toMatchObject({ dtype: 'float16', data: Uint16Array.from(halves) });
      expect(read.toFloat32()).toEqual(values);
    }
    expect(constant({ dims: [1], dataType: 10, integers: [0x7e00] }).toFloat32()[0]).toBeNaN();
  });

  it('widen bfloat16, wherever it lies', () => {
    const halves = [0x3f80, 0xc000, 0x7f80, 0x0001];
    const values = Float32Array.of(1, -2, Infinity, 2 ** -133);
    for (const stored of [{ raw: bytesOf(Uint16Array.from(halves)) }, { integers: halves }]) {
      expect(constant({ dims: [4], dataType: 16, ...stored })).toMatchObject({ dtype: 'float32', data: values });
    }
    expect(() => constant({ dims: [4], dataType: 16, raw: new Uint8Array(7) })).toThrow(/\(bfloat16\).* needs 8 bytes/);
  });

  it('keep all 64 bits of int64', () => {
    const extremes = [2n ** 63n - 1n, -(2n ** 63n), -1n, 2n ** 53n + 1n, 0n, 300n];
    expect(constant(int64('w', ...extremes)).data).toEqual(BigInt64Array.from(extremes));
    const encoded = extremes.flatMap((value) => {
      const bytes: number[] = [];
      let rest = BigInt.asUintN(64, value);
      for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
      return [...bytes, Number(rest)];
    });
    const typed = { dims: [6], dataType: 7, encodedInt64: Uint8Array.from(encoded) };
    expect(constant(typed).data).toEqual(BigInt64Array.from(extremes));
  });

  it('must have the bytes their shape needs', () => {
    for (const tensor of [
      { dims: [3], raw: new Uint8Array(8) },
      { dims: [3], raw: new Uint8Array(16) },
      { dims: [3], floats: [1] },
      { dims: [1 << 20, 1 << 20], raw: new Uint8Array(8) },
      { dims: [-1], raw: new Uint8Array(8) },
      { dims: new Array(100).fill(1), floats: [1] },
    ]) {
      const error = failure(() => constant({ dataType: 1, ...tensor }));
      expect(error.code).toBe('FORMAT');
      expect(error.message).toMatch(/tensor "w"/);
    }
    const text = failure(() => constant({ dims: [1], dataType: 8 }));
    expect([text.code, text.message]).toEqual(['UNSUPPORTED', expect.stringMatching(/tensor "w" has string/)]);
  });

  it('lie in other files only where the caller has them', () => {
    const external = { location: 'weights.bin', offset: '4', length: '8' };
    const file = network([{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }], {
      initializers: [{ name: 'w', dims: [2], dataType: 1, external }],
    });
    expect(failure(() => readOnnx(file)).message).toMatch(/"weights.bin".*externalData/);
    const weights = bytesOf(Float32Array.of(1, 2, 3));
    const asked: string[] = [];
    const externalData = (location: string) => {
      asked.push(location);
      return weights;
    };
    const graph = readOnnx(file, { externalData });
    expect(graph.constants.get('w')?.data).toEqual(Float32Array.of(2, 3));
    expect(asked).toEqual(['weights.bin']);
    expect(failure(() => readOnnx(file, { externalData: () => weights.subarray(4) })).code).toBe('FORMAT');
  });
});
