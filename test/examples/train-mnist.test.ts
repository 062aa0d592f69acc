// The training demo in the terminal, for one epoch.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { isInstalled } from '../../examples/train/serve.mjs';

test('the demo learns digits, compares, and writes files that it reads back', ({ skip }) => {
  if (!isInstalled() && !process.env.CI) skip('npm ci --prefix examples/train-mnist installs its packages');
  const out = mkdtempSync(join(tmpdir(), 'quadlane-demo-'));
  try {
    const printed = execFileSync(
      process.execPath,
      ['examples/train-mnist/train.mjs', '--epochs', '1', '--seed', '2', '--out', out],
      { cwd: fileURLToPath(new URL('../../', import.meta.url)), encoding: 'utf8' },
    );
    const accuracyOf = (name: string) => Number(new RegExp(`^${name} +([\\d.]+) %`, 'm').exec(printed)?.[1]);
    expect(accuracyOf('LeNet-5')).toBeGreaterThan(90);
    expect(accuracyOf('perceptron')).toBeGreaterThan(80);
    expect(accuracyOf('3 nearest digits')).toBeGreaterThan(90);
    expect(printed).toMatch(/^epoch +1 .* held back: loss [\d.]+, accuracy [\d.]+ %/m);
    expect(readdirSync(out).sort()).toEqual(['lenet5.onnx', 'lenet5.safetensors', 'training.svg']);
    for (const file of ['lenet5.onnx', 'lenet5.safetensors']) {
      expect(printed).toContain(`${join(out, file)} (`);
    }
    expect(printed.match(/read back: logits within/g)).toHaveLength(2);
    expect(readFileSync(join(out, 'training.svg'), 'utf8')).toMatch(/^<svg .*LeNet-5 learns handwritten digits/s);
  } finally {
    rmSync(out, { recursive: true });
  }
});
