// Servers as child processes, watched by what they print.

import { spawn } from 'node:child_process';

/** Milliseconds that a server may take to start. */
const PATIENCE = 60_000;

/**
 * Starts a server and waits for its address.
 * @param {string} program
 * @param {string[]} args
 * @param {RegExp} ready finds the port in what it prints
 * @returns {Promise<{ origin: string, printed: () => string, stop: () => Promise<void> }>}
 */
export async function startServer(program, args, { cwd, env = {}, ready }) {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: what the server starts ends with it.
    detached: true,
  });
  let printed = '';
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
    await exited;
  };
  const port = await new Promise((resolve, reject) => {
    const fail = (reason) => reject(new Error(`${args.join(' ')} ${reason}: ${printed}`));
    const timer = setTimeout(() => fail(`isn't ready after ${PATIENCE} ms`), PATIENCE);
    const watch = (text) => {
      printed += text;
      const found = ready.exec(printed);
      if (!found) return;
      clearTimeout(timer);
      resolve(found[1]);
    };
    child.stdout.on('data', watch);
    child.stderr.on('data', watch);
    child.once('error', (error) => {
      clearTimeout(timer);
      fail(error.message);
    });
    exited.then((code) => {
      clearTimeout(timer);
      fail(`ended with ${code}`);
    });
  }).catch(async (error) => {
    await stop();
    throw error;
  });
  return { origin: `http://127.0.0.1:${port}`, printed: () => printed, stop };
}
