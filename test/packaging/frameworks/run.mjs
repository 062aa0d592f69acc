// npm run test:frameworks [-- name ...]: pages with the packed package, built by the frameworks that have the word in their names
// (all by default), and opened in Chromium. Each page reads a digit in Node when it is built, and forty in the browser.

import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { isolation, serve } from '../../../examples/browser/serve.mjs';
import { absence, programOf as browserAt, browsers, launch } from '../../browser/browsers.mjs';
import { modelFile } from '../../runtimes/inputs.mjs';
import { install as installRuntimes, programOf } from '../../runtimes/installed.mjs';
import { newProject, outcomeAt } from '../bundlers/project.mjs';

const execute = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));
const wanted = process.argv.slice(2);
const [chromium] = browsers;

/** How many are built at a time. */
const AT_ONCE = 2;

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

let [passed, failed] = [0, 0];

/** Puts the frameworks, and the package that was packed, where programs in `project` find them. */
function installInto(project) {
  const modules = join(project.folder, 'node_modules');
  mkdirSync(modules);
  const all = `${here}node_modules/.`;
  try {
    execFileSync('cp', ['-al', all, modules], { stdio: 'ignore' });
  } catch {
    // Another file system has no links to this one's files.
    execFileSync('cp', ['-a', all, modules]);
  }
  cpSync(project.installed, join(modules, 'quadlane'), { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(here, file), join(project.folder, file));
}

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

async function checkAll(project, browser) {
  const pending = Object.keys(frameworks).filter((name) => wanted.every((word) => name.includes(word)));
  const worker = async () => {
    for (let name = pending.shift(); name; name = pending.shift()) {
      const start = performance.now();
      try {
        await check(name, project, browser);
        passed++;
        console.log(
          `ok   ${name}: in Node, and two threads in a page (${((performance.now() - start) / 1000).toFixed(1)} s)`,
        );
      } catch (error) {
        failed++;
        const said = [error.stack, error.stdout, error.stderr].filter(Boolean).join('\n');
        console.log(`FAIL ${name}: ${said.slice(0, 4000)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

if (!existsSync(join(here, 'node_modules'))) {
  execFileSync('npm', ['ci', '--prefix', here, '--no-audit', '--no-fund'], { stdio: ['ignore', 'inherit', 'inherit'] });
}
const trouble = installRuntimes();
if (trouble) console.log(trouble);
if (!browserAt(chromium)) {
  failed = process.env.CI ? 1 : 0;
  console.log(`${process.env.CI ? 'FAIL missing' : 'skipped'}: ${absence(chromium)}`);
} else {
  const project = newProject();
  installInto(project);
  const browser = await launch(chromium);
  try {
    await checkAll(project, browser);
  } finally {
    await browser.close();
    project.remove();
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
