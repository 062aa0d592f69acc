// The page of examples/bundlers, built by the command of each bundler as its package.json has it, and opened in Chromium.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isolation, serve } from '../../examples/browser/serve.mjs';
import { absence, programOf as browserAt, browsers, launch } from '../browser/browsers.mjs';
import { programOf } from '../runtimes/installed.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const tools = join(root, 'test/packaging/bundlers/node_modules');
const example = JSON.parse(readFileSync(join(root, 'examples/bundlers/package.json'), 'utf8'));
const tested = JSON.parse(readFileSync(join(root, 'test/packaging/bundlers/package.json'), 'utf8'));

/** How many threads read in the page that each command builds. */
const builds = {
  vite: 2,
  webpack: 2,
  rspack: 2,
  parcel: 2,
  esbuild: 1,
  'esbuild:threads': 2,
  rollup: 1,
  'rollup:threads': 2,
  bun: 1,
  'bun:threads': 2,
};
const others = ['vite:dev', 'page', 'show'];
const patience = 180_000;

const [chromium] = browsers;
const isReady = existsSync(tools) && browserAt(chromium!) && programOf('Bun');

test('every command is tried', () => {
  expect(Object.keys(example.scripts).sort()).toEqual([...Object.keys(builds), ...others].sort());
});

test('its bundlers are those that the package is tested with', () => {
  for (const [name, version] of Object.entries(tested.devDependencies)) {
    if (name !== 'vite7') expect(example.devDependencies[name], name).toBe(version);
  }
});

test('bundlers and a browser are installed', ({ skip }) => {
  const missing = browserAt(chromium!) ? 'npm run test:bundlers installs bundlers' : absence(chromium!);
  if (!isReady && !process.env.CI) skip(missing);
  expect(isReady).toBeTruthy();
});

describe.runIf(isReady)('bundlers:', () => {
  const room = mkdtempSync(join(tmpdir(), 'quadlane-example-'));
  const folder = join(room, 'examples/bundlers');
  let browser: Browser;

  beforeAll(async () => {
    for (const name of ['bundlers', 'models']) {
      const filter = (path: string) => !/bundlers\/(node_modules|out)$/.test(path);
      cpSync(join(root, 'examples', name), join(room, 'examples', name), { recursive: true, filter });
    }
    const modules = join(folder, 'node_modules');
    mkdirSync(join(modules, 'quadlane'), { recursive: true });
    for (const name of readdirSync(tools)) symlinkSync(join(tools, name), join(modules, name));
    const isPublished = (path: string) => !path.endsWith('/types') && !path.includes('.debug.');
    cpSync(join(root, 'dist'), join(modules, 'quadlane/dist'), { recursive: true, filter: isPublished });
    cpSync(join(root, 'package.json'), join(modules, 'quadlane/package.json'));
    browser = await launch(chromium!);
  }, patience);
  afterAll(async () => {
    await browser?.close();
    rmSync(room, { recursive: true });
  });

  /** As `npm run` does. */
  function run(command: string) {
    const path = [join(folder, 'node_modules/.bin'), dirname(programOf('Bun')!), process.env.PATH].join(delimiter);
    execFileSync('sh', ['-c', command], { cwd: folder, env: { ...process.env, PATH: path }, stdio: 'pipe' });
  }

  test.each(Object.entries(builds))(
    '%s',
    async (name, threads) => {
      rmSync(join(folder, 'out'), { recursive: true, force: true });
      const command: string = example.scripts[name];
      // Their commands are packages of their own, which the tests do without.
      if (/^(webpack|rspack) /.test(command)) {
        await packed(name);
        run('node page.mjs');
      } else run(command);
      const server = await serve({ '/': pathToFileURL(join(folder, 'out/')) }, 0, {
        ...isolation,
        'content-security-policy': '',
      });
      const page = await browser.newPage();
      try {
        await page.goto(`${server.origin}/`);
        const text = (selector: string) => page.$eval(selector, ({ textContent }) => textContent);
        const ready = `Ready on ${threads === 1 ? 'one thread' : '2 threads'}.`;
        await expect.poll(() => text('#status'), { timeout: 30_000 }).toBe(ready);
        const paper = (await (await page.$('canvas'))!.boundingBox())!;
        const [x, y] = [paper.x + paper.width / 2, paper.y + paper.height / 2];
        await page.mouse.move(x, y - 80);
        await page.mouse.down();
        await page.mouse.move(x - 4, y + 80, { steps: 8 });
        await page.mouse.up();
        await expect.poll(() => text('output')).toBe('1');
      } finally {
        await page.close();
        await server.stop();
      }
    },
    patience,
  );

  async function packed(name: string) {
    const { default: config } = await import(pathToFileURL(join(folder, 'webpack.config.js')).href);
    const load = createRequire(join(folder, 'package.json'));
    const pack = name === 'webpack' ? load('webpack') : load('@rspack/core').rspack;
    const stats = await new Promise<{ hasErrors(): boolean; toString(): string }>((resolve, reject) => {
      pack(config, (error: unknown, done: never) => (error ? reject(error) : resolve(done)));
    });
    if (stats.hasErrors()) throw new Error(String(stats));
  }
});
