// Where an optimiser takes one parameter by given gradients.

import { sizeOf } from '../../src/shape.js';
import { type Tensor, tensor } from '../../src/tensor.js';
import { initialState, type Optimizer } from '../../src/train/optimizers/optimizer.js';
import { graphOf, run } from './golden/graph.js';

/** The parameter after each step with one of `gradients`, each of `shape` as `initial`. */
export function trajectory(
  module: WebAssembly.Module,
  optimizer: Optimizer,
  shape: readonly number[],
  initial: readonly number[],
  gradients: readonly (readonly number[])[],
): Float32Array[] {
  const names = ['parameter', ...optimizer.state];
  const floats = (values: readonly number[]) => tensor(Float32Array.from(values), shape);
  let kept: Tensor[] = [floats(initial), ...optimizer.state.map((state) => initialState(optimizer, state, shape))];
  return gradients.map((gradient, index) => {
    if (gradient.length !== sizeOf(shape)) throw new Error(`a gradient of ${gradient.length} elements for [${shape}]`);
    const inputs = new Map<string, Tensor>(kept.map((value, at) => [names[at], value]));
    inputs.set('gradient', floats(gradient));
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
    kept = run(module, graph, inputs);
    return kept[0].data as Float32Array;
  });
}
