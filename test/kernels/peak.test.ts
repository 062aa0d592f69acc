import { expect, it } from 'vitest';
import { KernelHarness, supportedBinaries } from './harness.js';

it.each(supportedBinaries)('f32_multiply_add_peak (%s) gives the sum of what it computed', (binary) => {
  const harness = new KernelHarness(binary, 6);
  const input = new Float32Array(56).fill(0.5, 0, 4).fill(1, 4, 8);
  const output = harness.room(16);
  for (let start = 0; start < 12; start++) input.fill(start, 8 + 4 * start, 12 + 4 * start);
  harness.run('f32_multiply_add_peak', { input: harness.place(input), output, count: 3 });
  // Each start s ends as s + 3 / 2 where multiply-adds are fused, elsewhere as s / 8 + 1.75, exactly.
  const sum = binary === 'relaxed' ? 66 + 12 * 1.5 : 66 / 8 + 12 * 1.75;
  expect([...harness.floats(output)]).toEqual(Array(4).fill(sum));
});
