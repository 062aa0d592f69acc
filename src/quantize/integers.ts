// From values that are rounded in floats to integers: quantize and dequantize in place of what rounds, integers in place of
// weights and biases. The compiler makes arithmetic of 8 bits of that.

import { QuadlaneError } from '../errors.js';
import { dialectOf, extendDialect } from '../graph/dialect.js';
import type { Folding, Graph, Node } from '../graph/graph.js';
import { eightBits } from '../graph/passes/eightBits.js';
import type { FakeQuantizeAttributes } from '../ops/quantized/fakeQuantize.js';
import { dequantize, quantize } from '../ops/quantized/quantize.js';
import { Tensor, tensor } from '../tensor.js';
import { filterOf, nearest } from './scales.js';

const dialect = /* @__PURE__ */ dialectOf({ dequantize, quantize }, [eightBits]);

/** Scales in place of logarithms that were trained. */
export function withScales(graph: Graph, folding: Folding): Graph {
  const constants = new Map(graph.constants);
  const scales = new Set(graph.nodes.flatMap(({ op, inputs }) => (op === 'fakeQuantize' ? [inputs[1]] : [])));
  const nodes = graph.nodes.filter((node) => {
    const logarithms = constants.get(node.inputs[0] ?? '');
    if (node.op !== 'unary' || !logarithms || !scales.has(node.outputs[0])) return true;
    const folded = folding.fold(node, [logarithms], [logarithms], [logarithms]);
    if (folded) constants.set(node.outputs[0], folded[0]);
    return !folded;
  });
  return { ...graph, nodes, constants };
}

/**
 * @param graph what `annotate` gives, trained or not
 * @throws QuadlaneError `ARGUMENT` for scales that are no positive numbers
 */
export function withIntegers<Output extends string>(graph: Graph<Output>): Graph<Output> {
  const constants = new Map(graph.constants);
  const nodes: Node[] = [];
  const taken = new Set([...constants.keys(), ...graph.inputs.map(({ name }) => name)]);
  for (const { outputs } of graph.nodes) for (const name of outputs) taken.add(name);
  const add = (wish: string, value?: Tensor): string => {
    let name = wish;
    for (let i = 2; taken.has(name); i++) name = `${wish}_${i}`;
    taken.add(name);
    if (value) constants.set(name, value);
    return name;
  };
  /** The scales of what is rounded, by its name. */
  const scales = new Map<string, Float32Array>();
  const zeros = (dtype: 'int8' | 'uint8', zero: number) =>
    new Tensor(dtype, [], dtype === 'int8' ? Int8Array.of(zero) : Uint8Array.of(zero));

  for (const node of graph.nodes) {
    if (node.op !== 'fakeQuantize') {
      nodes.push(withBias(node));
      continue;
    }
    const [from, factor] = node.inputs;
    const [to] = node.outputs;
    const { dtype = 'uint8', zero = 0, axis } = node.attributes as FakeQuantizeAttributes;
    const scale = constants.get(factor);
    const values = scale && (scale.toFloat32() as Float32Array);
    const wrong = values?.find((value) => !(value > 0 && Number.isFinite(value)));
    if (!values || wrong !== undefined) {
      throw new QuadlaneError(
        'ARGUMENT',
        `"${node.name}" has the scale ${wrong ?? 'of no constant'}: scales are positive numbers; train with a lower learning rate, or quantize the network anew with calibration`,
        { node: node.name, operator: node.op },
      );
    }
    scales.set(to, values);
    const weights = constants.get(from);
    if (weights) {
      const filter = axis === undefined ? () => 0 : filterOf(weights, axis);
      const whole = Int8Array.from(weights.toFloat32(), (value, index) =>
        Math.max(-128, Math.min(127, nearest(value, values[filter(index)]))),
      );
      const integers = add(`${from}/int8`, new Tensor('int8', weights.shape, whole));
      const form =
        axis === undefined ? [] : weights.shape.slice(axis).map((extent, index) => (index === 0 ? extent : 1));
      const spread = add(`${factor}s`, tensor(values, form));
      nodes.push({ ...node, op: 'dequantize', inputs: [integers, spread], attributes: {} });
      continue;
    }
    const origin = add(`${to}/zero`, zeros(dtype, zero));
    const integers = add(`${to}/${dtype}`);
    nodes.push({ ...node, op: 'quantize', inputs: [from, factor, origin], outputs: [integers], attributes: {} });
    nodes.push({ ...node, name: to, op: 'dequantize', inputs: [integers, factor, origin], attributes: {} });
  }

  /** A layer whose bias has the scale of its sums, as far as 32 bits hold it. */
  function withBias(node: Node): Node {
    const [input, weights, bias] = node.inputs;
    const [inputScale, weightScale, offsets] = [scales.get(input), scales.get(weights), constants.get(bias ?? '')];
    if ((node.op !== 'conv' && node.op !== 'matmul') || !inputScale || !weightScale || !offsets) return node;
    const values = offsets.toFloat32();
    const factors = Float32Array.from(values, (_, i) => inputScale[0] * weightScale[i % weightScale.length]);
    const whole = Array.from(values, (value, i) => Math.round(value / factors[i]));
    if (!whole.every((value) => Math.abs(value) < 2 ** 31)) return node;
    const integers = add(`${bias}/int32`, tensor(Int32Array.from(whole), [values.length]));
    const result = add(`${bias}/rounded`);
    const factor = add(`${bias}/scale`, tensor(factors, [values.length]));
    nodes.push({ name: result, op: 'dequantize', inputs: [integers, factor], outputs: [result], attributes: {} });
    return { ...node, inputs: [input, weights, result, ...node.inputs.slice(3)] };
  }

  const read = new Set([...nodes.flatMap(({ inputs }) => inputs), ...graph.outputs]);
  return {
    dialect: extendDialect(graph.dialect, dialect),
    inputs: graph.inputs,
    outputs: graph.outputs,
    nodes,
    constants: new Map([...constants].filter(([name]) => read.has(name))),
  };
}
