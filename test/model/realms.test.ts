// Values of another realm, as those of iframes, `node:vm` and test runners, and objects without a prototype are as good as
// this realm's.

import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { beforeAll, describe, expect, it } from 'vitest';
import { abs } from '../../src/eager/index.js';
import { readSafetensors } from '../../src/formats/safetensors/index.js';
import { writeSafetensors } from '../../src/formats/safetensors/writer.js';
import { loadModel, loadModelSync, ready, type Tensor, tensor } from '../../src/index.js';
import { compileSync } from '../../src/layers/compile.js';
import { input, model, relu as reluLayer } from '../../src/layers/index.js';

const place = new URL('../fixtures/cases/dropout-after-conv/model.onnx', import.meta.url);

beforeAll(ready);

const foreign = <T>(code: string, given: object = {}): T => runInNewContext(code, given) as T;

const small = () => {
  const x = input([3], { name: 'x' });
  return compileSync(model({ inputs: x, outputs: { y: reluLayer()(x) } }));
};

describe('tensor()', () => {
  it.each([
    ['Float32Array', 'float32'],
    ['Int32Array', 'int32'],
    ['BigInt64Array', 'int64'],
    ['Int8Array', 'int8'],
    ['Uint8Array', 'uint8'],
  ])('takes a %s of another realm, over the same memory', (type, dtype) => {
    const data = foreign<Uint8Array>(`const data = new ${type}(3); data`);
    const made = tensor(data);
    expect(made.dtype).toBe(dtype);
    new Uint8Array(data.buffer)[0] = 1;
    expect(Number((made.data as Uint8Array)[0])).not.toBe(0);
  });

  it('takes nested arrays of another realm', () => {
    expect(tensor(foreign<number[][]>('[[1, 2], [3, 4]]')).shape).toEqual([2, 2]);
  });

  it.each([
    ["an element type that there isn't", () => tensor([1], [1], 'float8' as never), 'dtype must be one of'],
    ['a fraction as int64', () => tensor([1.5], [1], 'int64'), '1.5 is no int64 element'],
    ['a shape that is no list', () => tensor([1], 'abc' as never), 'the shape must be a list'],
    [
      'what only calls itself an array',
      () => tensor({ [Symbol.toStringTag]: 'Float32Array' } as never),
      'data must be',
    ],
  ])('refuses %s', (_, call, message) => {
    expect(call).toThrow(expect.objectContaining({ code: 'ARGUMENT', message: expect.stringContaining(message) }));
  });
});

describe('run() takes', () => {
  const data = Float32Array.of(-1, 2, -3);
  const x = tensor(data);

  it.each([
    ['an object without a prototype', Object.assign(Object.create(null), { x })],
    ['an object of another realm', foreign<{ x: Tensor }>('({ x })', { x })],
    [
      'a tensor of another realm',
      foreign<{ x: Tensor }>("({ x: { dtype: 'float32', shape: [3], data: Float32Array.of(-1, 2, -3) } })"),
    ],
  ])('%s', async (_, inputs) => {
    using net = small();
    // One image of three values.
    const given = Object.assign(Object.create(null), { x: { ...inputs.x, shape: [1, 3] } });
    expect([...(await net.run(given)).y.data]).toEqual([0, 2, 0]);
    expect([...net.runSync(given).y.data]).toEqual([0, 2, 0]);
  });

  it('a module namespace', async () => {
    using net = small();
    const code = 'export const x = { dtype: "float32", shape: [1, 3], data: Float32Array.of(1, -2, 3) }';
    const address = `data:text/javascript,${code}`;
    const namespace = await import(/* @vite-ignore */ address);
    expect([...(await net.run(namespace)).y.data]).toEqual([1, 0, 3]);
  });
});

it('run() refuses data whose elements are not what its dtype says', async () => {
  using net = small();
  const x = { dtype: 'float32', shape: [1, 3], data: Float64Array.of(1, 2, 3) } as never;
  await expect(net.run({ x })).rejects.toThrow(expect.objectContaining({ code: 'INPUT' }));
});

it("names of objects' own are no inputs", async () => {
  const x = input([1], { name: 'constructor' });
  using net = compileSync(model({ inputs: x, outputs: { y: reluLayer()(x) } }));
  await expect(net.run({})).rejects.toThrow('input "constructor" is missing');
});

it.each(['__proto__', 'constructor'])('an input or an output called "%s" is an own property', async (name) => {
  for (const [from, to] of [
    [name, 'y'],
    ['x', name],
  ]) {
    const x = input([1], { name: from });
    using net = compileSync(model({ inputs: x, outputs: Object.fromEntries([[to, reluLayer()(x)]]) }));
    const inputs = Object.fromEntries([[from, tensor([[5]])]]);
    for (const outputs of [await net.run(inputs), net.runSync(inputs)]) {
      expect(Object.keys(outputs)).toEqual([to]);
      expect(Object.getPrototypeOf(outputs)).toBe(Object.prototype);
      expect([...Object.values(outputs)[0].data]).toEqual([5]);
    }
    expect(Object.keys(net.inputs)).toEqual([from]);
    expect(Object.keys(net.outputs)).toEqual([to]);
  }
});

it('operators take tensors of another realm', () => {
  const x = foreign<Tensor>("({ dtype: 'float32', shape: [2], data: Float32Array.of(-1, 1) })");
  expect([...abs(x).data]).toEqual([1, 1]);
});

describe('bytes of another realm', () => {
  const copy = (type: 'ArrayBuffer' | 'Uint8Array', bytes: Uint8Array) =>
    foreign<ArrayBuffer>(`const copy = Uint8Array.from(bytes); ${type === 'ArrayBuffer' ? 'copy.buffer' : 'copy'}`, {
      bytes,
    });

  it.each(['ArrayBuffer', 'Uint8Array'] as const)('in an %s are loaded', async (type) => {
    const source = copy(type, readFileSync(place));
    expect(source).not.toBeInstanceOf(globalThis[type]);
    using one = await loadModel(source);
    using other = loadModelSync(source);
    expect(one.outputs).toEqual(other.outputs);
  });

  it('in a Uint8Array are read as weights', () => {
    const written = writeSafetensors(new Map([['w', tensor([1, 2])]]));
    expect([...readSafetensors(copy('Uint8Array', written)).get('w')!.data]).toEqual([1, 2]);
  });

  it('a URL of another realm is a place', async () => {
    const other = Object.create(null, {
      href: { value: place.href },
      protocol: { value: place.protocol },
      hostname: { value: '' },
      pathname: { value: place.pathname },
      [Symbol.toStringTag]: { value: 'URL' },
      toString: { value: () => place.href },
    });
    using net = await loadModel(other);
    expect(Object.keys(net.inputs)).toHaveLength(1);
  });
});

it('weights come in a Map of another realm', () => {
  const x = input([2], { name: 'x' });
  const net = model({ inputs: x, outputs: { y: reluLayer()(x) } });
  expect(() => net.load(foreign('new Map()'))).not.toThrow();
});
