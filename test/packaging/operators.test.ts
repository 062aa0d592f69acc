// Every operator is complete: a reference, cases, a call on tensors, an importer, an exporter, a gradient and a place in
// README's table; or a written reason why it lacks one. `npm run docs` writes the table.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { exporters } from '../../src/formats/onnx/exporters.js';
import { importers } from '../../src/formats/onnx/importers.js';
import { controls } from '../../src/graph/control/index.js';
import { definitions } from '../../src/graph/definitions/index.js';
import type { Operators } from '../../src/ops/operator.js';
import { operators } from '../../src/ops/operators.js';
import { training } from '../../src/ops/training.js';

const families = [
  'convolution',
  'matmul',
  'pooling',
  'elementwise',
  'normalization',
  'reduction',
  'layout',
  'indexing',
  'vision',
  'quantized',
  'recurrent',
  'control',
  'optimizer',
];

/** References that have another name than their operator, where its file has neither. */
const references: Readonly<Record<string, string>> = {
  activationGradient: 'slopes',
  argMax: 'extremePlace',
  argMin: 'extremePlace',
  batchNormTraining: 'batchNorm',
  convInteger: 'requantize',
  cumSum: 'cumulativeSums',
  logSoftmaxGradient: 'softmaxGradient',
  matmulInteger: 'requantize',
  softmaxCrossEntropyGradient: 'crossEntropy',
  topK: 'sortedPlaces',
};

const moves = 'moves elements only: its cases say where to';
const byPyTorch = 'the steps of PyTorch are its reference and its cases: test/train/golden/optimizers.ts';

const withoutReference: Readonly<Record<string, string>> = {
  adamStep: byPyTorch,
  rmspropStep: byPyTorch,
  sgdStep: byPyTorch,
  cast: 'its cases are the bounds of the types',
  centerCropPad: moves,
  constantOfShape: 'it repeats one value',
  depthToSpace: moves,
  dropout: 'it gives its input',
  expand: moves,
  fakeQuantize: 'its cases are quantize and dequantize in turn',
  flatten: moves,
  gather: moves,
  gatherGradient: 'its cases add up in place what they gather',
  hardmax: 'its cases put together those of argMax and oneHot',
  identity: 'it gives its input',
  lookUp: 'it gives entries of its table',
  logical: 'its cases are the whole table of truth',
  range: 'its cases are the numbers that it counts',
  reshape: moves,
  resizeGradient: 'its cases turn the reference of resize around',
  shape: 'it gives the shape itself',
  size: 'it gives the number of elements',
  sliceGradient: moves,
  spaceToDepth: moves,
  split: moves,
  squeeze: moves,
  tile: moves,
  unsqueeze: moves,
  where: 'its cases write both choices out',
};

const withoutCases: Readonly<Record<string, string>> = {
  adamStep: byPyTorch,
  rmspropStep: byPyTorch,
  sgdStep: byPyTorch,
};

const byPass = 'a pass of the compiler writes it';

const withoutImporter: Readonly<Record<string, string>> = {
  dynamicAffine: 'formats/onnx/scales.ts writes it for several importers',
  integerAveragePool: byPass,
  fakeQuantize: 'ONNX writes it as QuantizeLinear and DequantizeLinear',
  lookUp: byPass,
  quantizedBinary: byPass,
  scaleSums: byPass,
  scaleShift: byPass,
};

const withoutExporter: Readonly<Record<string, string>> = {
  identity: 'the writer gives its result the name of its input',
  integerAveragePool: byPass,
  lookUp: byPass,
  quantizedBinary: byPass,
  scaleSums: byPass,
  transpose: 'the writer keeps account of the order of axes',
};

const root = fileURLToPath(new URL('../../', import.meta.url));

const filesOf = (folder: string): string[] =>
  (readdirSync(root + folder, { recursive: true }) as string[]).filter((file) => file.endsWith('.ts'));

/** The sources below a folder, as one text. */
const textOf = (folder: string): string =>
  filesOf(folder)
    .map((file) => readFileSync(`${root}${folder}/${file}`, 'utf8'))
    .join('\n');

/** Names that a list of operators imports from files whose path begins so. */
function imported(list: string, from: string): string[] {
  const imports = readFileSync(`${root}src/ops/${list}`, 'utf8').matchAll(/import \{([^}]*)\} from '(.*)';/g);
  return [...imports].filter(([, , path]) => path.startsWith(from)).flatMap(([, names]) => names.match(/\w+/g)!);
}

const hasList = (family: string) => filesOf(`src/ops/${family}`).includes('index.ts');
/** The operators of a family: of inference, and those that only training needs. */
const namesOf = (family: string) => ({
  inference: hasList(family) ? imported(`${family}/index.ts`, './') : [],
  training: imported('training.ts', `./${family}/`),
});

