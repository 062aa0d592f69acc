// What callers' own functions throw passes as it is; what hosts and callers' values make the host throw becomes a
// QuadlaneError.

import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel, loadModelSync, ready } from '../../src/index.js';
import { onnxFile } from '../formats/onnx-file.js';

const place = new URL('../fixtures/cases/dropout-after-conv/model.onnx', import.meta.url);
const file = readFileSync(place);
const own = new TypeError('mine');
const fail = () => {
  throw own;
};
const external = onnxFile({
  inputs: [{ name: 'x', shape: [1] }],
  outputs: ['y'],
  nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }],
  initializers: [{ name: 'w', dims: [1], dataType: 1, external: { location: 'w.bin' } }],
});

let server: Server;
let address: string;
beforeAll(async () => {
  await ready();
  server = createServer((_, response) => response.end(file)).listen(0);
  await new Promise((resolve) => server.once('listening', resolve));
  address = `http://localhost:${(server.address() as AddressInfo).port}/model.onnx`;
});
afterAll(() => server.close());

describe('the error of a callback passes', () => {
  it.each([
    ['onProgress, of a file', () => loadModel(place, { onProgress: fail })],
    ['onProgress, of an address', () => loadModel(address, { onProgress: fail })],
    ['externalData', () => loadModel(external, { externalData: fail })],
    ['externalData, at once', async () => loadModelSync(external, { externalData: fail })],
  ])('%s', async (_, call) => {
    await expect(call()).rejects.toBe(own);
  });
});

describe('is an ARGUMENT error', () => {
  const used = async () => {
    const response = new Response(file);
    await response.arrayBuffer();
    return loadModel(response);
  };
  it.each<[what: string, call: () => Promise<unknown>, message: RegExp]>([
    ['a response that was read', used, /the Response that loadModel\(\) was given can't be read .* only once/],
    ['a holder without a buffer', () => loadModel({ arrayBuffer: async () => 1 as never }), /gives no ArrayBuffer/],
    ['an address that is none', () => loadModel('file://%zz'), /can't be read/],
    ['externalData that is no function', () => loadModel(external, { externalData: 1 as never }), /must be a function/],
    ['onProgress that is no function', () => loadModel(place, { onProgress: {} as never }), /must be a function/],
    [
      'externalData without bytes',
      () => loadModel(external, { externalData: () => 'w' as never }),
      /must return the bytes/,
    ],
    [
      'externalData that promises them',
      () => loadModel(external, { externalData: (async () => new Uint8Array(4)) as never }),
      /must return the bytes of "w.bin" at once/,
    ],
  ])('%s', async (_, call, message) => {
    await expect(call()).rejects.toThrow(
      expect.objectContaining({ name: 'QuadlaneError', code: 'ARGUMENT', message: expect.stringMatching(message) }),
    );
  });

  it('and a buffer that was transferred is an empty file', async () => {
    const { buffer } = new Uint8Array(file);
    structuredClone(buffer, { transfer: [buffer] });
    await expect(loadModel(buffer)).rejects.toThrow(expect.objectContaining({ code: 'FORMAT' }));
  });
});
