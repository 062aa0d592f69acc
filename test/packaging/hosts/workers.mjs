// The examples of Cloudflare Workers in wrangler: its development server, and what it would deploy.

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { programOf } from '../../runtimes/installed.mjs';
import { checkServer } from './digits.mjs';
import { startServer } from './processes.mjs';

const execute = promisify(execFile);

/** It asks nothing of the network and tells nobody what it does. */
const env = {
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  CI: 'true',
};

/** What wrangler's command line begins with, in the folder of `project`; it wants a newer Node than the oldest of quadlane. */
function wrangler(project) {
  return [programOf('Node 24') ?? process.execPath, join(project.folder, 'node_modules/wrangler/bin/wrangler.js')];
}

/** Ends when the last server has: two that look for a free port at the same time find the same one. */
let last = Promise.resolve();

/** Runs `use` with the development server of an example. @throws Error where it printed a warning or an error too */
function withServer(project, example, use) {
  const next = last.then(() => runServer(project, example, use));
  last = next.catch(() => {});
  return next;
}

async function runServer(project, example, use) {
  const [program, script] = wrangler(project);
  const server = await startServer(
    program,
    [script, 'dev', '--ip', '127.0.0.1', '--port', '0', '--inspector-port', '0'],
    {
      cwd: join(project.folder, 'examples', example),
      env,
      ready: /Ready on http:\/\/127\.0\.0\.1:(\d+)/,
    },
  );
  try {
    await use((request) => fetch(server.origin, request));
  } finally {
    await server.stop();
  }
  if (/warning|error/i.test(server.printed())) throw new Error(server.printed());
}

/** The digits' worker answers as every server of digits. */
export const readsDigits = (project) => withServer(project, 'worker', checkServer);

/** The shapes' worker tells its own pictures, refuses others, and goes on after them. */
export function tellsShapes(project) {
  const pictures = join(project.folder, 'examples/worker-jpeg/pictures');
  const star = readFileSync(join(pictures, 'star.jpg'));
  // Four bytes before the height and width of the frame are its marker and length.
  const huge = Buffer.from(star);
  const frame = star.findIndex((byte, at) => byte === 0xff && /^(192|194)$/.test(star[at + 1]));
  huge.fill(0xff, frame + 5, frame + 9);
  const refused = {
    'a GET': [{ method: 'GET' }, 405],
    'no picture': [{ method: 'POST', body: 'hello' }, 400],
    'an empty body': [{ method: 'POST', body: '' }, 400],
    'a file that is cut': [{ method: 'POST', body: star.subarray(0, -100) }, 400],
    // With its end in place: the decoder gives up, and the next picture needs another one.
    'a file without its tables': [
      { method: 'POST', body: Buffer.concat([star.subarray(0, 2), star.subarray(frame)]) },
      400,
    ],
    'a picture of 65535 x 65535': [{ method: 'POST', body: huge }, 413],
    'too large a body': [{ method: 'POST', body: new Uint8Array(1_000_001) }, 413],
  };
  return withServer(project, 'worker-jpeg', async (ask) => {
    const tell = async () => {
      for (const file of readdirSync(pictures)) {
        const response = await ask({ method: 'POST', body: readFileSync(join(pictures, file)) });
        const { shape, error } = await response.json();
        if (`${shape}.jpg` !== file) throw new Error(`${file}: ${shape ?? error}`);
      }
    };
    await tell();
    for (const [what, [request, status]] of Object.entries(refused)) {
      const response = await ask(request);
      if (response.status !== status) throw new Error(`${response.status} for ${what}: ${await response.text()}`);
    }
    await tell();
  });
}

/** @throws Error where what wrangler would deploy of an example has more than `most` bytes, gzipped */
export async function fits(project, example, most) {
  const [program, script] = wrangler(project);
  const cwd = join(project.folder, 'examples', example);
  const args = [script, 'deploy', '--dry-run', '--outdir', 'out'];
  const { stdout, stderr } = await execute(program, args, { cwd, env: { ...process.env, ...env } });
  if (/warning|error/i.test(stdout + stderr)) throw new Error(stdout + stderr);
  const out = join(cwd, 'out');
  const files = readdirSync(out).filter((file) => !/\.map$|^README/.test(file) && statSync(join(out, file)).isFile());
  const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(join(out, file)), { level: 9 }).byteLength, 0);
  console.log(`     ${example}: ${(bytes / 1000).toFixed(0)} KB gzipped in ${files.join(', ')}`);
  if (bytes > most) throw new Error(`${bytes} bytes, more than ${most}`);
}
