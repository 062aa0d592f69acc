// The server of examples/servers in Node, Bun and Deno, and the functions of examples/lambda and examples/edge.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { programOf } from '../../runtimes/installed.mjs';
import { checkServer } from './digits.mjs';
import { startServer } from './processes.mjs';

/** By name: what starts the server in its folder, and where it tells its port. */
const hosts = {
  Node: { args: ['node.mjs'], ready: /http:\/\/localhost:(\d+)/ },
  Bun: { args: ['app.mjs'], ready: /http:\/\/localhost:(\d+)/ },
  Deno: { args: ['serve', '--allow-read', '--no-remote', '--port', '0', 'app.mjs'], ready: /:(\d+)\// },
};

/** Names of hosts, those of test/runtimes among them. */
export const serving = ['Node', 'Node 22', 'Node 24', 'Node 26', 'Bun', 'Deno'];

/** The server of digits answers on a host. */
export async function serves(project, host) {
  const { args, ready } = hosts[host.split(' ')[0]];
  const program = host === 'Node' ? process.execPath : programOf(host);
  if (!program) throw new Error(`${host} isn't installed`);
  const cwd = join(project.folder, 'examples/servers');
  const server = await startServer(program, args, { cwd, env: { PORT: '0', NO_COLOR: '1' }, ready });
  try {
    await checkServer((request) => fetch(server.origin, request));
  } finally {
    await server.stop();
  }
}

/** The handler of examples/lambda answers events of both payloads as every server of digits, one that it got as text aside. */
export async function answersEvents(project) {
  const folder = join(project.folder, 'examples/lambda');
  const { handler } = await import(pathToFileURL(join(folder, 'handler.mjs')).href);
  for (const file of ['event.json', 'event-v1.json']) {
    const event = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    const { digit } = JSON.parse((await handler(event)).body);
    if (digit !== 7) throw new Error(`${file}: ${digit} instead of 7`);
    await checkServer(async ({ method, body }) => {
      // API Gateway itself refuses what is beyond 10 MB, Lambda what is beyond 6.
      if (body?.byteLength > 1_000_000) return Response.json({ error: 'too large' }, { status: 413 });
      const sent = body === undefined ? null : Buffer.from(body).toString('base64');
      const answer = await handler(withMethod({ ...event, body: sent }, method));
      if (answer.isBase64Encoded !== false) throw new Error('the body is said to be base64');
      return new Response(answer.body, { status: answer.statusCode, headers: answer.headers });
    });
  }
}

function withMethod(event, method) {
  if (event.httpMethod) return { ...event, httpMethod: method };
  const { requestContext } = event;
  return { ...event, requestContext: { ...requestContext, http: { ...requestContext.http, method } } };
}

/** The function of examples/edge answers in Vercel's runtime. */
export async function answersAtTheEdge(project) {
  const [{ build }, { EdgeVM }] = await Promise.all([
    import('esbuild'),
    import(pathToFileURL(join(project.folder, 'node_modules/@edge-runtime/vm/dist/index.js')).href),
  ]);
  const folder = join(project.folder, 'examples/edge');
  // A deployment gives assets addresses of its own.
  const assets = createServer((request, response) => {
    response.end(readFileSync(join(project.folder, request.url)));
  });
  await new Promise((resolve) => assets.listen(0, '127.0.0.1', resolve));
  try {
    const origin = `http://127.0.0.1:${assets.address().port}`;
    const binaries = [];
    const { outputFiles } = await build({
      entryPoints: [join(folder, 'digit.js')],
      bundle: true,
      write: false,
      format: 'iife',
      globalName: 'edgeFunction',
      conditions: ['edge-light'],
      define: { 'import.meta.url': JSON.stringify(`${origin}/${relative(project.folder, join(folder, 'digit.js'))}`) },
      plugins: [modulesOutside(binaries)],
    });
    // The deployment compiles binaries, and hands modules of another realm over.
    const modules = binaries.map((file) => new WebAssembly.Module(readFileSync(file)));
    const vm = new EdgeVM({ extend: (context) => Object.assign(context, { modules }) });
    // As in the real one, no code is made at run time.
    const forbid = `{
      const refuse = () => { throw new WebAssembly.CompileError('Wasm code generation disallowed by embedder'); };
      WebAssembly.compile = refuse;
      WebAssembly.Module = new Proxy(WebAssembly.Module, { construct: refuse });
    }`;
    vm.evaluate(forbid);
    vm.evaluate(`${outputFiles[0].text}; globalThis.handler = edgeFunction.default`);
    await checkServer(async ({ method, body }) => {
      vm.context.sent = body === undefined ? undefined : Uint8Array.from(Buffer.from(body));
      vm.context.method = method;
      return vm.evaluate(`handler(new Request('https://digits.example/api/digit', { method, body: sent }))`);
    });
  } finally {
    assets.close();
  }
}

/** Modules of WebAssembly as the deployment has them: by their place in a list. */
function modulesOutside(binaries) {
  return {
    name: 'modules of WebAssembly',
    setup(bundler) {
      bundler.onResolve({ filter: /\.wasm\?module$/ }, async ({ path, resolveDir, kind }) => {
        const { path: file } = await bundler.resolve(path.replace('?module', ''), { resolveDir, kind });
        return { path: file, namespace: 'module' };
      });
      bundler.onLoad({ filter: /./, namespace: 'module' }, ({ path }) => {
        return { contents: `export default modules[${binaries.push(path) - 1}]` };
      });
    },
  };
}
