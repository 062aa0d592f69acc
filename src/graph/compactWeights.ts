// Weights in fewer bytes: int8 with a scale for each filter, or float16, and the node that makes float32 of them when the
// model is loaded.

import { toHalf } from '../half.js';
import { cast } from '../ops/elementwise/cast.js';
import { dequantize } from '../ops/quantized/quantize.js';
import { Tensor, tensor } from '../tensor.js';
import { dialectOf, extendDialect, operatorOf } from './dialect.js';
import type { Graph, Node } from './graph.js';

/** How weights are stored; what they are in the network, float32, stays. */
export type WeightsType = 'int8' | 'float16';

export const weightsTypes = ['int8', 'float16'] as const;

/** Below it a tensor isn't worth a node. */
const FEWEST = 256;

const LARGEST_HALF = 65504;

const dialect = /* @__PURE__ */ dialectOf({ cast, dequantize });

/** `graph` with its weights, the float32 constants of two axes and more that operators read as parameters, in `type`. */
export function compactWeights<Output extends string>(graph: Graph<Output>, type: WeightsType): Graph<Output> {
  const constants = new Map(graph.constants);
  const taken = new Set([...constants.keys(), ...graph.inputs.map(({ name }) => name)]);
  for (const { outputs } of graph.nodes) for (const name of outputs) taken.add(name);
  const fresh = (wish: string): string => {
    let name = wish;
    for (let i = 2; taken.has(name); i++) name = `${wish}_${i}`;
    taken.add(name);
    return name;
  };
  const kept = new Set<string>(graph.outputs);
  const added: Node[] = [];
  for (const [name, axis] of weightsOf(graph)) {
    const value = constants.get(name)!;
    const numbers = value.data as Float32Array;
    if (kept.has(name) || !numbers.every((number) => Math.abs(number) <= LARGEST_HALF)) continue;
    constants.delete(name);
    const stored = fresh(`${name}/${type}`);
    const node = { name: fresh(`${name}/float32`), outputs: [name] };
    if (type === 'float16') {
      constants.set(stored, new Tensor('float16', value.shape, Uint16Array.from(numbers, toHalf)));
      added.push({ ...node, op: 'cast', inputs: [stored], attributes: { to: 'float32' } });
      continue;
    }
    const { integers, scales } = rounded(value, axis);
    const factor = fresh(`${name}/scale`);
    constants.set(stored, integers);
    constants.set(factor, scales);
    added.push({ ...node, op: 'dequantize', inputs: [stored, factor], attributes: {} });
  }
  return { ...graph, dialect: extendDialect(graph.dialect, dialect), nodes: [...added, ...graph.nodes], constants };
}

/** Names of the weights, and the axis that has scales. */
function weightsOf(graph: Graph): Map<string, number> {
  const found = new Map<string, number>();
  for (const node of graph.nodes) {
    const operator = operatorOf(graph, node);
    for (const index of operator.parameterInputs ?? []) {
      const name = node.inputs[index] ?? '';
      const value = graph.constants.get(name);
      if (value?.dtype !== 'float32' || value.shape.length < 2 || value.size < FEWEST || found.has(name)) continue;
      const { split, channels } = operator.outputScaling?.(value.shape, node.attributes) ?? {};
      found.set(name, split === value.shape && channels?.length === 1 ? channels[0] : 0);
    }
  }
  return found;
}

function rounded({ data, shape }: Tensor, axis: number): { integers: Tensor; scales: Tensor } {
  const inner = shape.slice(axis + 1).reduce((product, extent) => product * extent, 1);
  const filter = (index: number) => Math.floor(index / inner) % shape[axis];
  const most = new Float32Array(shape[axis]);
  (data as Float32Array).forEach((value, index) => {
    most[filter(index)] = Math.max(most[filter(index)], Math.abs(value));
  });
  const scales = most.map((size) => (size < 2 ** -100 ? 1 : size / 127));
  const integers = Int8Array.from(data as Float32Array, (value, index) => Math.round(value / scales[filter(index)]));
  const form = shape.slice(axis).map((extent, index) => (index === 0 ? extent : 1));
  return { integers: new Tensor('int8', shape, integers), scales: tensor(scales, form) };
}