/** All but what is computed between the stretches of a program, which has neither kernel, call nor gradient. */
const everything: Operators = Object.fromEntries(
  Object.entries({ ...operators, ...training }).filter(([name]) => !(name in controls)),
);
const listed = families.map((family) => ({ family, ...namesOf(family) }));

/** Whether `text` exports `name`. */
const exports = (text: string, name: string) => new RegExp(`export (function|const) ${name}\\b`).test(text);
/** Whether `text` imports the operator `name`. */
const imports = (text: string, name: string) =>
  new RegExp(`import \\{[^}]*\\b${name}\\b[^}]*\\} from '\\.\\./ops/`).test(text);
/** Whether `text` names the operator `name`: as a string, or as a member of a list of operators. */
const uses = (text: string, name: string) => new RegExp(`'${name}'|operators\\.${name}\\b`).test(text);

it('the families list every operator once', () => {
  const names = listed.flatMap(({ inference, training }) => [...inference, ...training]);
  expect(names.sort()).toEqual(Object.keys(everything).sort());
});

describe.each(listed.filter(({ inference, training }) => inference.length + training.length > 0))(
  '$family',
  ({ family, inference, training }) => {
    const all = [...inference, ...training];
    const lacking = (names: string[], reasons: Readonly<Record<string, string>>, has: (name: string) => boolean) =>
      names.filter((name) => !has(name) && !reasons[name]);

    it('each has a reference', () => {
      const folder = `test/reference/${family}`;
      const isThere = family !== 'optimizer';
      const text = isThere ? textOf(folder) : '';
      const files = isThere ? filesOf(folder) : [];
      const has = (name: string) => files.includes(`${name}.ts`) || exports(text, references[name] ?? name);
      expect(lacking(all, withoutReference, has)).toEqual([]);
    });

    it('each has cases', () => {
      const text = family === 'optimizer' ? '' : textOf(`test/ops/${family}`);
      expect(lacking(all, withoutCases, (name) => uses(text, name))).toEqual([]);
    });

    it('each is called on tensors, but those of training', () => {
      const text = textOf('src/eager');
      expect(lacking(inference, {}, (name) => imports(text, name))).toEqual([]);
    });

    it('each comes from ONNX and goes there, but those of training', () => {
      const text = textOf('src/formats/onnx/importers');
      expect(lacking(inference, withoutImporter, (name) => uses(text, name))).toEqual([]);
      expect(lacking(inference, withoutExporter, (name) => name in exporters)).toEqual([]);
    });

    it('each has a gradient or says why not, or is composed of others; gradients have none themselves', () => {
      const has = (name: string) =>
        Boolean(everything[name].gradient || everything[name].compose || everything[name].unroll);
      expect(lacking(inference, {}, has)).toEqual([]);
    });
  },
);

it('every reason is needed: its operator is there', () => {
  const reasons = [references, withoutReference, withoutCases, withoutImporter, withoutExporter];
  expect(reasons.flatMap((list) => Object.keys(list)).filter((name) => !(name in everything))).toEqual([]);
});

/** Those that others define have no family among the operators with kernels. */
const defined = { family: 'defined', inference: Object.keys(definitions).sort(), training: [] };

/** README's table: a row a family. */
async function table(): Promise<string> {
  const quoted = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');
  const rows = await Promise.all(
    [...listed, defined].map(async ({ family, inference, training }) => {
      const files = filesOf('src/formats/onnx/importers').filter((file) => file.startsWith(family));
      const lists = files.sort().map(async (file) => {
        const module = await import(/* @vite-ignore */ `../../src/formats/onnx/importers/${file}`);
        return Object.keys(module[file.slice(0, -'.ts'.length)]);
      });
      const onnx = (await Promise.all(lists)).flat();
      return `| ${[family, quoted(inference), quoted(onnx), quoted(training)].join(' | ')} |`.replace(/ {2,}/g, ' ');
    }),
  );
  return ['| family | operators | in ONNX | only in training |', '|---|---|---|---|', ...rows].join('\n');
}

it("README's table of operators is up to date", async () => {
  const path = `${root}README.md`;
  const readme = readFileSync(path, 'utf8');
  const [before, rest] = readme.split('<!-- operators, written by npm run docs -->\n');
  const [, after] = rest.split('<!-- end of operators -->\n');
  const written = await table();
  for (const name of importers.keys()) expect(written).toContain(`\`${name}\``);
  await expect(
    `${before}<!-- operators, written by npm run docs -->\n${written}\n<!-- end of operators -->\n${after}`,
  ).toMatchFileSnapshot(path);
});
