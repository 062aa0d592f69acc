// Values as people see them: in consoles, as JSON, and by the names of their classes, after a program's own minifier too.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { programOf } from '../runtimes/installed.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'quadlane-values-'));
const script = join(folder, 'program.mjs');

const program = `
import { loadModel, tensor, Tensor, QuadlaneError } from 'quadlane/inline';
import { input, Network, sequential, Value, dense } from 'quadlane/inline/layers';
import { augmentation, createTrainer, losses, nearestNeighbours, optimizers, Classification, Random } from 'quadlane/inline/train';

const show = (title, ...values) => {
  console.log('== ' + title);
  console.log(...values);
};
const network = sequential([input([4]), dense({ units: 2 })]);
const model = await loadModel('${root}examples/models/lenet5-mnist.onnx');
const image = tensor(new Float32Array(784), [1, 1, 28, 28]);
const trainer = await createTrainer(network, { loss: losses.crossEntropy(), optimizer: optimizers.adam() });
show('tensor', tensor([1, 2, 3]));
show('tensors', { logits: tensor(new Float32Array(1000), [1, 1000]) });
show('model', model);
show('trainer', trainer);
show('network', network);
show('inputs', model.inputs);
show('error', new QuadlaneError('INPUT', 'it does not fit', { node: 'conv1' }));
show('stack', new QuadlaneError('INPUT', 'it does not fit').stack.split('\\n')[0]);
const classes = [model, trainer, network, image, input([1]), new Random(1), augmentation({ shift: 1 }), await model.profile({ image }), nearestNeighbours(tensor([[1], [2]]), [0, 1], { k: 1 })];
show('classes', classes.map((value) => value.constructor.name).join());
show('classes themselves', [Tensor, QuadlaneError, Network, Value, Classification].map(({ name }) => name).join());
const json = (value) => JSON.stringify(value);
show('json', json({
  inputs: model.inputs, outputs: model.outputs, network, trainer,
  image: tensor([[1.5, 2]]), long: tensor(BigInt64Array.of(1n, 2n ** 60n)), error: new QuadlaneError('INPUT', 'no', { node: 'conv1' }),
}));
model.dispose();
trainer.dispose();
show('disposed', model, trainer);
`;

type Shown = Record<string, string>;

/** What the program prints, by title. */
function shownOn(command: string, args: readonly string[] = []): Shown {
  const { status, stdout, stderr } = spawnSync(command, [...args, script], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  if (status !== 0) throw new Error(stderr.match(/^\w*Error.*$/m)?.[0] ?? stderr.slice(-500));
  const parts = stdout.split('== ').slice(1);
  return Object.fromEntries(parts.map((part) => [part.split('\n')[0], part.slice(part.indexOf('\n') + 1).trim()]));
}

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: root },
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
    logLevel: 'error',
  });
  writeFileSync(script, outputFiles[0]!.contents);
});
afterAll(() => rmSync(folder, { recursive: true }));

const hosts = [
  ['Node', process.execPath, []],
  ['Node 26', programOf('Node 26'), []],
  ['Bun', programOf('Bun'), ['run']],
  ['Deno', programOf('Deno'), ['run', '--allow-all', '--no-remote']],
] as const;

describe.each(hosts.filter(([, command]) => command))('minified by the program too, on %s', (host, command, args) => {
  let shown: Shown;
  beforeAll(() => {
    shown = shownOn(command!, args);
  });

  test('consoles name tensors and cut them short', () => {
    expect(shown.tensor).toMatch(/^Tensor \{\s+dtype: ['"]float32['"],\s+shape: \[ 3 \],\s+data: Float32Array/);
    expect(shown.tensors!.length).toBeLessThan(2000);
    expect(shown.tensors).toContain('Tensor');
  });

  test('consoles show what models, trainers and networks are, not what they hold', () => {
    expect(shown.model).toMatch(/^Model \{[\s\S]*image[\s\S]*logits[\s\S]*variant[\s\S]*memory/);
    expect(shown.trainer).toMatch(/^Trainer \{[\s\S]*stepsDone: 0/);
    expect(shown.network).toMatch(/^Network \{[\s\S]*layers[\s\S]*parameterCount: 10/);
    for (const name of ['model', 'trainer', 'network', 'inputs']) expect(shown[name]!.length).toBeLessThan(1500);
    expect(shown.disposed).toMatch(/^Model \{[\s\S]*disposed: true[\s\S]*Trainer \{[\s\S]*disposed: true/);
  });

  test('errors begin with their name and show their code and node', () => {
    // Bun shows where in the source an error was made.
    expect(shown.error).toContain('QuadlaneError: it does not fit');
    expect(shown.error).toMatch(/code: ['"]INPUT['"]/);
    expect(shown.error).not.toContain('undefined');
    if (host !== 'Bun') expect(shown.stack).toBe('QuadlaneError: it does not fit');
  });

  test('classes keep their names', () => {
    expect(shown.classes).toBe('Model,Trainer,Network,Tensor,Value,Random,Augmentation,Profile,NearestNeighbours');
    expect(shown['classes themselves']).toBe('Tensor,QuadlaneError,Network,Value,Classification');
  });

  test('JSON is short, and numbers in it are those of the tensors', () => {
    const { inputs, outputs, network, trainer, image, long, error } = JSON.parse(shown.json!);
    expect(shown.json!.length).toBeLessThan(1500);
    expect(inputs).toEqual({ image: { dtype: 'float32', shape: ['batch', 1, 28, 28] } });
    expect(outputs).toEqual({ logits: { dtype: 'float32', shape: ['batch', 10] } });
    expect(network).toMatchObject({ parameterCount: 10 });
    expect(trainer).toMatchObject({ stepsDone: 0, info: { threads: 1 } });
    expect(image).toEqual({ dtype: 'float32', shape: [1, 2], data: [1.5, 2] });
    expect(long.data).toEqual([1, String(2n ** 60n)]);
    expect(error).toEqual({ name: 'QuadlaneError', code: 'INPUT', message: 'no', node: 'conv1' });
  });
});
