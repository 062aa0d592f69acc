// The shipped typings, as programs of others see them: the README's examples and a program of its own compile under the
// strictest checks with the typings themselves checked, whatever libraries the program has.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { examples } from '../readme-examples.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const project = mkdtempSync(join(tmpdir(), 'quadlane-types-'));

/** What TypeScript reports for these files, as text. */
function compile(files: readonly string[], options: ts.CompilerOptions): string {
  const program = ts.createProgram({
    rootNames: files.map((file) => join(project, file)),
    options: {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noEmit: true,
      skipLibCheck: false,
      target: ts.ScriptTarget.ES2022,
      typeRoots: [join(root, 'node_modules/@types')],
      ...options,
    },
  });
  return ts.formatDiagnostics(ts.getPreEmitDiagnostics(program), {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => project,
    getNewLine: () => '\n',
  });
}

const resolutions: Readonly<Record<string, ts.CompilerOptions>> = {
  NodeNext: { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
  Bundler: { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
};

const libraries: Readonly<Record<string, ts.CompilerOptions>> = {
  "the target's own libraries": { types: [] },
  '@types/node and DOM': { types: ['node'] },
  '@types/node and no DOM': { types: ['node'], lib: ['lib.es2022.d.ts'] },
  'no host at all': { types: [], lib: ['lib.es2022.d.ts'] },
};

const settings = [
  ['NodeNext', "the target's own libraries"],
  ['NodeNext', '@types/node and no DOM'],
  ['NodeNext', 'no host at all'],
  ['Bundler', '@types/node and DOM'],
  ['Bundler', 'no host at all'],
].map(([resolution, library]) => ({
  resolution,
  library,
  options: { ...resolutions[resolution], ...libraries[library] },
}));

/** Files of the README's examples, and whether they ask for Node. A worker's handler is typed by its host. */
const blocks = examples()
  .filter(({ code }) => !code.includes('export default'))
  .map(({ code }, index) => ({ file: `example${index}.ts`, code, needsNode: code.includes('node:') }));

const use = `
import { loadModel, tensor, type InputInfo, type Model, type Tensor } from 'quadlane';
import { conv2d, maxPool } from 'quadlane/ops';
import { conv2d as convolution, compile, compileSync, dense, input, model as modelOf, sequential, type Value } from 'quadlane/layers';
import { createTrainer, losses, optimizers, penalties, schedules, type Schedule } from 'quadlane/train';
import { inceptionV3, lenet5, ssd } from 'quadlane/zoo';
import strict from 'quadlane/strict.wasm';

/** Tests of dtype narrow data. */
export function total(x: Tensor): number | bigint {
  if (x.dtype === 'int64') return x.data.reduce((sum, value) => sum + value, 0n);
  const { dtype, data } = x;
  if (dtype === 'float32') {
    const floats: Float32Array = data;
    return floats.reduce((sum, value) => sum + value, 0);
  }
  if (dtype === 'float16') {
    const bits: Uint16Array = data;
    return x.toFloat32().length + bits.length;
  }
  if (dtype === 'float64') {
    const doubles: Float64Array = data;
    return doubles.length;
  }
  return Number(data[0]);
}

/** Where the network is built in code, editors know its outputs. */
const x = input([4]);
const y = dense({ units: 2 })(x);
const twoHeads = modelOf({ inputs: x, outputs: { probs: y, features: x } });
export const names: readonly ('probs' | 'features')[] = twoHeads.outputs;
const { probs, features } = await (await compile(twoHeads)).run({ input: tensor([1, 2, 3, 4], [1, 4]) });
export const both: Tensor[] = [probs, features];
export const told: readonly (number | string)[] = compileSync(twoHeads).outputs.probs.shape;
// @ts-expect-error: no output is called so
export const unknownOutput = compileSync(twoHeads).runSync({}).prob;
export const listed: Tensor = compileSync(modelOf({ inputs: x, outputs: [y, x] })).runSync({}).output_1;
// @ts-expect-error: the list has two
export const third = compileSync(modelOf({ inputs: x, outputs: [y, x] })).runSync({}).output_2;
export const single: Tensor = compileSync(modelOf({ inputs: [x], outputs: y })).runSync({}).output;
export const oneListed: Tensor = compileSync(modelOf({ inputs: x, outputs: [y] })).runSync({}).output;
const { scores } = compileSync(ssd()).runSync({});
const { auxiliary } = compileSync(inceptionV3({ auxiliary: true })).runSync({});
export const ofZoo: Tensor[] = [scores, auxiliary];
// @ts-expect-error: it has no auxiliary classifier unless it is asked for
export const withoutAuxiliary = compileSync(inceptionV3()).runSync({}).auxiliary;

/** What only the run knows may be missing. */
declare const values: Record<string, Value>;
export const some: Tensor | undefined = compileSync(modelOf({ inputs: x, outputs: values })).runSync({}).anything;
export const anyModel: Model = compileSync(twoHeads);
export const ofFile: Tensor | undefined = (await loadModel('')).runSync({}).logits;
// @ts-expect-error: nobody knows whether the file has it
export const surelyOfFile: Tensor = (await loadModel('')).runSync({}).logits;

/** A trainer has the outputs of its network, and so has the model that it makes. */
const trained = await createTrainer(twoHeads, { loss: losses.crossEntropy(), optimizer: optimizers.sgd() });
export const predicted: Tensor = trained.predict(tensor([1, 2, 3, 4], [1, 4])).probs;
export const fromTraining: Tensor = trained.toModel().runSync({}).features;
// @ts-expect-error: no output is called so
export const unknownOfTraining = trained.toModel().runSync({}).logits;
const tuned = await createTrainer(await compile(lenet5()), { loss: losses.crossEntropy(), optimizer: optimizers.sgd() });
export const fromTuning: Tensor = tuned.toModel().runSync({}).logits;
const unknownNetwork = await createTrainer(await loadModel(''), { loss: losses.crossEntropy(), optimizer: optimizers.sgd() });
export const maybe: Tensor | undefined = unknownNetwork.toModel().runSync({}).logits;

export function clear(place: InputInfo): void {
  if (place.dtype === 'int64') place.data.fill(0n);
  // @ts-expect-error: no element type is known
  else place.data.fill('0');
}

export const float: Float32Array = tensor([1, 2]).data;
export const long: BigInt64Array = tensor(BigInt64Array.of(1n)).data;
export const doubles: Float64Array = tensor(new Float64Array(1)).data;
export const bits: Uint16Array = tensor([1, 2], [2], 'float16').data;
export const named: Uint16Array = tensor(new Uint16Array(2), [2], 'float16').data;
export const pixels: Uint8Array = tensor(new Uint8ClampedArray(4)).data;
/** As lib.esnext.float16.d.ts has it. */
declare const halves: { readonly [Symbol.toStringTag]: 'Float16Array'; readonly length: number } & ArrayBufferView;
export const ofHalves: Uint16Array = tensor(halves).data;
export const numbers: Float32Array = tensor([1]).toFloat32();
export const pooled: Float32Array = maxPool(conv2d(tensor([1]), tensor([1]), undefined, { padding: { top: 1 } })).data;

const network = sequential([input([4, 4, 1]), convolution({ filters: 1, kernelSize: 3, padding: [0, 1, 0, 0] })]);
export const model = await compile(network, { winograd: false, wasm: strict });
// @ts-expect-error: dilations
export const misspelt = () => convolution({ filters: 1, kernelSize: 3, dilation: 2 });
export const loaded = await loadModel(new Uint8Array(), { threads: 2, limits: { memory: 1e6 } });

const schedule: Schedule = schedules.cosine({ learningRate: 0.1, steps: 100 });
const options: losses.CrossEntropyOptions = { labelSmoothing: 0.1 };
export const trainer = await createTrainer(network, {
  loss: losses.crossEntropy(options),
  optimizer: optimizers.sgd(),
  penalty: [penalties.l1(1e-4), penalties.l2(1e-4)],
});
export const progress = trainer.fit({ train: { inputs: tensor([1]), targets: [0] }, epochs: 1, schedule });
`;

beforeAll(() => {
  const installed = join(project, 'node_modules/quadlane');
  mkdirSync(installed, { recursive: true });
  cpSync(join(root, 'package.json'), join(installed, 'package.json'));
  cpSync(join(root, 'dist/types'), join(installed, 'dist/types'), { recursive: true });
  symlinkSync(join(root, 'node_modules/fast-png'), join(project, 'node_modules/fast-png'));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(project, 'use.ts'), use);
  writeFileSync(
    join(project, 'using.ts'),
    "import { loadModel } from 'quadlane';\nusing model = await loadModel('');\nconsole.log(model);\n",
  );
  // Programs print, whatever their libraries know.
  writeFileSync(join(project, 'console.d.ts'), 'declare const console: { log(...values: unknown[]): void };\n');
  for (const { file, code } of blocks) writeFileSync(join(project, file), code);
});
afterAll(() => rmSync(project, { recursive: true }));

describe.each(settings)('$resolution, $library', ({ library, options }) => {
  test('examples of the README and a program compile', () => {
    const hasNode = library.includes('@types/node');
    const files = blocks.filter(({ needsNode }) => hasNode || !needsNode).map(({ file }) => file);
    expect(files.length).toBeGreaterThan(7);
    const printing = options.lib && !hasNode ? ['console.d.ts'] : [];
    expect(compile(['use.ts', ...files, ...printing], options)).toBe('');
  });
});

test('models and trainers are for `using` where the library knows it', () => {
  const lib = ['lib.es2022.d.ts', 'lib.esnext.disposable.d.ts', 'lib.dom.d.ts'];
  expect(compile(['using.ts'], { ...resolutions.Bundler, types: [], lib })).toBe('');
});

test('nothing is declared globally', () => {
  const files = ts.sys.readDirectory(join(root, 'dist/types'), ['.d.ts']);
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter((file) => /declare global|<reference/.test(readFileSync(file, 'utf8')))).toEqual([]);
});
