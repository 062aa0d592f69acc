import { expect, test } from 'vitest';
import { platform } from '../../src/platform/edge-light.js';
import { serve } from './server.js';

test('edge-light: binaries must be passed, and the error says how', async () => {
  const expected = { code: 'HOST', message: expect.stringContaining('quadlane/strict.wasm?module') };
  await expect(platform.compile('strict')).rejects.toMatchObject(expected);
  expect(() => platform.compileSync('strict')).toThrow(expect.objectContaining(expected));
});

test.each(['model.onnx', './model.onnx', 'file:///model.onnx'])('edge-light: %s is a HOST error', async (source) => {
  await expect(platform.read(source, {})).rejects.toMatchObject({ code: 'HOST' });
});

test('edge-light: addresses are fetched', async () => {
  await using server = await serve((_, response) => response.end('abc'));
  expect(await platform.read(server.origin, {})).toEqual(new TextEncoder().encode('abc'));
});
