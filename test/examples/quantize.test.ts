import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';

const script = fileURLToPath(new URL('../../examples/quantize/fashion.mjs', import.meta.url));
const PIXELS = 28 * 28;

/** Pictures with noise of which the upper or the lower half is bright, as Debian's package has its own. */
function writePictures(folder: string, part: string, count: number): void {
  const images = Buffer.alloc(16 + count * PIXELS);
  const labels = Buffer.alloc(8 + count);
  for (let i = 0; i < count; i++) {
    const half = (i * 7) % 2;
    labels[8 + i] = half;
    const start = 16 + i * PIXELS + (half * PIXELS) / 2;
    for (let pixel = 0; pixel < PIXELS; pixel++)
      images[16 + i * PIXELS + pixel] = (Math.sin(i * PIXELS + pixel) + 1) * 40;
    for (let at = start; at < start + PIXELS / 2; at++) images[at] += 150;
  }
  writeFileSync(join(folder, `${part}-images-idx3-ubyte.gz`), gzipSync(images));
  writeFileSync(join(folder, `${part}-labels-idx1-ubyte.gz`), gzipSync(labels));
}

test('quantize/fashion: every method and the fine-tuned network lose at most 5 points of an easy task', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quadlane-fashion-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writePictures(folder, 'train', 256);
  writePictures(folder, 't10k', 60);
  const args = [script, '--data', folder, '--examples', '256', '--epochs', '4', '--batches', '2'];
  const printed = execFileSync(process.execPath, args, { encoding: 'utf8' });
  expect(printed).toMatch(/^float32 +\d+\.\d\d %$/m);
  const lost = [...printed.matchAll(/^(\S+) +\d+\.\d\d % +(-?\d+\.\d\d) points$/gm)];
  expect(lost.map(([, name]) => name)).toEqual(['minMax', 'percentile', 'entropy', 'meanSquaredError', 'fine-tuned']);
  for (const [, name, points] of lost) expect(Number(points), name).toBeGreaterThanOrEqual(-5);
});
