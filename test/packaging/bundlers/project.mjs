// A project with the packed package installed, and pages of it in a browser.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isolation, serve } from '../../../examples/browser/serve.mjs';
import { modelFile, smokeInputs } from '../../runtimes/inputs.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const programs = fileURLToPath(new URL('./programs/', import.meta.url));

/** Milliseconds that a page may take. */
const PATIENCE = 30_000;

/** Packs the package and installs it into a folder of its own. */
export function newProject() {
  const folder = mkdtempSync(join(tmpdir(), 'quadlane-bundlers-'));
  const installed = join(folder, 'package');
  mkdirSync(installed, { recursive: true });
  const packing = ['pack', '--json', '--pack-destination', folder];
  const [{ filename }] = JSON.parse(execFileSync('npm', packing, { cwd: root, encoding: 'utf8' }));
  execFileSync('tar', ['-xzf', join(folder, filename), '--strip-components=1', '-C', installed]);
  const inputs = join(folder, 'inputs.json');
  writeFileSync(inputs, JSON.stringify(smokeInputs()));
  let count = 0;
  return {
    folder,
    installed,
    inputs,
    tarball: join(folder, filename),
    /** A new folder in it with the programs. */
    room() {
      const room = join(folder, `room-${count++}`);
      cpSync(programs, room, { recursive: true });
      cpSync(installed, join(room, 'node_modules/quadlane'), { recursive: true });
      writeFileSync(join(room, 'package.json'), JSON.stringify({ name: 'room', type: 'module', private: true }));
      return room;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** What programs fetch, by path. */
export function answers({ inputs, installed }) {
  return {
    '/inputs.json': pathToFileURL(inputs),
    '/models/lenet5-mnist.onnx': modelFile,
    '/binaries/': pathToFileURL(join(installed, 'dist/')),
    '/binaries/only/quadlane.thread.js': (_, response) => response.writeHead(404).end(),
    '/binaries/only/': pathToFileURL(join(installed, 'dist/')),
  };
}

/** The same as a middleware. */
export function answering(project) {
  return (request, response, next) => {
    const file = answers(project)[request.url.split('?')[0]];
    if (file) response.end(readFileSync(file));
    else next();
  };
}

/**
 * Opens what a bundler made, under the strictest policy and isolated, and resolves to the program's outcome.
 * @param {Map<string, Buffer>} [loaded] takes what the page asked for, by path
 */
export async function outcomeOf(browser, project, room, page, policy = true, loaded = undefined) {
  const html = page.endsWith('.html');
  const kind = page === 'classic.js' ? '' : 'type="module" ';
  const shell = `<!doctype html><link rel="icon" href="data:," /><script ${kind}src="/${page}"></script>`;
  const mounts = {
    ...answers(project),
    '/': pathToFileURL(join(room, 'out/')),
    ...(!html && { '/shell': (_, response) => response.setHeader('content-type', 'text/html').end(shell) }),
  };
  // Parcel's pages have an import map inside, which the policy forbids.
  const headers = policy
    ? isolation
    : { ...isolation, 'content-security-policy': "default-src * 'unsafe-inline' 'wasm-unsafe-eval'" };
  const server = await serve(mounts, 0, headers);
  try {
    const asked = new Set();
    const outcome = await outcomeAt(browser, `${server.origin}/${html ? page : 'shell'}`, asked);
    if (loaded) {
      for (const address of asked) {
        const response = await fetch(address);
        loaded.set(new URL(address).pathname, Buffer.from(await response.arrayBuffer()));
      }
    }
    return outcome;
  } finally {
    await server.stop();
  }
}

/**
 * Opens a page and waits for what its program leaves in `outcome`.
 * @param {Set<string>} [asked] takes the addresses that the page asked its server for
 */
export async function outcomeAt(browser, address, asked = undefined) {
  const tab = await browser.newPage();
  tab.on('request', (request) => {
    if (request.url().startsWith('http')) asked?.add(request.url());
  });
  let broken;
  tab.on('pageerror', (error) => {
    broken = { error: error.message };
  });
  try {
    await tab.goto(address);
    for (const end = Date.now() + PATIENCE; Date.now() < end; ) {
      const outcome = (await tab.evaluate(() => globalThis.outcome)) ?? broken;
      if (outcome) return outcome;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`no outcome after ${PATIENCE} ms`);
  } finally {
    await tab.close();
  }
}
