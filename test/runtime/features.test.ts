import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hasRelaxedSimd } from '../../src/runtime/features.js';

test('relaxed SIMD is reported where the engine has it', () => {
  const [major] = process.versions.node.split('.').map(Number);
  expect(hasRelaxedSimd()).toBe(major! >= 22);
});

test('the relaxed binary compiles where relaxed SIMD is reported', () => {
  const binary = readFileSync(new URL('../../dist/quadlane.relaxed.wasm', import.meta.url));
  expect(!hasRelaxedSimd() || WebAssembly.validate(binary)).toBe(true);
});
