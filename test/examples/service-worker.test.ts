// The page whose service worker reads digits, while its server is there and when it is gone.

import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serve } from '../../examples/browser/serve.mjs';
import { mounts } from '../../examples/service-worker/serve.mjs';
import { absence, browsers, launch, programOf } from '../browser/browsers.mjs';
import { digits } from './digits.js';

const expected = [...digits].sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ predicted }) => String(predicted));

describe.each(browsers)('service worker in $name', (description) => {
  const found = programOf(description);

  test('a browser to try it in is installed', ({ skip }) => {
    if (!found && !process.env.CI) skip(absence(description));
    expect(found).toBeDefined();
  });

  describe.runIf(found)('of a page', () => {
    let server: Awaited<ReturnType<typeof serve>>;
    let browser: Browser;
    let page: Page;

    const status = () => page.$eval('#status', ({ textContent }) => textContent);
    const answers = () => page.$$eval('figcaption', (captions) => captions.map(({ textContent }) => textContent));

    beforeAll(async () => {
      server = await serve(await mounts());
      browser = await launch(description);
      page = await browser.newPage();
      await page.goto(`${server.origin}/`);
    }, 60_000);
    afterAll(async () => {
      await browser?.close();
      await server?.stop();
    });

    test('reads forty digits', async () => {
      await expect.poll(status, { timeout: 30_000 }).toMatch(/read 40 digits/);
      expect(await answers()).toEqual(expected);
    });

    test('goes on without the server', async () => {
      await server.stop();
      await page.reload();
      await expect.poll(status, { timeout: 30_000 }).toMatch(/read 40 digits/);
      expect(await answers()).toEqual(expected);
    });
  });
});
