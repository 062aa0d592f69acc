// Runs of one model that follow each other: what a run gives for its states is what the next one takes.

import { QuadlaneError } from '../errors.js';
import { newArray, Tensor } from '../tensor.js';
import type { Tensors } from './inputs.js';
import type { Model } from './model.js';
import type { RunOptions } from './modelOptions.js';

/** A sequence of runs with a state of its own; several streams may share a model. */
export interface Stream {
  /** Runs the model on the inputs that aren't states; gives the outputs that aren't. Runs follow each other in the order of calls. */
  run(inputs: Tensors, options?: RunOptions): Promise<Record<string, Tensor>>;
  /** Like `run`, at once. */
  runSync(inputs: Tensors): Record<string, Tensor>;
  /** Begins anew, with zeros or the states given, by the names of inputs. */
  reset(states?: Tensors): void;
  /** The states that the next run takes, by the names of inputs. */
  readonly states: Tensors;
}

/**
 * A stream over `model`.
 * @param pairs inputs that are states, and the output that each is taken from: `{ state: 'stateN' }`
 * @param first the first states; default: zeros, in which sizes that are open are 1
 * @throws QuadlaneError `ARGUMENT` for inputs and outputs that the model hasn't
 */
export function createStream(model: Model, pairs: Readonly<Record<string, string>>, first: Tensors = {}): Stream {
  const entries = Object.entries(pairs);
  for (const [input, output] of entries) {
    if (Object.hasOwn(model.inputs, input) && Object.hasOwn(model.outputs, output)) continue;
    throw new QuadlaneError(
      'ARGUMENT',
      `createStream() takes pairs of an input and an output; the model has inputs ${Object.keys(model.inputs).join(', ')} and outputs ${Object.keys(model.outputs).join(', ')}, not "${input}" and "${output}"`,
    );
  }
  const begun = (given: Tensors) =>
    new Map(entries.map(([input]): [string, Tensor] => [input, given[input] ?? zeros(model, input)]));
  let states = begun(first);
  let before: Promise<unknown> = Promise.resolve();
  const advance = (all: Record<string, Tensor>): Record<string, Tensor> => {
    for (const [input, output] of entries) states.set(input, all[output]);
    const taken = new Set(entries.map(([, output]) => output));
    return Object.fromEntries(Object.entries(all).filter(([name]) => !taken.has(name)));
  };
  const withStates = (inputs: Tensors) => ({ ...inputs, ...Object.fromEntries(states) });
  return {
    run(inputs, options = {}) {
      const result = before.then(async () => advance(await model.run(withStates(inputs), { ...options, copy: true })));
      before = result.catch(() => undefined);
      return result;
    },
    runSync: (inputs) => advance(model.runSync(withStates(inputs))),
    reset(given = {}) {
      states = begun(given);
    },
    get states() {
      return Object.fromEntries(states);
    },
  };
}

function zeros(model: Model, name: string): Tensor {
  const { dtype, shape } = model.inputs[name];
  const sizes = (shape ?? []).map((size) => (typeof size === 'number' ? size : 1));
  const count = sizes.reduce((product, size) => product * size, 1);
  return new Tensor(dtype, sizes, newArray(dtype, count));
}
