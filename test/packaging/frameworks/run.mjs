// npm run test:frameworks [-- name ...]: pages with the packed package, built by the frameworks that have the word in their names
// (all by default), and opened in Chromium. Each page reads a digit in Node when it is built, and forty in the browser.

import { execFile } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { isolation, serve } from '../../../examples/browser/serve.mjs';
import { absence, programOf as browserAt, browsers, launch } from '../../browser/browsers.mjs';
import { modelFile } from '../../runtimes/inputs.mjs';
import { programOf } from '../../runtimes/installed.mjs';
import { newProject, outcomeAt } from '../bundlers/project.mjs';
import { finish, installTools, linkTools, runChecks, skipped } from '../suite.mjs';

const execute = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));
const [chromium] = browsers;

/** Milliseconds that a build may take. */
const PATIENCE = 300_000;

/**
 * What builds each in its folder, the folder with what pages can fetch, and the one that the pages come to lie in.
 * @type {Record<string, { folder: string, command: string[], fetched: string, built: string }>}
 */
const frameworks = {
  'Next.js': { folder: 'next', command: ['next/dist/bin/next', 'build'], fetched: 'public', built: 'out' },
  SvelteKit: { folder: 'sveltekit', command: ['vite/bin/vite.js', 'build'], fetched: 'static', built: 'build' },
  Astro: { folder: 'astro', command: ['astro/bin/astro.mjs', 'build'], fetched: 'public', built: 'dist' },
};

/** They say nothing to their makers, and ask for nothing. */
const environment = { ...process.env, CI: 'true', NEXT_TELEMETRY_DISABLED: '1', ASTRO_TELEMETRY_DISABLED: '1' };

// Pages of frameworks have scripts inside.
const headers = {
  ...isolation,
  'content-security-policy': "default-src 'self' data: 'unsafe-inline' 'wasm-unsafe-eval'",
};

async function check(name, project, browser) {
  const { folder, command, fetched, built } = frameworks[name];
  const room = join(project.folder, folder);
  cpSync(join(here, folder), room, { recursive: true });
  copyFileSync(join(here, 'server.mjs'), join(room, 'server.mjs'));
  copyFileSync(join(here, '../bundlers/programs/digits.mjs'), join(room, 'digits.mjs'));
  writeFileSync(join(room, 'package.json'), JSON.stringify({ name: folder, type: 'module', private: true }));
  mkdirSync(join(room, fetched, 'models'), { recursive: true });
  copyFileSync(project.inputs, join(room, fetched, 'inputs.json'));
  copyFileSync(modelFile, join(room, fetched, 'models/lenet5-mnist.onnx'));
  const [script, ...args] = command;
  // SvelteKit and Astro want a newer Node than the oldest that quadlane runs on.
  const program = programOf('Node 24') ?? process.execPath;
  await execute(program, [join(project.folder, 'node_modules', script), ...args], {
    cwd: room,
    env: environment,
    timeout: PATIENCE,
  });
  const page = readFileSync(join(room, built, 'index.html'), 'utf8').replaceAll(/<!--.*?-->/g, '');
  if (!page.includes('read when it was built: 9')) throw new Error(`the page doesn't say what was read: ${page}`);
  const server = await serve({ '/': pathToFileURL(join(room, `${built}/`)) }, 0, headers);
  try {
    const { result, error } = await outcomeAt(browser, `${server.origin}/`);
    const isRight = result?.right === 40 && result.of === 40 && result.threads === 2;
    if (!isRight) throw new Error(error ?? JSON.stringify(result));
  } finally {
    await server.stop();
  }
}

installTools(here);
if (!browserAt(chromium)) finish(skipped(absence(chromium)));
const project = newProject();
linkTools(here, project);
const browser = await launch(chromium);
let counts;
try {
  const named = (name) => `${name}: in Node, and two threads in a page`;
  const checks = Object.keys(frameworks).map((name) => [named(name), () => check(name, project, browser)]);
  counts = await runChecks(checks);
} finally {
  await browser.close();
  project.remove();
}
finish(counts);
