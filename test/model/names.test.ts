// Names in files are anybody's: escapes of terminals, line ends and endless texts in them reach no message and no table.

import { describe, expect, it } from 'vitest';
import { QuadlaneError } from '../../src/errors.js';
import { loadModel, tensor } from '../../src/index.js';
import { printable } from '../../src/printable.js';
import { onnxFile } from '../formats/onnx-file.js';

const evil = 'a\x1b[31m\x9b2J\r\nb\u202ec';
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const withoutLines = (text: string) => text.replaceAll('\n', '');

const file = (node: { op?: string; name?: string }) =>
  onnxFile({
    inputs: [{ name: evil, shape: [1, 2] }],
    outputs: ['y'],
    nodes: [{ op: 'Neg', inputs: [evil], outputs: ['y'], name: evil, ...node }],
  });

async function messageOf(call: () => unknown): Promise<string> {
  const error = await Promise.resolve()
    .then(call)
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(QuadlaneError);
  return (error as QuadlaneError).message;
}

describe('a message', () => {
  it.each([
    ['\x1b', '\\x1b'],
    ['\n', '\\x0a'],
    ['\x9b', '\\x9b'],
    ['\u202e', '\\u{202e}'],
    ['\u2028', '\\u{2028}'],
    ['\ud800', '\\u{d800}'],
    ['\u{e0041}', '\\u{e0041}'],
    ['äöü, 日本, \\x1b', 'äöü, 日本, \\x1b'],
  ])('shows %j as %s', (name, shown) => {
    expect(new QuadlaneError('FORMAT', `tensor "${name}"`).message).toBe(`tensor "${shown}"`);
  });

  it('keeps the lines that it lists, and no others', () => {
    const { message } = new QuadlaneError('FORMAT', 'these:', { lines: ['  "a\nb"', '  c'] });
    expect(message).toBe('these:\n  "a\\x0ab"\n  c');
    expect(
      new QuadlaneError('FORMAT', 'these:', { lines: ['  a'] }).at('n', 'conv', []).message.split('\n'),
    ).toHaveLength(2);
  });

  it('cuts names at 200 characters, and says to the end what to do', () => {
    const long = 'x'.repeat(1e6);
    const { message } = new QuadlaneError('FORMAT', `tensor "${long}" is damaged; get the file again`);
    expect(message).toBe(`tensor "${'x'.repeat(200)}..." is damaged; get the file again`);
    const bare = new QuadlaneError('FORMAT', `${long} is damaged; get the file again`).message;
    expect(bare.length).toBeLessThan(5000);
    expect(bare).toMatch(/; get the file again$/);
  });
});

it('names in errors of run() and loadModel() are escaped', async () => {
  using model = await loadModel(file({}));
  const messages = [
    await messageOf(() => model.run({})),
    await messageOf(() => model.run({ other: tensor([1]) })),
    await messageOf(() => loadModel(file({ op: evil }))),
    await messageOf(() => loadModel(file({ op: 'Conv' }))),
  ];
  for (const message of messages) {
    expect(message).toContain('\\x1b[31m\\x9b2J\\x0d\\x0ab\\u{202e}c');
    expect(withoutLines(message)).not.toMatch(unprintable);
  }
});

it('names in summaries and profiles are escaped and cut', async () => {
  using model = await loadModel(file({ name: evil + 'x'.repeat(1e5) }));
  const profile = await model.profile(Object.fromEntries([[evil, tensor([[1, 2]])]]), { rounds: 1 });
  for (const text of [model.summary(), String(profile)]) {
    expect(text).toContain(printable(evil));
    expect(withoutLines(text)).not.toMatch(unprintable);
    expect(text.length).toBeLessThan(10_000);
  }
});

it('a name of 20 MB makes a short message', async () => {
  const name = 'n'.repeat(20e6);
  const given = onnxFile({
    inputs: [{ name: 'x', shape: [1] }],
    outputs: ['y'],
    nodes: [{ op: 'Nope', name, inputs: ['x'], outputs: ['y'] }],
  });
  expect((await messageOf(() => loadModel(given))).length).toBeLessThan(1000);
});
