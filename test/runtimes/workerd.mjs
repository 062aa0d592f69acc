// Cloudflare's runtime as a child process: a worker of embedded modules behind a loopback socket.

import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Kinds of modules as workerd's configuration names them, by file extension. */
const kinds = { js: 'esModule', mjs: 'esModule', json: 'json', wasm: 'wasm', onnx: 'data', safetensors: 'data' };

/**
 * Starts a worker.
 * @param {string} program path of workerd
 * @param {Record<string, string | URL>} modules files by module name, the main module first
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>} rejects with what workerd printed when it doesn't start
 */
export async function startWorker(program, modules) {
  const folder = mkdtempSync(join(tmpdir(), 'quadlane-worker-'));
  for (const [name, file] of Object.entries(modules)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    copyFileSync(file, join(folder, name));
  }
  writeFileSync(join(folder, 'config.capnp'), configuration(Object.keys(modules)));
  const child = spawn(program, ['serve', '--control-fd=3', join(folder, 'config.capnp')], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill();
    await exited;
    rmSync(folder, { recursive: true });
  };
  let printed = '';
  child.stderr.on('data', (text) => {
    printed += text;
  });
  const port = await new Promise((resolve) => {
    child.stdio[3].on('data', (line) => resolve(JSON.parse(line).port));
    child.once('error', (error) => {
      printed += error.message;
      resolve(undefined);
    });
    exited.then(() => resolve(undefined));
  });
  if (port === undefined) {
    await stop();
    throw new Error(`workerd didn't start: ${printed}`);
  }
  return { url: `http://127.0.0.1:${port}/`, stop };
}

function configuration(names) {
  const modules = names.map((name) => `(name = "${name}", ${kinds[name.split('.').pop()]} = embed "${name}")`);
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [
    ${modules.join(',\n    ')}
  ],
  compatibilityDate = "2026-01-01",
);
`;
}
