import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { platform } from '../../src/platform/node.js';
import { serve } from './server.js';

const file = fileURLToPath(import.meta.url);
const content = new Uint8Array(readFileSync(file));

describe('node: binaries', () => {
  test.each(['strict', 'relaxed'] as const)('%s is compiled once, at once or not', async (variant) => {
    if (!WebAssembly.validate(readFileSync(new URL(`../../dist/quadlane.${variant}.wasm`, import.meta.url)))) {
      await expect(platform.compile(variant)).rejects.toThrow(WebAssembly.CompileError);
      return;
    }
    const [first, second] = await Promise.all([platform.compile(variant), platform.compile(variant)]);
    expect(first).toBeInstanceOf(WebAssembly.Module);
    expect(second).toBe(first);
    expect(platform.compileSync(variant)).toBe(first);
  });
});

describe('node: binaries elsewhere', async () => {
  const dist = new URL('../../dist/', import.meta.url);
  const copy = mkdtempSync(join(tmpdir(), 'quadlane-binaries-'));
  cpSync(new URL('quadlane.strict.wasm', dist), join(copy, 'quadlane.strict.wasm'));
  const server = await serve((request, response) => {
    response.end(readFileSync(new URL(`.${request.url}`, dist)));
  });

  afterAll(async () => {
    rmSync(copy, { recursive: true });
    await server[Symbol.asyncDispose]();
  });

  /** As in a process that has no binary yet. */
  async function freshPlatform() {
    vi.resetModules();
    return (await import('../../src/platform/node.js')).platform;
  }

  test.each([
    ['a path', `${copy}/`],
    ['a file: address', `${pathToFileURL(copy)}/`],
    ['the address of a server', `${server.origin}/`],
  ])('%s', async (_, folder) => {
    const fresh = await freshPlatform();
    expect(await fresh.compile('strict', folder)).toBeInstanceOf(WebAssembly.Module);
    if (folder.startsWith('http')) return;
    expect((await freshPlatform()).compileSync('strict', folder)).toBeInstanceOf(WebAssembly.Module);
  });

  test('a folder without them is a HOST error that says what to do', async () => {
    const fresh = await freshPlatform();
    const expected = { code: 'HOST', message: expect.stringMatching(/"quadlane\/inline".*external.*wasmUrl/) };
    await expect(fresh.compile('strict', '/nowhere/')).rejects.toMatchObject(expected);
    expect(() => fresh.compileSync('strict', '/nowhere/')).toThrow(expect.objectContaining(expected));
  });
});

describe('node: reading', () => {
  test.each([
    ['a path', file],
    ['a file: string', pathToFileURL(file).href],
    ['a file: URL', pathToFileURL(file)],
  ])('%s', async (_, source) => {
    const progress: unknown[] = [];
    const bytes = await platform.read(source, { onProgress: (...step) => progress.push(step) });
    expect(bytes).toEqual(content);
    expect(progress).toEqual([[content.length, content.length]]);
  });

  test('a missing file is an ARGUMENT error that names it', async () => {
    await expect(platform.read('no/such.onnx', {})).rejects.toMatchObject({
      code: 'ARGUMENT',
      message: expect.stringContaining('no/such.onnx'),
    });
  });

  test('a data: address', async () => {
    expect(await platform.read('data:application/octet-stream;base64,AQID', {})).toEqual(new Uint8Array([1, 2, 3]));
  });

  test('an aborted signal is an ABORTED error with its reason', async () => {
    const reason = new Error('changed my mind');
    const reading = platform.read(file, { signal: AbortSignal.abort(reason) });
    await expect(reading).rejects.toMatchObject({ code: 'ABORTED', cause: reason });
  });
});

describe('node: fetching', () => {
  test('bytes with progress', async () => {
    await using server = await serve((_, response) => {
      response.writeHead(200, { 'content-length': content.length }).end(content);
    });
    const progress: [number, number?][] = [];
    const bytes = await platform.read(`${server.origin}/model.onnx`, {
      onProgress: (...step) => progress.push(step),
    });
    expect(bytes).toEqual(content);
    expect(progress.at(-1)).toEqual([content.length, content.length]);
  });

  test('progress without a known total when the server tells none', async () => {
    await using server = await serve((_, response) => {
      response.write(content);
      response.end();
    });
    const totals = new Set<number | undefined>();
    await platform.read(new URL(server.origin), { onProgress: (_, total) => totals.add(total) });
    expect([...totals]).toEqual([undefined]);
  });

  test('an error answer is an ARGUMENT error with the status', async () => {
    await using server = await serve((_, response) => response.writeHead(404).end());
    await expect(platform.read(server.origin, {})).rejects.toMatchObject({
      code: 'ARGUMENT',
      message: expect.stringContaining('404 Not Found'),
    });
  });

  test('an unreachable server is a HOST error', async () => {
    const origin = await (async () => {
      await using server = await serve(() => {});
      return server.origin;
    })();
    await expect(platform.read(origin, {})).rejects.toMatchObject({ code: 'HOST' });
  });

  test('a signal stops a download on the way', async () => {
    await using server = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 1_000_000 }).write(content);
    });
    const controller = new AbortController();
    const reading = platform.read(server.origin, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(reading).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
