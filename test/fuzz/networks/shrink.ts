// A failing network made small: nodes are dropped and values become inputs for as long as it fails in the same way.

import type { Tensor } from '../../../src/tensor.js';
import type { Drawn, Value } from './draft.js';

/** Most networks that are tried. */
const MOST_TRIES = 200;

/** Those steps of a network that `outputs` need. */
export function pruned(drawn: Drawn, outputs: readonly string[]): Drawn {
  const needed = new Set(outputs);
  const steps = drawn.steps
    .toReversed()
    .filter((step) => {
      if (!step.outputs.some(({ name }) => needed.has(name))) return false;
      for (const value of step.inputs) if (value) needed.add(value.name);
      return true;
    })
    .reverse();
  const inputs = drawn.inputs.filter(({ name }) => needed.has(name));
  return {
    ...drawn,
    outputs: [...outputs],
    steps,
    inputs,
    constants: drawn.constants.filter(({ value }) => needed.has(value.name)),
    feeds: Object.fromEntries(inputs.map(({ name }) => [name, drawn.feeds[name]])),
  };
}

/** The network with one value given instead of computed. */
function cut(drawn: Drawn, value: Value, tensor: Tensor): Drawn {
  const steps = drawn.steps.filter(({ outputs }) => !outputs.some(({ name }) => name === value.name));
  return pruned(
    { ...drawn, steps, inputs: [...drawn.inputs, value], feeds: { ...drawn.feeds, [value.name]: tensor } },
    drawn.outputs.filter((name) => name !== value.name),
  );
}

/**
 * The smallest network found that fails as `drawn` does.
 * @param fails how a network fails, as a word; undefined where it doesn't
 * @param valuesOf what is computed inside a network, as far as it can be
 */
export async function shrink(
  drawn: Drawn,
  fails: (network: Drawn) => Promise<string | undefined>,
  valuesOf: (network: Drawn) => Readonly<Record<string, Tensor>>,
): Promise<Drawn> {
  const kind = await fails(drawn);
  if (kind === undefined) return drawn;
  let best = drawn;
  let tries = 0;
  const attempt = async (network: Drawn): Promise<boolean> => {
    if (++tries > MOST_TRIES || network.steps.length === 0 || network.outputs.length === 0) return false;
    if ((await fails(network)) !== kind) return false;
    best = network;
    return true;
  };
  // The first value that is wrong.
  for (const { outputs } of drawn.steps) {
    let found = false;
    for (const { name } of outputs) found ||= await attempt(pruned(drawn, [name]));
    if (found) break;
  }
  for (let changed = true; changed; ) {
    changed = false;
    const values = valuesOf(best);
    for (const { outputs } of best.steps.toReversed()) {
      for (const value of outputs) {
        const tensor = values[value.name];
        if (tensor && !best.outputs.includes(value.name)) changed ||= await attempt(cut(best, value, tensor));
      }
      if (changed) break;
    }
  }
  return best;
}

/** A network in words. */
export function described({ opset, inputs, constants, steps, outputs }: Drawn): string {
  const type = ({ name, dtype, shape }: Value) => `${name}: ${dtype} [${shape.join(', ')}]`;
  return [
    `operator set ${opset}`,
    ...inputs.map((value) => `input ${type(value)}`),
    ...constants.map(({ value, tensor }) => {
      const elements = tensor.size <= 8 ? ` = ${[...tensor.data].join(' ')}` : '';
      return `constant ${type(value)}${elements}`;
    }),
    ...steps.map(({ node, outputs: results }) => {
      const attributes = JSON.stringify(node.attributes ?? {});
      return `${results.map(type).join(', ')} = ${node.op}(${node.inputs?.join(', ')}) ${attributes}`;
    }),
    `output ${outputs.join(', ')}`,
  ].join('\n');
}
