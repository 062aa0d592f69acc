// The arrows of the design, read from the imports of src/: a file imports only from its own layer and from those below.

import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../src', import.meta.url));

const values = [
  'tensor',
  'half',
  'shape',
  'windowOptions',
  'options',
  'hostTypes',
  'inspection',
  'errors',
  'printable',
  'builtIn',
  'utf8',
  'work',
  'layouts.generated',
];
const networks = ['graph', 'ops', ...values];
const models = ['model', 'plan', 'runtime', 'platform', 'formats', ...networks];

/** What each layer may import from besides itself. */
const arrows: Record<string, readonly string[]> = {
  errors: ['printable'],
  printable: [],
  hostTypes: [],
  builtIn: [],
  utf8: ['builtIn'],
  inspection: [],
  options: ['errors', 'printable'],
  windowOptions: ['options', 'errors', 'printable'],
  'layouts.generated': [],
  shape: ['errors', 'printable'],
  half: [],
  work: ['errors'],
  tensor: ['half', 'shape', 'inspection', 'errors', 'printable'],
  ops: values,
  graph: ['ops', ...values],
  plan: networks,
  runtime: values,
  platform: ['runtime', 'builtIn', 'errors', 'printable'],
  formats: networks,
  model: models,
  above: models,
  layers: models,
  zoo: ['layers', ...models],
  index: ['above', ...models],
  cli: ['index', 'above', 'formats', 'printable'],
};

const operatorBase = ['operator', 'lowering'];

/** The same for the rooms of src/ops: every family builds on what all share, and few on another family. */
const operatorArrows: Record<string, readonly string[]> = {
  operator: [],
  lowering: ['operator'],
  control: operatorBase,
  convolution: operatorBase,
  elementwise: operatorBase,
  indexing: operatorBase,
  layout: operatorBase,
  matmul: operatorBase,
  normalization: operatorBase,
  optimizer: operatorBase,
  pooling: operatorBase,
  quantized: ['convolution', 'matmul', 'pooling', ...operatorBase],
  recurrent: operatorBase,
  reduction: operatorBase,
  vision: operatorBase,
};

/** Layers of the files right in src/ and of the folders that aren't named as their layer. */
const layerByName: Record<string, string> = {
  eager: 'above',
  onnx: 'above',
  quantize: 'above',
  vision: 'above',
  decode: 'above',
  train: 'above',
};

function layerOf(file: string): string {
  const name = file.split('/')[0]!.replace(/\.ts$/, '');
  const layer = layerByName[name] ?? name;
  if (!(layer in arrows)) throw new Error(`src/${file} belongs to no layer: give it one in this test`);
  return layer;
}

const files = (readdirSync(root, { recursive: true }) as string[])
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));

/** Files of src/ that a file imports, types and lazy imports included. */
function importsOf(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(`${root}/${file}`, 'utf8'));
  return importedFiles.flatMap(({ fileName }) => {
    if (fileName === '#platform') return ['platform/platform.ts'];
    if (!/^\..*\.js$/.test(fileName)) return [];
    return [posix.join(posix.dirname(file), fileName).replace(/\.js$/, '.ts')];
  });
}

const imports = new Map(files.map((file) => [file, importsOf(file)]));

describe('layers of src/', () => {
  test('every import lies in the same layer or in one below', () => {
    const wrong = [...imports].flatMap(([file, imported]) =>
      imported
        .filter((other) => layerOf(other) !== layerOf(file) && !arrows[layerOf(file)]!.includes(layerOf(other)))
        .map((other) => `${file} (${layerOf(file)}) imports ${other} (${layerOf(other)})`),
    );
    expect(wrong).toEqual([]);
  });

  test('families of operators build on what all share, few on another', () => {
    const roomOf = (file: string) => {
      const [, room, name] = file.split('/');
      return name === undefined ? 'operator' : room!;
    };
    // The lists of all operators stand above the families.
    const inOps = (file: string) => file.startsWith('ops/') && !/^ops\/(common|operators|training)\.ts$/.test(file);
    const wrong = [...imports]
      .filter(([file]) => inOps(file))
      .flatMap(([file, imported]) =>
        imported
          .filter((other) => other.startsWith('ops/') && roomOf(other) !== roomOf(file))
          .filter((other) => !operatorArrows[roomOf(file)]?.includes(roomOf(other)))
          .map((other) => `${file} imports ${other}`),
      );
    expect(wrong).toEqual([]);
    expect(
      Object.keys(operatorArrows).filter(
        (room) => ![...imports.keys()].some((file) => inOps(file) && roomOf(file) === room),
      ),
    ).toEqual([]);
  });

  test('an ONNX importer or exporter uses those of no other family', () => {
    const isFamily = (file: string) => /^formats\/onnx\/(im|ex)porters\//.test(file);
    const wrong = [...imports]
      .filter(([file]) => isFamily(file))
      .flatMap(([file, imported]) => imported.filter(isFamily).map((other) => `${file} imports ${other}`));
    expect(wrong).toEqual([]);
  });

  test('every imported file is there', () => {
    const missing = [...imports].flatMap(([file, imported]) =>
      imported.filter((other) => !imports.has(other)).map((other) => `${file} imports ${other}`),
    );
    expect(missing).toEqual([]);
  });

  test('no files import each other in a circle', () => {
    expect(circlesIn(imports).map((circle) => circle.join(' -> '))).toEqual([]);
  });

  test('only platform/ and cli/ name modules of Node', () => {
    const naming = files.filter((file) => /from 'node:|import\('node:/.test(readFileSync(`${root}/${file}`, 'utf8')));
    expect(naming.filter((file) => !/^(platform|cli)\//.test(file))).toEqual([]);
  });
});

/** The circle that each back edge of a depth-first walk closes. */
function circlesIn(edges: Map<string, string[]>): string[][] {
  const circles: string[][] = [];
  const finished = new Set<string>();
  const path: string[] = [];
  const walk = (file: string): void => {
    if (path.includes(file)) {
      circles.push([...path.slice(path.indexOf(file)), file]);
      return;
    }
    if (finished.has(file)) return;
    path.push(file);
    for (const other of edges.get(file) ?? []) walk(other);
    path.pop();
    finished.add(file);
  };
  for (const file of edges.keys()) walk(file);
  return circles;
}
