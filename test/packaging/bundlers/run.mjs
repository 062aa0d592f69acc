// npm run test:bundlers [-- name ...]: programs with the packed package, built by each bundler that has the word in its name
// (all by default) and opened in Chromium, each under a strict content security policy and isolated from other origins.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { absence, programOf as browserAt, browsers, launch } from '../../browser/browsers.mjs';
import { modelFile } from '../../runtimes/inputs.mjs';
import { programOf } from '../../runtimes/installed.mjs';
import { finish, installTools, runChecks, skipped } from '../suite.mjs';
import { bundlers, serveWithVite } from './bundlers.mjs';
import { answering, newProject, outcomeAt, outcomeOf } from './project.mjs';
import { measure, most, tableOf } from './sizes.mjs';

const execute = promisify(execFile);
const [chromium] = browsers;

/** Bundlers that carry binaries and the script of threads along. */
const carrying = ['webpack', 'Rspack', 'Parcel', 'Vite 8', 'Vite 7'];
// Parcel's workers find no script that is imported later.
const inWorkers = ['webpack', 'Rspack', "Vite 8, worker: { format: 'es' }", "Vite 7, worker: { format: 'es' }"];
const others = ['esbuild', 'Rollup', 'bun build'];

const right = { right: 40, of: 40, shown: 'Tensor' };

/** What pages of each bundler loaded. */
const sizes = new Map();

let project;
let browser;

/** @type {[name: string, run: () => Promise<void>][]} */
const checks = [
  ...Object.keys(most).map((name) => [`${name}: sizes`, sized(name)]),
  ...carrying.flatMap((name) => [
    [`${name}: two threads`, built(name, 'page.mjs', { ...right, threads: 2 })],
    [`${name}: quadlane/inline`, built(name, 'inline.mjs', { ...right, threads: 1 })],
  ]),
  ...inWorkers.map((name) => [`${name}: in a worker`, built(name, 'worker.mjs', { ...right, threads: 2 })]),
  ...carrying.map((name) => [
    `${name}: quadlane/inline in a worker`,
    built(name, 'inline-worker.mjs', { ...right, threads: 1 }),
  ]),
  ...others.flatMap((name) => [
    [`${name}: quadlane/inline`, built(name, 'inline.mjs', { ...right, threads: 1 })],
    [`${name}: wasmUrl`, built(name, 'folder.mjs', { ...right, threads: 2, reason: undefined })],
    [
      `${name}: wasmUrl of a folder without the script of threads`,
      built(name, 'lonely.mjs', {
        ...right,
        threads: 1,
        reason: /quadlane\.thread\.js isn't there.*worker-src.*wasmUrl/,
      }),
    ],
    [`${name}: what to do without either`, refused(name, /didn't carry the file along.*"quadlane\/inline".*wasmUrl/)],
  ]),
  ...[
    ['quadlane/inline', 'inline.mjs', 1],
    ['wasmUrl', 'folder.mjs', 2],
  ].map(([name, entry, threads]) => [
    `esbuild, one classic script: ${name}`,
    built('esbuild, one classic script', entry, { ...right, threads }),
  ]),
  ['bun build --compile: quadlane/inline', compiled],
  ['Vite 8: preview', () => withVite('vite', 'preview', 'page.mjs', right)],
  ['Vite 8: development', () => withVite('vite', 'dev', 'page.mjs', right)],
  ['Vite 8: development, in a worker', () => withVite('vite', 'dev', 'worker.mjs', right)],
  ['Vite 8: development, quadlane/inline', () => withVite('vite', 'dev', 'inline.mjs', right)],
  ['Vite 7: preview', () => withVite('vite7', 'preview', 'page.mjs', right)],
  ['Vite 7: development', () => withVite('vite7', 'dev', 'page.mjs', right, { exclude: ['quadlane'] })],
  ['Vite 7: development, quadlane/inline', () => withVite('vite7', 'dev', 'inline.mjs', right)],
  ['Vite 7: development, what to do without the setting', () => withVite('vite7', 'dev', 'page.mjs', /optimizeDeps/)],
];

function built(bundler, entry, expected) {
  return async () => {
    const room = project.room();
    const page = await bundlers[bundler](room, entry);
    expect(await outcomeOf(browser, project, room, page, bundler !== 'Parcel'), expected);
  };
}

function sized(bundler) {
  return async () => {
    const { row, faults } = await measure(bundler, browser, project);
    sizes.set(bundler, row);
    if (faults.length > 0) throw new Error(faults.join('; '));
  };
}

function refused(bundler, message) {
  return built(bundler, 'page.mjs', message);
}

async function withVite(name, kind, entry, expected, optimizeDeps = {}) {
  const room = project.room();
  if (kind === 'preview') await bundlers[name === 'vite' ? 'Vite 8' : 'Vite 7'](room, entry);
  const server = await serveWithVite(name, kind, room, entry, answering(project), optimizeDeps);
  try {
    expect(await outcomeAt(browser, server.origin), expected);
  } finally {
    await server.stop();
  }
}

async function compiled() {
  const room = project.room();
  const outfile = join(room, 'command');
  await execute(programOf('Bun'), ['build', '--compile', 'command.mjs', '--outfile', outfile], { cwd: room });
  const { stdout } = await execute(outfile, [fileURLToPath(modelFile), project.inputs], { cwd: '/' });
  const [digit, read] = stdout.trim().split(' ');
  if (digit !== read) throw new Error(`read ${read} for ${digit}`);
}

/** @throws Error unless the outcome has what is expected, or its error matches it */
function expect({ result, error }, expected) {
  if (expected instanceof RegExp) {
    if (!expected.test(error ?? '')) throw new Error(`${error ?? JSON.stringify(result)} instead of ${expected}`);
  } else if (error || Object.entries(expected).some(([name, value]) => !agrees(result[name], value))) {
    throw new Error(`${error ?? JSON.stringify(result)} instead of ${JSON.stringify(expected)}`);
  }
}

function agrees(value, expected) {
  return expected instanceof RegExp ? expected.test(value) : value === expected;
}

installTools(fileURLToPath(new URL('.', import.meta.url)));
if (!browserAt(chromium)) finish(skipped(absence(chromium)));
project = newProject();
browser = await launch(chromium);
let counts;
try {
  counts = await runChecks(checks);
  if (sizes.size > 0) console.log(tableOf(sizes));
} finally {
  await browser.close();
  project.remove();
}
finish(counts);
