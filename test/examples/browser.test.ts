import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { mounts, serve } from '../../examples/browser/serve.mjs';
import { absence, browsers, launch, programOf } from '../browser/browsers.mjs';

/** Strokes as a hand draws them on a paper of 280 x 280. */
const drawings: { digit: number; strokes: [number, number][][] }[] = [
  {
    digit: 1,
    strokes: [
      [
        [140, 50],
        [138, 140],
        [136, 230],
      ],
    ],
  },
  {
    digit: 7,
    strokes: [
      [
        [80, 70],
        [140, 68],
        [200, 66],
        [170, 140],
        [130, 230],
      ],
    ],
  },
  { digit: 0, strokes: [circle(140, 140, 60, 90)] },
];

function circle(x: number, y: number, radiusX: number, radiusY: number): [number, number][] {
  return Array.from({ length: 25 }, (_, step) => {
    const angle = (step / 24) * 2 * Math.PI - Math.PI / 2;
    return [x + radiusX * Math.cos(angle), y + radiusY * Math.sin(angle)];
  });
}

async function draw(page: Page, strokes: [number, number][][]): Promise<void> {
  const paper = (await (await page.$('#paper'))!.boundingBox())!;
  for (const [start, ...rest] of strokes) {
    await page.mouse.move(paper.x + start![0], paper.y + start![1]);
    await page.mouse.down();
    for (const [x, y] of rest) await page.mouse.move(paper.x + x, paper.y + y, { steps: 4 });
    await page.mouse.up();
  }
}

describe.each(browsers)('browser example in $name', (description) => {
  const found = programOf(description);

  test('a browser to try it in is installed', ({ skip }) => {
    if (!found && !process.env.CI) skip(absence(description));
    expect(found).toBeDefined();
  });

  describe.runIf(found)('with a mouse', () => {
    let server: Awaited<ReturnType<typeof serve>>;
    let browser: Browser;
    let page: Page;
    const troubles: string[] = [];

    beforeAll(async () => {
      server = await serve(mounts);
      browser = await launch(description);
      page = await browser.newPage();
      page.on('pageerror', (error) => troubles.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error') troubles.push(message.text());
      });
      await page.goto(`${server.origin}/`);
      await vi.waitFor(async () =>
        expect(await page.$eval('#status', ({ textContent }) => textContent)).toBe('Ready.'),
      );
    });
    afterAll(async () => {
      await browser?.close();
      await server?.stop();
    });

    test.each(drawings)('a drawn $digit is read as one', async ({ digit, strokes }) => {
      await draw(page, strokes);
      await expect.poll(() => page.$eval('#answer', (answer) => answer.textContent)).toBe(String(digit));
      expect(await page.$eval('#bars .best span', (name) => name.textContent)).toBe(String(digit));
      await page.click('#clear');
      await expect.poll(() => page.$eval('#answer', (answer) => answer.textContent)).toBe('–');
    });

    test('nothing went wrong, nor against the policy', () => expect(troubles).toEqual([]));
  });
});
