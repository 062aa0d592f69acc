// The binary for shared memory: the shipped one with another type of memory.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { withSharedMemory } from '../../src/runtime/sharing.js';

const binaries = ['strict', 'debug'].map((name) => ({
  name,
  bytes: new Uint8Array(readFileSync(new URL(`../../dist/quadlane.${name}.wasm`, import.meta.url))),
}));

function instantiate(module: WebAssembly.Module, shared: boolean): WebAssembly.Exports {
  const memory = new WebAssembly.Memory(shared ? { initial: 1, maximum: 1, shared } : { initial: 1 });
  return new WebAssembly.Instance(module, { env: { memory } }).exports;
}

describe.each(binaries)('the $name binary', ({ bytes }) => {
  test('takes memory of its own as it is, and shared memory once rewritten', () => {
    const plain = new WebAssembly.Module(bytes);
    const rewritten = new WebAssembly.Module(withSharedMemory(bytes));
    expect(() => instantiate(plain, true)).toThrow(WebAssembly.LinkError);
    expect(() => instantiate(rewritten, false)).toThrow(WebAssembly.LinkError);
    expect(Object.keys(instantiate(rewritten, true))).toEqual(Object.keys(instantiate(plain, false)));
  });

  test('keeps the layouts of its kernels', () => {
    const [before, after] = [bytes, withSharedMemory(bytes)].map(
      (binary) => new Uint8Array(WebAssembly.Module.customSections(new WebAssembly.Module(binary), 'kernels')[0]),
    );
    expect(after).toEqual(before);
  });

  test('is refused when it is cut before its imports end', () => {
    for (let length = 0; length < 16; length++) {
      expect(() => withSharedMemory(bytes.subarray(0, length))).toThrow(RangeError);
    }
  });
});

test('a binary with other imports is refused', () => {
  const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  const types = [0x01, 0x04, 0x01, 0x60, 0x00, 0x00];
  const functionImport = [0x02, 0x07, 0x01, 0x01, 0x61, 0x01, 0x62, 0x00, 0x00];
  const binary = Uint8Array.from([...header, ...types, ...functionImport]);
  expect(WebAssembly.validate(binary)).toBe(true);
  expect(() => withSharedMemory(binary)).toThrow(RangeError);
});
