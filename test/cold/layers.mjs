// Every entry of quadlane/layers alone, in a network that is compiled and run.

import { tensor } from '../../dist/node/index.js';
import * as layers from '../../dist/node/layers.js';
import { networks } from './networks.mjs';

/** By entry that is no layer: its own way to a network of one relu. */
const relu = (x) => layers.relu()(x);
const builders = {
  Network: (x) => instanceOf(layers.Network, layers.model({ inputs: x, outputs: relu(x) })),
  Value: (x) => layers.model({ inputs: instanceOf(layers.Value, x), outputs: relu(x) }),
  compile: (x) => layers.model({ inputs: x, outputs: relu(x) }),
  compileSync: (x) => layers.model({ inputs: x, outputs: relu(x) }),
  input: (x) => layers.model({ inputs: x, outputs: relu(x) }),
  model: (x) => layers.model({ inputs: x, outputs: relu(x) }),
  sequential: (x) => layers.sequential([x, layers.relu()]),
};

function instanceOf(kind, value) {
  if (value instanceof kind) return value;
  throw new Error(`not a ${kind.name}`);
}

/** What the package exports, and what there are cases for. */
export function names() {
  return { exported: Object.keys(layers), covered: [...Object.keys(networks), ...Object.keys(builders)] };
}

/** The output of the network of `name` as it is, and as it should be. */
export async function run(name) {
  const [shape, values, after, expected] = networks[name] ?? [[2], [-1, 2], relu, [0, 2]];
  const x = layers.input(shape);
  const network = builders[name]?.(x) ?? layers.model({ inputs: x, outputs: after(x) });
  const model = name === 'compileSync' ? layers.compileSync(network) : await layers.compile(network);
  const [{ data }] = Object.values(await model.run({ input: tensor(Float32Array.from(values), [1, ...shape]) }));
  return { actual: [...data], expected };
}
