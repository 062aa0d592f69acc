// The comparison with other libraries runs end to end on the smallest network, on Node and in a browser; what it
// measures depends on the machine and isn't judged here. `npm ci --prefix bench` installs the libraries.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { servePage } from '../bench/page/serve.mjs';
import type { Contestant } from '../bench/peers/contestant.js';
import { differenceOf, duel } from '../bench/peers/duel.js';
import { swapAxes, toChannelsFirst, toChannelsLast } from '../bench/peers/layout.js';
import { absence, browsers, launch, programOf } from './browser/browsers.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const missing = ['onnxruntime-web', '@tensorflow/tfjs-backend-wasm', 'vega']
  .map((name) => join('bench/node_modules', name))
  .filter((folder) => !existsSync(join(root, folder)));
const peersReason = missing.length > 0 ? `${missing.join(', ')} missing: npm ci --prefix bench` : undefined;
const isCI = Boolean(process.env.CI);

function contestant(...outputs: number[]): Contestant {
  return { run: () => outputs, result: async () => new Float32Array(outputs), threads: 1, dispose() {} };
}

test('layouts change there and back', () => {
  const image = Float32Array.from({ length: 12 }, (_, index) => index);
  const first = toChannelsFirst(image, [1, 2, 3, 2]);
  expect([...first]).toEqual([0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11]);
  expect(toChannelsLast(first, [1, 2, 2, 3])).toEqual(image);
  expect([...swapAxes(new Float32Array([1, 2, 3, 4, 5, 6]), 2, 3)]).toEqual([1, 4, 2, 5, 3, 6]);
});

test('a difference is a part of the greatest output, and not a number where one is not finite', () => {
  expect(differenceOf(new Float32Array([1, -7]), new Float32Array([1, -8]))).toBe(1 / 8);
  expect(differenceOf(new Float32Array([Number.NaN, 1]), new Float32Array([0, 1]))).toBeNaN();
  expect(() => differenceOf(new Float32Array(1), new Float32Array(2))).toThrow('1 outputs, but the peer has 2');
});

test('libraries whose outputs differ are not measured', async () => {
  const effort = { rounds: 1, turn: 1 };
  await expect(duel(contestant(1, 2), contestant(1, 2.01), effort)).rejects.toThrow('the outputs differ by 5.0e-3');
  await expect(duel(contestant(1, Number.NaN), contestant(1, 2), effort)).rejects.toThrow('differ');
  const { ratio, difference } = await duel(contestant(1, 2), contestant(1, 2), effort);
  expect(difference).toBe(0);
  expect(ratio).toBeGreaterThan(0);
});

describe('with the libraries', () => {
  test('one network is compared, printed and written', ({ skip }) => {
    if (peersReason && !isCI) skip(peersReason);
    const folder = mkdtempSync(join(tmpdir(), 'quadlane-peers-'));
    try {
      const command = ['bench/peers.mjs', '--networks', 'lenet5', '--threads', '1', '--quick', '--output', folder];
      const printed = execFileSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
      const page = readFileSync(join(folder, 'peers.md'), 'utf8');
      const chart = readFileSync(join(folder, 'peers.svg'), 'utf8');
      for (const peer of ['onnxruntime-web', 'tfjs-wasm']) {
        expect(printed).toMatch(
          new RegExp(`^(~ )?lenet5 +quadlane [\\d.]+ \\w+ +${peer} [\\d.]+ \\w+ +[\\d.]+ x$`, 'm'),
        );
        expect(chart).toContain(peer);
      }
      expect(page).toMatch(/^\| (~ )?lenet5 \| [\d.]+ [mu]s( \| [\d.]+ [mu]s \| [\d.]+ x){2} \| \de-\d \|$/m);
      expect(page).toMatch(/^\| lenet5( \| [\d.]+ m?s, [\d.]+ [mu]?s, -?\d+ MB){3} \|$/m);
      expect(page).not.toContain('Failed');
      expect(chart).toMatch(/^<svg/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  const chromium = browsers.find(({ kind }) => kind === 'chrome')!;
  test('the page compares one network in a browser', async ({ skip }) => {
    const reason = peersReason ?? (programOf(chromium) ? undefined : absence(chromium));
    if (reason && !isCI) skip(reason);
    const server = await servePage();
    const browser = await launch(chromium);
    try {
      const page = await browser.newPage();
      await page.goto(`${server.origin}/`);
      await page.waitForSelector('#networks input');
      await page.evaluate(() => {
        for (const input of document.querySelectorAll<HTMLInputElement>('#networks input')) {
          input.checked = input.value === 'lenet5';
        }
      });
      await page.click('button');
      await page.waitForFunction(() => document.querySelector('#status')!.textContent === 'Done.');
      const cells = await page.$$eval('#rows td', (all) => all.map(({ textContent }) => textContent));
      expect(cells.join(' ')).toMatch(/^lenet5 [\d.]+ [mu]s( [\d.]+ [mu]s [\d.]+ x){2}$/);
    } finally {
      await browser.close();
      await server.stop();
    }
  });
});
