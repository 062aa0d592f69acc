// Arrays in .npy files as tensors of the type that a model takes, and tensors as JSON.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { toJson, valueAt } from '../../src/cli/values.js';
import { tensor } from '../../src/tensor.js';

const folder = mkdtempSync(join(tmpdir(), 'quadlane-values-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Where a .npy file of two elements lies. */
function npy(type: string, data: ArrayBufferView): string {
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': (2,), }\n`;
  const path = join(folder, `${type.slice(1)}.npy`);
  const start = Buffer.from(`\x93NUMPY\x01\x00${String.fromCharCode(header.length, 0)}${header}`, 'latin1');
  writeFileSync(path, Buffer.concat([start, Buffer.from(data.buffer as ArrayBuffer)]));
  return path;
}

it('floats become float16, rounded once; halves and doubles stay as they are', () => {
  const halves = tensor([Math.PI, 70000], undefined, 'float16');
  expect(valueAt(npy('<f2', halves.data), 'float16')).toEqual(halves);
  expect(valueAt(npy('<f4', Float32Array.of(Math.PI, 70000)), 'float16')).toEqual(halves);
  const doubles = Float64Array.of(1 + 2 ** -11 + 2 ** -40, 0.1);
  expect(valueAt(npy('<f8', doubles), 'float16').data[0]).toBe(0x3c01);
  expect(valueAt(npy('<f8', doubles), 'float64').data).toEqual(doubles);
});

it('integers become float16 where it holds them', () => {
  expect(valueAt(npy('<i4', Int32Array.of(2048, -7)), 'float16').toFloat32()).toEqual(Float32Array.of(2048, -7));
  const path = npy('<i4', Int32Array.of(1, 2049));
  expect(() => valueAt(path, 'float16')).toThrow("takes float16, which can't hold the element 2049 (<i4)");
});

it('JSON has the numbers of halves', () => {
  const y = tensor([1.5, -2], undefined, 'float16');
  expect(JSON.parse(toJson({ y }))).toEqual({ y: { dtype: 'float16', shape: [2], data: [1.5, -2] } });
});
