// The browser's way to binaries, on a stand-in for its fetch; test/browser runs it in real ones.

import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { missingBinary } from '../../src/platform/browser-advice.js';
import type { Platform } from '../../src/platform/platform.js';

const binary = readFileSync(new URL('../../dist/quadlane.strict.wasm', import.meta.url));
const streaming = vi.spyOn(WebAssembly, 'compileStreaming');
let platform: Platform;

beforeEach(async () => {
  vi.resetModules();
  ({ platform } = await import('../../src/platform/browser.js'));
  streaming.mockClear();
});
afterEach(() => vi.unstubAllGlobals());

function answer(body: BodyInit | null, init?: ResponseInit) {
  const fetching = vi.fn(async (_url: URL) => new Response(body, init));
  vi.stubGlobal('fetch', fetching);
  return fetching;
}

describe('browser: binaries', () => {
  test('are fetched from beside the bundle and compiled as they stream', async () => {
    const fetching = answer(binary, { headers: { 'content-type': 'application/wasm' } });
    const modules = await Promise.all([platform.compile('strict'), platform.compile('strict')]);
    expect(modules[0]).toBeInstanceOf(WebAssembly.Module);
    expect(modules[1]).toBe(modules[0]);
    expect(fetching).toHaveBeenCalledOnce();
    expect(fetching.mock.calls[0]![0].href).toMatch(/\/src\/quadlane\.strict\.wasm$/);
    expect(streaming).toHaveBeenCalledOnce();
  });

  test('compile from a server that sends another media type', async () => {
    answer(binary, { headers: { 'content-type': 'application/octet-stream' } });
    expect(await platform.compile('strict')).toBeInstanceOf(WebAssembly.Module);
    expect(streaming).not.toHaveBeenCalled();
  });

  test.each([
    ['a missing file', null, { status: 404 }, /answered 404/],
    ['a page instead of the file', '<!doctype html>', { status: 200 }, /quadlane\.strict\.wasm can't be loaded/],
  ])('%s is a HOST error that says what to do', async (_, body, init, message) => {
    answer(body, init);
    const compiling = platform.compile('strict');
    await expect(compiling).rejects.toMatchObject({ code: 'HOST', message: expect.stringMatching(message) });
    await expect(compiling).rejects.toThrow('pass it as { wasm }');
  });

  test('are fetched from the folder that wasmUrl names', async () => {
    const fetching = answer(binary);
    expect(await platform.compile('strict', '/assets/')).toBeInstanceOf(WebAssembly.Module);
    expect(String(fetching.mock.calls[0]![0])).toBe('/assets/quadlane.strict.wasm');
    const rewrite = vi.fn((bytes: Uint8Array) => new Uint8Array(bytes));
    expect(await platform.compileAs!('relaxed', rewrite, 'https://example.org/')).toBeInstanceOf(WebAssembly.Module);
    expect(rewrite).toHaveBeenCalledExactlyOnceWith(new Uint8Array(binary));
    expect(String(fetching.mock.calls[1]![0])).toBe('https://example.org/quadlane.relaxed.wasm');
  });

  const place = 'https://example.org/assets/app.js';
  test.each([
    [
      'a bundler that carries no files',
      'https://example.org/quadlane.strict.wasm',
      place,
      /esbuild.*"quadlane\/inline".*wasmUrl/,
    ],
    ['a script that is no module', undefined, undefined, /esbuild.*"quadlane\/inline".*wasmUrl/],
    ['a wrong folder', 'https://example.org/elsewhere/quadlane.strict.wasm', place, /is the folder the right one\?/],
    [
      "the package's own files",
      'https://example.org/q/dist/quadlane.strict.wasm',
      'https://example.org/q/dist/browser/core-a.js',
      /serve the package's whole folder dist\//,
    ],
    [
      "the package's own modules",
      'https://example.org/q/dist/quadlane.strict.wasm',
      'https://example.org/q/dist/modules/running.js',
      /serve the package's whole folder dist\//,
    ],
    [
      "Vite's development server",
      'http://localhost/node_modules/.vite/quadlane.strict.wasm',
      'http://localhost/node_modules/.vite/deps/quadlane.js?v=1',
      /optimizeDeps: \{ exclude: \["quadlane"\] \}/,
    ],
  ])('the advice fits %s', (_, url, script, expected) => {
    const { code, message } = missingBinary('strict', url, script, new Error('the server answered 404'));
    expect(code).toBe('HOST');
    expect(message).toMatch(expected);
    expect(message).toContain('pass it as { wasm }');
  });

  test('a content security policy is named where it is to blame', () => {
    const cause = new Error("Refused to compile WebAssembly module because 'unsafe-eval' is not an allowed source");
    expect(missingBinary('strict', 'https://a.org/q.wasm', place, cause).message).toContain("'wasm-unsafe-eval'");
  });

  test('a failure is forgotten', async () => {
    answer(null, { status: 503 });
    await expect(platform.compile('strict')).rejects.toMatchObject({ code: 'HOST' });
    answer(binary);
    expect(await platform.compile('strict')).toBeInstanceOf(WebAssembly.Module);
  });

  test('are there at once only after they were compiled', async () => {
    expect(() => platform.compileSync('strict')).toThrow('await ready()');
    answer(binary);
    const module = await platform.compile('strict');
    expect(platform.compileSync('strict')).toBe(module);
  });
});

describe('browser: a page of a test runner, in a process of Node', () => {
  const folder = new URL('../../dist/', import.meta.url).href;

  test.each([
    ['without fetch, as jsdom', undefined],
    ['with a fetch that takes no files', () => Promise.reject(new TypeError('no files'))],
  ])('%s, reads files', async (_, fetching) => {
    vi.stubGlobal('fetch', fetching);
    expect(await platform.compile('strict', folder)).toBeInstanceOf(WebAssembly.Module);
    const seen = vi.fn((bytes: Uint8Array) => Uint8Array.from(bytes));
    expect(await platform.compileAs!('strict', seen, folder)).toBeInstanceOf(WebAssembly.Module);
    expect(Buffer.from(seen.mock.calls[0]![0]).equals(binary)).toBe(true);
    expect(Buffer.from(await platform.read(`${folder}quadlane.strict.wasm`, {})).equals(binary)).toBe(true);
    await expect(platform.read('nowhere.onnx', {})).rejects.toMatchObject({ code: 'ARGUMENT' });
  });

  test.each(['https://example.org/a.onnx', 'data:,a'])('%s is no file', async (address) => {
    vi.stubGlobal('fetch', undefined);
    await expect(platform.read(address, {})).rejects.toMatchObject({ code: 'HOST' });
  });

  test('what the server refuses is not looked for in files', async () => {
    answer(null, { status: 404 });
    await expect(platform.read('package.json', {})).rejects.toThrow('404');
  });
});
