// Trajectories of optimisers: parameters after each of some steps with given gradients.

import { readFileSync } from 'node:fs';
import { stridesOf } from '../../../src/shape.js';
import { Tensor, tensor } from '../../../src/tensor.js';
import { adadelta, adagrad, adam, adamW, nadam, type Optimizer, rmsprop, sgd } from '../../../src/train/optimizers.js';
import { mismatch, type Outcome } from './case.js';
import { graphOf, run } from './graph.js';

interface Trajectories {
  readonly shapes: readonly (readonly number[])[];
  readonly initial: readonly (readonly number[])[];
  readonly gradients: readonly (readonly (readonly number[])[])[];
  readonly cases: readonly {
    readonly kind: string;
    readonly given: Readonly<Record<string, number>>;
    // biome-ignore lint/suspicious/noExplicitAny: each optimiser has parameters of its own
    readonly hyperparameters: Readonly<Record<string, any>>;
    readonly after: readonly (readonly (readonly number[])[])[];
  }[];
}

function optimizerOf(kind: string, h: Trajectories['cases'][number]['hyperparameters']): Optimizer {
  const common = { learningRate: h.lr, weightDecay: h.weight_decay };
  const adamOptions = { ...common, beta1: h.betas?.[0], beta2: h.betas?.[1], epsilon: h.eps };
  switch (kind) {
    case 'sgd':
    case 'sgd_momentum':
    case 'nesterov':
      return sgd({ ...common, momentum: h.momentum, nesterov: h.nesterov });
    case 'adam':
      return adam(adamOptions);
    case 'adamw':
      return adamW(adamOptions);
    case 'nadam':
      return nadam({ ...adamOptions, momentumDecay: h.momentum_decay });
    case 'rmsprop':
      return rmsprop({ ...common, alpha: h.alpha, epsilon: h.eps, momentum: h.momentum });
    case 'adagrad':
      return adagrad({ ...common, learningRateDecay: h.lr_decay, epsilon: h.eps });
    case 'adadelta':
      return adadelta({ ...common, rho: h.rho, epsilon: h.eps });
    default:
      throw new Error(`no optimiser ${kind}`);
  }
}

export function runOptimizers(folder: string, module: WebAssembly.Module, binary: string): Outcome[] {
  const data = JSON.parse(readFileSync(`${folder}/optimizers.json`, 'utf8')) as Trajectories;
  return data.cases.map(({ kind, given, hyperparameters, after }) => {
    const optimizer = optimizerOf(kind, hyperparameters);
    const name = [kind, ...Object.entries(given).flat()].join(' ');
    let failure: string | undefined;
    data.shapes.forEach((shape, index) => {
      const gradients = data.gradients.map((step) => step[index]);
      const wanted = after.map((step) => step[index]);
      failure ??= followed(module, optimizer, shape, data.initial[index], gradients, wanted);
    });
    return { family: 'optimizers', name, binary, failure };
  });
}

/** What is wrong after the first step that goes elsewhere, if one does. */
function followed(
  module: WebAssembly.Module,
  optimizer: Optimizer,
  shape: readonly number[],
  initial: readonly number[],
  gradients: readonly (readonly number[])[],
  after: readonly (readonly number[])[],
): string | undefined {
  const size = shape.length === 0 ? 1 : stridesOf(shape)[0] * shape[0];
  const state = optimizer.state.map(() => new Tensor('float32', shape, new Float32Array(size)));
  let kept = [tensor(Float32Array.from(initial), shape), ...state];
  for (const [index, gradient] of gradients.entries()) {
    const names = ['parameter', ...optimizer.state];
    const inputs = new Map<string, Tensor>(kept.map((value, at) => [names[at], value]));
    inputs.set('gradient', tensor(Float32Array.from(gradient), shape));
    inputs.set('scalars', tensor(Float32Array.from(optimizer.scalars(index + 1, optimizer.learningRate))));
    const { graph } = graphOf(inputs, (build) => {
      const updated = optimizer.update({
        build,
        applyAll(op, operands, attributes, count) {
          const outputs = Array.from({ length: count }, (_, at) => `updated ${at}`);
          build.graphBuilder.push({ name: op, op, inputs: operands, outputs, attributes });
          return outputs;
        },
        parameter: 'parameter',
        gradient: 'gradient',
        state: optimizer.state,
        scalars: 'scalars',
      });
      return Object.fromEntries(names.map((name, at) => [name, updated[at]]));
    });
    kept = run(module, graph, inputs) as typeof kept;
    const wrong = mismatch(kept[0].data, after[index], 1e-5, 1e-5);
    if (wrong) return `after step ${index + 1}: ${wrong}`;
  }
  return undefined;
}
