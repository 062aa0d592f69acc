// Folds arithmetic on channels into the constant filters before it: batch norm, biases and constant factors.

import type { FilterScaling } from '../../ops/operator.js';
import { product } from '../../shape.js';
import { countUses, GraphBuilder } from '../builder.js';
import { operatorOf } from '../dialect.js';
import type { Node, Pass, TypedGraph } from '../graph.js';
import { takesIn } from './magnitudes.js';

export const scales: Pass = { name: 'scales', apply: foldScales };

export function foldScales(graph: TypedGraph): TypedGraph {
  if (!graph.nodes.some(({ op }) => op === 'binary')) return graph;
  const uses = countUses(graph);
  const builder = new GraphBuilder(graph);
  for (const node of graph.nodes) {
    if (!foldInto(builder, node, uses)) builder.push(node);
  }
  return builder.finish();
}

/** Arithmetic of a value with a constant that is the same for all pixels. */
interface ChannelArithmetic {
  readonly operation: 'add' | 'sub' | 'mul' | 'div';
  /** Which input the value is. */
  readonly index: number;
  readonly factor: string;
  /** Whether the constant has an entry for each channel, not one for all. */
  readonly isVector: boolean;
}

/** What `node` does to the channels of a value; undefined where it does anything else. */
export function channelArithmetic(builder: GraphBuilder, node: Node): ChannelArithmetic | undefined {
  const { operation } = node.attributes as { operation?: unknown };
  if (!isLinear(operation)) return undefined;
  const names = node.inputs.map((name) => builder.resolve(name));
  const index = builder.constants.has(names[0]) && (operation === 'add' || operation === 'mul') ? 1 : 0;
  const [input, factor] = [names[index], names[1 - index]];
  if (node.op !== 'binary' || !builder.constants.has(factor)) return undefined;
  const [{ shape }, { shape: factorShape }] = [builder.typeOf(input), builder.typeOf(factor)];
  const channels = shape.at(-1);
  if (channels === undefined) return undefined;
  const size = product(factorShape);
  const perChannel = size === 1 || (size === channels && factorShape.at(-1) === channels);
  return perChannel && factorShape.length <= shape.length
    ? { operation, index, factor, isVector: size > 1 || channels === 1 }
    : undefined;
}

function isLinear(operation: unknown): operation is ChannelArithmetic['operation'] {
  return operation === 'add' || operation === 'sub' || operation === 'mul' || operation === 'div';
}

/** Scales or shifts the filters that produce one operand of `node` by its other, constant one. */
function foldInto(builder: GraphBuilder, node: Node, uses: ReadonlyMap<string, number>): boolean {
  const arithmetic = channelArithmetic(builder, node);
  if (!arithmetic) return false;
  const { operation, index, factor, isVector } = arithmetic;
  const { activation } = node.attributes;
  const input = builder.resolve(node.inputs[index]);
  const layer = builder.producer(input);
  if (!layer || uses.get(input) !== 1) return false;
  const [source, filters, bias] = layer.inputs;
  if (layer.attributes.activation || layer.inputs[3]) return false;
  if (!isKnown(builder, filters) || (bias && !isKnown(builder, bias))) return false;

  const channels = builder.typeOf(input).shape.at(-1) ?? 1;
  const { shape: filterShape } = builder.typeOf(filters);
  const scaling = operatorOf(builder, layer).outputScaling?.(filterShape, layer.attributes);
  if (!scaling) return false;

  const scales = operation === 'mul' || operation === 'div';
  if (scales && ![filters, bias].every((value) => !value || takesIn(builder, value, factor, operation))) return false;

  const apply = (op: string, inputs: string[], attributes: Node['attributes']) =>
    builder.apply(op, inputs, attributes, `${node.name}/folded`);
  const vector = isVector ? [channels] : [1];
  const amount = apply('reshape', [factor], { shape: vector });
  let [newFilters, newBias] = [filters, bias ?? ''];
  if (scales) {
    const { split } = scaling;
    const whole = split === filterShape;
    const apart = whole ? filters : apply('reshape', [filters], { shape: split });
    const shape = factorShape(scaling, isVector);
    const scaled = apply('binary', [apart, apply('reshape', [amount], { shape })], { operation });
    newFilters = whole ? scaled : apply('reshape', [scaled], { shape: filterShape });
    if (bias) newBias = apply('binary', [bias, amount], { operation });
  } else if (bias) newBias = apply('binary', [bias, amount], { operation });
  else if (!isVector) return false;
  else newBias = operation === 'add' ? amount : apply('unary', [amount], { operation: 'neg' });
  builder.remove(layer);
  builder.push({
    ...layer,
    inputs: [source, newFilters, newBias],
    outputs: node.outputs,
    attributes: activation
      ? { ...layer.attributes, activation, alpha: node.attributes.alpha, beta: node.attributes.beta }
      : layer.attributes,
  });
  return true;
}

/** Whether `name` is a constant or will be one when constants are folded, as filters that were scaled before. */
export function isKnown(builder: GraphBuilder, name: string): boolean {
  if (builder.constants.has(name)) return true;
  const inputs = builder.producer(name)?.inputs ?? [];
  return inputs.length > 0 && inputs.every((input) => input === '' || isKnown(builder, input));
}

/** The shape in which factors of channels, or one for all, meet filters. */
export function factorShape({ split, channels }: FilterScaling, isVector: boolean): number[] {
  return split.map((extent, axis) => (isVector && channels.includes(axis) ? extent : 1));
}
