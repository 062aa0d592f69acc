// npm run bench:engines -- [family ...] [--only names] [--quick]
// Measures the same layers on every engine that can be had on this machine, one engine after the other.
// families: gemm, pointwise, conv, depthwise (all unless some are named)
// --only   these engines, separated by commas: Node 20 (or the Node that runs this), Node 22, Node 24, Node 26, Bun,
//          Chromium, Firefox
// --quick  fewer and shorter rounds

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { build } from 'esbuild';
import { isolation } from '../examples/browser/serve.mjs';
import { absence, programOf as browserProgram, browsers, resultOfPage } from '../test/browser/browsers.mjs';
import { install, programOf } from '../test/runtimes/installed.mjs';

/** Milliseconds that one engine may take. */
const PATIENCE = 1_800_000;

const families = ['gemm', 'pointwise', 'conv', 'depthwise'];
const own = `Node ${process.versions.node.split('.')[0]}`;
const engines = {
  [own]: () => inTerminal(process.execPath),
  ...Object.fromEntries(
    ['Node 22', 'Node 24', 'Node 26', 'Bun']
      .filter((name) => name !== own)
      .map((name) => [name, () => installed(name)]),
  ),
  ...Object.fromEntries(browsers.map((browser) => [browser.name, () => inBrowser(browser)])),
};

const execute = promisify(execFile);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { names, task } = readOptions();

await bundle('terminal', 'node');
await bundle('page', 'browser');
await bundle('table', 'node');
const { printEngines } = await import('./dist/engines-table.mjs');

const trouble = install();
const measured = [];
for (const name of names) {
  const { skipped, version, result } = await engines[name]();
  console.log(skipped ? `${name} skipped: ${skipped}` : `${name} ${version} measured`);
  if (result) measured.push({ name, version, result });
}
printEngines(measured);

function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        only: { type: 'string', default: Object.keys(engines).join(',') },
        quick: { type: 'boolean', default: false },
      },
    });
    const names = values.only.split(',').map((name) => name.trim());
    const unknown = names.filter((name) => !(name in engines));
    if (unknown.length > 0) throw new Error(`there is no engine ${unknown.join(', ')}`);
    const strangers = positionals.filter((name) => !families.includes(name));
    if (strangers.length > 0) throw new Error(`there is no family ${strangers.join(', ')}`);
    const wanted = positionals.length > 0 ? positionals : families;
    return { names, task: JSON.stringify({ families: wanted, quick: values.quick }) };
  } catch (error) {
    console.error(`${error.message}\nnpm run bench:engines -- --help  tells what there is`);
    process.exit(2);
  }
}

async function bundle(name, platform) {
  await build({
    entryPoints: { [`engines-${name}`]: here(`engines/${name}.ts`) },
    outdir: here('dist'),
    outExtension: { '.js': '.mjs' },
    // The address of the binaries relative to bench/dist/ is the one relative to src/platform/.
    alias: { '#platform': here(`../src/platform/${platform}.ts`) },
    loader: { '.txt': 'text' },
    platform,
    format: 'esm',
    target: 'es2022',
    bundle: true,
    logLevel: 'warning',
  });
}

async function inTerminal(program) {
  const { stdout: version } = await execute(program, ['--version']);
  const { stdout } = await execute(program, [here('dist/engines-terminal.mjs'), task], { timeout: PATIENCE });
  return { version: version.trim().replace('v', ''), result: JSON.parse(stdout) };
}

async function installed(name) {
  const program = programOf(name);
  return program ? inTerminal(program) : { skipped: trouble ?? `not built for ${process.platform} ${process.arch}` };
}

async function inBrowser(description) {
  if (!browserProgram(description)) return { skipped: absence(description) };
  const mounts = {
    '/page.mjs': new URL('dist/engines-page.mjs', import.meta.url),
    '/quadlane/': new URL('../dist/', import.meta.url),
  };
  const search = encodeURIComponent(task);
  return resultOfPage(description, mounts, { script: 'page.mjs', search, headers: isolation, patience: PATIENCE });
}
