// Folds arithmetic on channels into the constant filters behind it: a batch norm that stands before a convolution.

import { countUses, GraphBuilder } from '../builder.js';
import { operatorOf } from '../dialect.js';
import type { Node, TypedGraph } from '../graph.js';
import { takesIn } from './magnitudes.js';
import { channelArithmetic, factorShape, isKnown } from './scales.js';

export function foldInputScales(graph: TypedGraph): TypedGraph {
  const uses = countUses(graph);
  const builder = new GraphBuilder(graph);
  for (const node of graph.nodes) {
    let folded = node;
    for (let next: Node | undefined = node; next; next = foldInto(builder, next, uses)) folded = next;
    builder.push(folded);
  }
  return builder.finish();
}

/** The layer on what the arithmetic before it is applied to; undefined where there is none that folds. */
function foldInto(builder: GraphBuilder, layer: Node, uses: ReadonlyMap<string, number>): Node | undefined {
  const { inputScaling } = operatorOf(builder, layer);
  if (!inputScaling) return undefined;
  const [input, filters, bias = '', ...rest] = layer.inputs;
  const before = builder.producer(input);
  const arithmetic = before && uses.get(input) === 1 ? channelArithmetic(builder, before) : undefined;
  if (!arithmetic || before?.attributes.activation || !isKnown(builder, filters)) return undefined;
  const { operation, factor, isVector } = arithmetic;
  const scales = operation === 'mul' || operation === 'div';
  if (scales && !takesIn(builder, filters, factor, operation)) return undefined;
  const { shape } = builder.typeOf(filters);
  const scaling = inputScaling(shape, layer.attributes);
  if (!scaling) return undefined;

  const apply = (name: string, inputs: string[], settings: Node['attributes']) =>
    builder.apply(name, inputs, settings, `${layer.name}/folded`);
  const { split, outputs } = scaling;
  const apart = split === shape ? filters : apply('reshape', [filters], { shape: split });
  const amounts = apply('reshape', [factor], { shape: factorShape(scaling, isVector) });
  const source = before!.inputs[arithmetic.index];
  if (scales) {
    const scaled = apply('binary', [apart, amounts], { operation });
    const whole = split === shape ? scaled : apply('reshape', [scaled], { shape });
    return { ...layer, inputs: [source, whole, bias, ...rest] };
  }
  // Padding is zeros that nothing was added to.
  if (scaling.padded || (bias && !isKnown(builder, bias))) return undefined;
  const products = apply('binary', [apart, amounts], { operation: 'mul' });
  const axes = [...split.keys()].filter((axis) => !outputs.includes(axis));
  const sums = apply('reduce', [products], { reduction: 'sum', axes, keepDims: false });
  const change = apply('reshape', [sums], { shape: [-1] });
  const signed = operation === 'add' ? change : apply('unary', [change], { operation: 'neg' });
  const sum = bias ? apply('binary', [bias, signed], { operation: 'add' }) : signed;
  return { ...layer, inputs: [source, filters, sum, ...rest] };
}
