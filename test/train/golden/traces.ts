// Whole trainings on generated images, from what their files say of network, loss, optimiser and images: the loss of every
// step, and the parameters at the end.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { sizeOf } from '../../../src/shape.js';
import { type Tensor, type TensorType, tensor } from '../../../src/tensor.js';
import { constraints, createTrainer, optimizers, penalties, type TrainerOptions } from '../../../src/train/index.js';
import type { Trainable } from '../../../src/train/parameters.js';
import { generate, type Recipe } from '../../conformance/generator.js';
import { everything } from '../../graph/everything.js';
import { failureOf, mismatch, type Outcome } from './case.js';
import { describe } from './description.js';
import { Cannot, plain, readingAll } from './given.js';
import { graphOf } from './graph.js';
import { describedLoss } from './losses.js';
import { buildNetwork } from './network.js';
import { optimizerOf } from './optimizers.js';
import { scheduleOf } from './schedules.js';

/** Figures of one arithmetic. */
interface Figures {
  readonly loss: readonly number[];
  readonly correct?: readonly number[];
  readonly gradientNorm?: readonly number[];
  readonly firstGradientL2?: Readonly<Record<string, number>>;
  readonly final?: Readonly<Record<string, { readonly l2: number; readonly sum: number; readonly first: number[] }>>;
}

/** A file; what isn't listed here is refused. */
interface Trace {
  readonly network?: unknown;
  readonly layers?: unknown;
  readonly optimizer: Readonly<Record<string, unknown>>;
  readonly schedule?: Readonly<Record<string, unknown>>;
  readonly loss: unknown;
  readonly steps: number;
  readonly batch: number;
  readonly images: string;
  readonly templates: Recipe;
  readonly labels: Recipe;
  readonly noise: Recipe;
  readonly imagesSha256?: string;
  readonly firstImages?: readonly number[];
  readonly labelsFirstStep?: readonly number[];
  readonly parameters: readonly (Recipe & { readonly name: string })[];
  readonly learningRate: readonly number[];
  readonly momentum?: readonly number[];
  readonly clipNorm?: number;
  readonly clipValue?: number;
  readonly penalty?: Readonly<Record<string, number>>;
  readonly constraint?: Readonly<Record<string, unknown>>;
  readonly frozen?: readonly string[];
  readonly float64: Figures;
  readonly float32?: unknown;
  readonly relativeLossDifferenceFloat32?: number;
}

type Check = readonly [name: string, failure: string | undefined];

export async function runTrace(
  folder: string,
  family: string,
  module: WebAssembly.Module,
  binary: string,
): Promise<Outcome[]> {
  const trace = JSON.parse(readFileSync(`${folder}/${family}.json`, 'utf8')) as Trace;
  try {
    const checks = await readingAll('the trace', trace, (given) => checksOf(given, module));
    return checks.map(([name, failure]) => ({ family, name, binary, failure }));
  } catch (error) {
    return [{ family, name: 'training', binary, ...failureOf(error) }];
  }
}

