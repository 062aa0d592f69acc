// npm run test:runtimes: the smoke suite on the built package in every runtime that can be had on this machine.

import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { modelFile, smokeInputs } from './inputs.mjs';
import { install, programOf } from './installed.mjs';
import { reportHosts } from './report.mjs';
import { startWorker } from './workerd.mjs';

const execute = promisify(execFile);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'quadlane-runtimes-'));
const inputs = join(folder, 'inputs.json');
writeFileSync(inputs, JSON.stringify(smokeInputs()));
const trouble = install();

const denoFlags = ['run', '--allow-read', '--no-prompt', '--no-remote', '--no-npm'];

try {
  await reportHosts([
    { host: 'Node', run: () => runHost(process.execPath, [], 'node') },
    ...['Node 22', 'Node 24', 'Node 26', 'Bun'].map((host) => ({ host, run: () => installed(host, [], 'node') })),
    { host: 'Deno', run: () => installed('Deno', denoFlags, 'node') },
    { host: 'edge-light on Node', run: () => runHost(process.execPath, [], 'edge-light', 'wasm') },
    { host: 'workerd', run: runWorkerd },
  ]);
} finally {
  rmSync(folder, { recursive: true });
}

async function installed(host, flags, bundle) {
  const program = programOf(host);
  return program ? runHost(program, flags, bundle) : { skipped: reason() };
}

function reason() {
  return trouble ?? `not built for ${process.platform} ${process.arch}`;
}

async function runHost(program, flags, bundle, ...wasm) {
  const version = await versionOf(program);
  const { stdout } = await execute(program, [...flags, here('host.mjs'), bundle, inputs, ...wasm], {
    timeout: 120_000,
  });
  return { version, result: JSON.parse(stdout.trim().split('\n').at(-1)) };
}

async function versionOf(program) {
  const { stdout } = await execute(program, ['--version']);
  return stdout.match(/\d[\d.]*\S*/)?.[0] ?? '';
}

async function runWorkerd() {
  const program = programOf('workerd');
  if (!program) return { skipped: reason() };
  const scripts = readdirSync(here('../../dist/workerd')).filter((name) => name.endsWith('.js'));
  const worker = await startWorker(program, {
    'worker.mjs': here('worker.mjs'),
    'smoke.mjs': here('smoke.mjs'),
    'inputs.json': inputs,
    'model.onnx': modelFile,
    ...Object.fromEntries(scripts.map((name) => [`dist/workerd/${name}`, here(`../../dist/workerd/${name}`)])),
    'dist/quadlane.strict.wasm': here('../../dist/quadlane.strict.wasm'),
    'dist/quadlane.relaxed.wasm': here('../../dist/quadlane.relaxed.wasm'),
  });
  try {
    const response = await fetch(worker.url);
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return { version: await versionOf(program), result: JSON.parse(text) };
  } finally {
    await worker.stop();
  }
}
