// The training page in browsers, as a user works with it.

import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { serve } from '../../examples/browser/serve.mjs';
import { isInstalled, mounts } from '../../examples/train/serve.mjs';
import { loadModel } from '../../src/model/load.js';
import { tensor } from '../../src/tensor.js';
import { absence, browsers, launch, programOf } from '../browser/browsers.mjs';

const SEED = 5;
/** Milliseconds that an epoch may take on a machine that does much else. */
const PATIENCE = 60_000;

const once = fileURLToPath(new URL('train-once.mjs', import.meta.url));

test('the packages of the training examples are installed', ({ skip }) => {
  if (!isInstalled() && !process.env.CI) skip('npm ci --prefix examples/train-mnist installs them');
  expect(isInstalled()).toBe(true);
});

describe.each(browsers)('training page in $name', (description) => {
  const found = programOf(description);

  test('a browser to try it in is installed', ({ skip }) => {
    if (!found && !process.env.CI) skip(absence(description));
    expect(found).toBeDefined();
  });

  describe.runIf(found && isInstalled())('with a mouse', () => {
    const downloads = mkdtempSync(join(tmpdir(), 'quadlane-train-'));
    const troubles: string[] = [];
    let server: Awaited<ReturnType<typeof serve>>;
    let browser: Browser;
    let page: Page;

    const text = (selector: string) => page.$eval(selector, ({ textContent }) => textContent);
    const state = () => page.$eval('body', ({ dataset }) => dataset.state);
    const step = () => page.$eval('body', ({ dataset }) => Number(dataset.step));
    const pictures = (selector: string) =>
      page.$$eval(`${selector} canvas`, (canvases) => canvases.map((canvas) => canvas.toDataURL()));

    async function start(epochs: number): Promise<void> {
      for (const [name, value] of Object.entries({ epochs, seed: SEED })) {
        await page.$eval(
          `[name=${name}]`,
          (input, number) => {
            (input as HTMLInputElement).valueAsNumber = number;
          },
          value,
        );
      }
      await page.click('#start');
      await expect.poll(state, { timeout: PATIENCE }).toBe('running');
    }

    beforeAll(async () => {
      server = await serve(await mounts());
      browser = await launch(description, downloads);
      page = await browser.newPage();
      page.on('pageerror', (error) => troubles.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error') troubles.push(message.text());
      });
      await page.goto(`${server.origin}/`);
      await vi.waitFor(async () => expect(await state()).toBe('ready'), PATIENCE);
    }, PATIENCE);
    afterAll(async () => {
      await browser?.close();
      await server?.stop();
      rmSync(downloads, { recursive: true });
    });

    test('digits are shown as written and distorted, others when asked for', async () => {
      const shown = () => pictures('#digits');
      await expect.poll(async () => (await shown()).length).toBe(6);
      const first = await shown();
      expect(new Set(first).size).toBe(6);
      await page.click('#others');
      await expect.poll(async () => (await shown())[0]).not.toBe(first[0]);
    });

    test('a training pauses, goes on and stops', async () => {
      await start(3);
      const before = await pictures('#filters');
      expect(before).toHaveLength(6);
      await expect.poll(step, { timeout: PATIENCE }).toBeGreaterThan(20);
      await expect.poll(() => pictures('#filters')).not.toEqual(before);
      await page.click('#pause');
      await expect.poll(state).toBe('paused');
      const paused = await step();
      expect(await text('#fingerprint')).toContain(`after step ${paused}`);
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(await step()).toBe(paused);

      await page.click('#pause');
      await expect.poll(step, { timeout: PATIENCE }).toBeGreaterThan(paused);
      await page.click('#stop');
      await expect.poll(state).toBe('stopped');
      const stopped = await step();
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(await step()).toBe(stopped);
      expect(stopped).toBeLessThan(3 * 251);
    });

    test(
      'an epoch lets the loss fall and ends with the same weights as in Node, bit for bit',
      async () => {
        const node = promisify(execFile)(process.execPath, [once, String(SEED), '1']);
        await page.$eval('#loss', (output) => {
          const seen: number[] = [];
          new MutationObserver(() => seen.push(Number(output.textContent))).observe(output, { childList: true });
          Object.assign(globalThis, { seen });
        });
        await start(1);
        await expect.poll(state, { timeout: PATIENCE }).toBe('done');
        const losses = await page.evaluate(() =>
          (globalThis as unknown as { seen: number[] }).seen.filter(Number.isFinite),
        );
        expect(losses[0]).toBeGreaterThan(1.5);
        expect(losses.at(-1)).toBeLessThan(0.8);
        expect(Number.parseFloat((await text('#accuracy'))!)).toBeGreaterThan(90);
        expect(await text('#speed')).toMatch(/^[\d,]+$/);
        const counts = await page.$$eval('#confusion tbody td', (cells) =>
          cells.map((cell) => Number(cell.textContent)),
        );
        expect(counts).toHaveLength(100);
        expect(counts.reduce((sum, count) => sum + count)).toBe(1996);
        const [steps, fingerprint] = (await node).stdout.trim().split(' ');
        expect(await text('#fingerprint')).toBe(`Weights after step ${steps}: ${fingerprint!.slice(0, 16)}`);
      },
      2 * PATIENCE,
    );

    test('the trained network comes as files that say the same', async () => {
      const names = ['lenet5.onnx', 'lenet5.safetensors'];
      for (const button of await page.$$('.export')) await button.click();
      await expect.poll(() => readdirSync(downloads).sort(), { timeout: 10_000 }).toEqual(names);
      const image = tensor(
        Float32Array.from({ length: 784 }, (_, i) => (i % 7) / 7),
        [1, 28, 28, 1],
      );
      const logits: Float32Array[] = [];
      for (const name of names) {
        const model = await loadModel(readFileSync(join(downloads, name)), { deterministic: true });
        logits.push(model.runSync({ image }).output.data as Float32Array);
      }
      expect(logits[0]!.some((value) => value !== 0)).toBe(true);
      logits[0]!.forEach((value, index) => {
        expect(value).toBeCloseTo(Number(logits[1]![index]), 4);
      });
    });

    test('settings out of range start nothing', async () => {
      await page.$eval('[name=learningRate]', (input) => {
        (input as HTMLInputElement).valueAsNumber = 0;
      });
      await page.click('#start');
      expect(await page.$$eval('input:invalid', (inputs) => inputs.map(({ name }) => name))).toEqual(['learningRate']);
      expect(await state()).toBe('done');
    });

    test('nothing went wrong, nor against the policy', () => expect(troubles).toEqual([]));
  });
});