// Everything is read before the first step, so that readingAll sees it.
function checksOf(trace: Trace, module: WebAssembly.Module): Promise<Check[]> {
  const { loss, oneHot } = describedLoss(trace.loss);
  const { learningRate, momentum, steps, firstImages, labelsFirstStep, imagesSha256 } = trace;
  if (learningRate.length !== steps) throw new Cannot(`${learningRate.length} learning rates for ${steps} steps`);
  const { schedule: own, ...settings } = trace.optimizer;
  const { kind, ...rest } = settings;
  const optimizer = optimizerOf(String(kind), rest);
  const schedule = trace.schedule ?? own;
  const scheduled =
    schedule === undefined ? [] : rates(schedule as Record<string, unknown>, optimizer.learningRate, learningRate);
  const network = networkOf(trace);
  const { penalty, constraint, clipNorm, clipValue, frozen } = trace;
  const options: Omit<TrainerOptions, 'optimizer' | 'loss'> = {
    wasm: module,
    // As far above any norm as none at all, so that the norm is told.
    clipNorm: clipNorm ?? 1e9,
    ...(clipValue !== undefined && { clipValue }),
    ...(penalty && { penalty: penaltiesOf(penalty) }),
    ...(constraint && { constraint: constraintsOf(constraint) }),
    ...(frozen && { frozen }),
  };
  const data = imagesOf(trace);
  const figures = readingAll('float64', trace.float64, ({ loss, correct, gradientNorm, firstGradientL2, final }) => {
    return { loss, correct, gradientNorm, firstGradientL2, final };
  });
  // Told for the comparison of float32 with float64.
  void [trace.float32, trace.relativeLossDifferenceFloat32];
  const classes = trace.templates.shape[0];
  const batchAt = (step: number) => {
    const { inputs, labels } = data.at(step);
    return { inputs, targets: oneHot ? oneHotOf(labels, classes) : tensor(labels) };
  };
  return (async () => {
    const checks: Check[] = [...scheduled];
    const check = (name: string, failure: string | undefined) => checks.push([name, failure]);
    const first = data.at(0);
    if (firstImages)
      check('first images', mismatch(first.inputs.data.slice(0, firstImages.length), firstImages, 1e-6, 0));
    if (labelsFirstStep) check('first labels', mismatch(first.labels, labelsFirstStep, 0, 0));
    if (imagesSha256) check('images', data.digests(steps).includes(imagesSha256) ? undefined : 'another digest');
    if (figures.firstGradientL2) {
      // Of one step at rate 1, parameters move by their gradients.
      using plainly = await createTrainer(network, {
        ...options,
        loss,
        clipNorm: Number.POSITIVE_INFINITY,
        constraint: [],
        optimizer: optimizers.sgd({ learningRate: 1 }),
      });
      const before = plainly.parameters();
      plainly.step(batchAt(0));
      const after = plainly.parameters();
      for (const [name, expected] of Object.entries(figures.firstGradientL2)) {
        const [from, to] = [before.get(name), after.get(name)];
        const moved =
          from && Math.hypot(...Array.from(from.data as Float32Array, (value, at) => value - Number(to!.data[at])));
        check(`gradient of ${name}`, moved === undefined ? 'is missing' : mismatch([moved], [expected], 1e-3, 0));
      }
    }
    using trainer = await createTrainer(network, { ...options, loss, optimizer });
    const results = learningRate.map((rate, step) => {
      trainer.learningRate = rate;
      trainer.momentum = momentum?.[step];
      return trainer.step(batchAt(step));
    });
    check(
      'loss',
      mismatch(
        results.map((result) => result.loss),
        figures.loss,
        1e-3,
        1e-5,
      ),
    );
    if (figures.gradientNorm) {
      check(
        'gradient norm',
        mismatch(
          results.map((result) => result.gradientNorm!),
          figures.gradientNorm,
          1e-3,
          1e-5,
        ),
      );
    }
    if (figures.correct) {
      const counts = results.map((result) => result.correct ?? Number.NaN);
      check('correct', mismatch(counts, figures.correct, 0, 0));
    }
    const final = trainer.parameters();
    for (const [name, { l2, sum, first }] of Object.entries(figures.final ?? {})) {
      const values = Array.from(final.get(name)?.data ?? [], Number);
      const total = values.reduce((all, value) => all + value, 0);
      const rounding = 1e-3 * l2 * Math.sqrt(values.length);
      check(
        name,
        mismatch([Math.hypot(...values)], [l2], 1e-3, 0) ??
          mismatch(values.slice(0, first.length), first, 1e-3, 1e-3) ??
          (Math.abs(total - sum) <= rounding ? undefined : `its sum is ${total} instead of ${sum}`),
      );
    }
    return checks;
  })();
}

/** Whether the rates of the file are those of the schedule that it names. */
function rates(given: Record<string, unknown>, base: number, expected: readonly number[]): Check[] {
  const { kind, ...params } = given;
  const schedule = scheduleOf(String(kind), 'max' in params || 'base' in params ? params : { base, ...params });
  return [
    [
      'schedule',
      mismatch(
        expected.map((_, step) => schedule.rate(step)),
        expected,
        1e-9,
        0,
      ),
    ],
  ];
}

function penaltiesOf(given: Readonly<Record<string, number>>) {
  return Object.entries(given).map(([name, factor]) => {
    if (name === 'l1') return penalties.l1(factor);
    if (name === 'l2') return penalties.l2(factor);
    throw new Cannot(`there is no penalty ${name}`);
  });
}

/** `{ maxNorm: 2 }`, `{ maxNorm: { max: 2, axes: [1] } }`. */
function constraintsOf(given: Readonly<Record<string, unknown>>) {
  return Object.entries(given).map(([name, settings]) => {
    const { max = 2, ...rest } = (typeof settings === 'number' ? { max: settings } : settings) as { max?: number };
    if (plain(name) === 'maxnorm') return constraints.maxNorm(max, rest);
    if (plain(name) === 'unitnorm') return constraints.unitNorm(rest);
    if (plain(name) === 'nonnegative' || plain(name) === 'nonneg') return constraints.nonNegative(rest);
    throw new Cannot(`there is no constraint ${name}`);
  });
}

/** The network with its first parameters, under their names; its input is `[N, C, H, W]`. */
function networkOf({ network, layers, parameters, noise }: Trace): Trainable {
  const given = parameters.map(
    (recipe) => [recipe.name, tensor(generated(recipe) as Float32Array, recipe.shape)] as const,
  );
  const constants = new Map<string, Tensor>(given);
  const statistics = new Map<string, Tensor>();
  const image: TensorType = { dtype: 'float32', shape: noise.shape };
  const inputs = new Map<string, TensorType>([['image', image], ...constants]);
  const { graph } = graphOf(inputs, (build) => {
    const logits = buildNetwork(describe(layers ?? network), {
      build,
      input: 'image',
      parameters: [...constants.keys()],
      statistic(layer, role, channels, value) {
        const name = `${layer}.${role === 'mean' ? 'mean' : 'var'}`;
        statistics.set(name, tensor(new Float32Array(channels).fill(value)));
        return build.graphBuilder.constant(statistics.get(name)!, name);
      },
    });
    return { logits };
  });
  const all = new Map([...graph.constants, ...constants]);
  return {
    graph: {
      dialect: everything,
      inputs: [{ name: 'image', dtype: 'float32', shape: [...image.shape] }],
      outputs: graph.outputs,
      nodes: graph.nodes,
      constants: all,
    },
    parameters: [...all.keys()].map((name) => ({ name, trainable: constants.has(name) })),
  };
}

/** The elements of a recipe of a kind that is known. */
function generated(recipe: Recipe): Float32Array | Int32Array {
  const elements = generate(recipe) as Float32Array | Int32Array | undefined;
  if (elements === undefined) throw new Cannot(`no recipe of kind ${recipe.kind} is known`);
  return elements;
}

/** A template for each label plus noise. */
function imagesOf({ images, templates: template, labels: label, noise, batch }: Trace) {
  if (!/^image\[t\]\[i\] = float32\(templates\[labels\[t\]\[i\]\] \+ noise\[t\]\[i\]\)/.test(images)) {
    throw new Cannot(`no meaning is known for images = ${JSON.stringify(images)}`);
  }
  const templates = generated(template) as Float32Array;
  const labels = generated(label) as Int32Array;
  const size = sizeOf(noise.shape.slice(1));
  const at = (step: number) => {
    const own = labels.slice(step * batch, (step + 1) * batch);
    const noises = generated({ ...noise, seed: noise.seed!.replace('<t>', String(step)) }) as Float32Array;
    const data = noises.map((value, place) => templates[own[Math.floor(place / size)] * size + (place % size)] + value);
    return { inputs: tensor(data, noise.shape), labels: own };
  };
  return {
    at,
    /** SHA-256 of the first batch, and of all. */
    digests(steps: number): string[] {
      const [first, all] = [createHash('sha256'), createHash('sha256')];
      for (let step = 0; step < steps; step++) {
        const { data } = at(step).inputs;
        const bytes = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
        all.update(bytes);
        if (step === 0) first.update(bytes);
      }
      return [first.digest('hex'), all.digest('hex')];
    },
  };
}

function oneHotOf(labels: Int32Array, classes: number): Tensor {
  const data = new Float32Array(labels.length * classes);
  labels.forEach((label, row) => {
    data[row * classes + label] = 1;
  });
  return tensor(data, [labels.length, classes]);
}
