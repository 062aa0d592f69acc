// Folds arithmetic on channels into the constant filters behind it: a batch norm that stands before a convolution.

import { countUses, Draft } from '../draft.js';
import type { Node, TypedGraph } from '../graph.js';
import { channelArithmetic, isKnown } from './scales.js';

export function foldInputScales(graph: TypedGraph): TypedGraph {
  const uses = countUses(graph);
  const draft = new Draft(graph);
  for (const node of graph.nodes) {
    let folded = node;
    for (let next: Node | undefined = node; next; next = foldInto(draft, next, uses)) folded = next;
    draft.push(folded);
  }
  return draft.finish();
}

/** The layer on what the arithmetic before it is applied to; undefined where there is none that folds. */
function foldInto(draft: Draft, layer: Node, uses: ReadonlyMap<string, number>): Node | undefined {
  const { op, attributes } = layer;
  if ((op !== 'conv' && op !== 'matmul') || attributes.transposeA) return undefined;
  const [input, filters, bias = '', ...rest] = layer.inputs;
  const before = draft.producer(input);
  const arithmetic = before && uses.get(input) === 1 ? channelArithmetic(draft, before) : undefined;
  if (!arithmetic || before?.attributes.activation || !isKnown(draft, filters)) return undefined;
  const { operation, factor, isVector } = arithmetic;
  const { shape } = draft.typeOf(filters);
  if (shape.length < 2 || shape.includes(0) || (op === 'matmul' && shape.length > 2)) return undefined;

  const apply = (name: string, inputs: string[], settings: Node['attributes']) =>
    draft.apply(name, inputs, settings, `${layer.name}/folded`);
  // Filters as [groups, filters, channels, ...kernel] or [channels, filters], and factors in a shape that meets them.
  const groups = (attributes.groups ?? 1) as number;
  const columns = op === 'matmul' && !attributes.transposeB;
  const [count, channels, ...kernel] = shape;
  const split = columns ? shape : [groups, count / groups, channels, ...kernel];
  const meeting = columns ? [count, 1] : [groups, 1, channels, ...kernel.map(() => 1)];
  const grouped = apply('reshape', [filters], { shape: split });
  const amounts = apply('reshape', [factor], { shape: isVector ? meeting : split.map(() => 1) });
  if (operation === 'mul' || operation === 'div') {
    const scaled = apply('binary', [grouped, amounts], { operation });
    return {
      ...layer,
      inputs: [before!.inputs[arithmetic.index], apply('reshape', [scaled], { shape }), bias, ...rest],
    };
  }
  // Padding is zeros that nothing was added to.
  const padding = (attributes.padding ?? []) as readonly number[];
  if (attributes.autoPad || padding.some((amount) => amount > 0) || (bias && !isKnown(draft, bias))) return undefined;
  const products = apply('binary', [grouped, amounts], { operation: 'mul' });
  const axes = columns ? [0] : split.flatMap((_, axis) => (axis < 2 ? [] : [axis]));
  const sums = apply('reduce', [products], { reduction: 'sum', axes, keepDims: false });
  const change = apply('reshape', [sums], { shape: [columns ? channels : count] });
  const signed = operation === 'add' ? change : apply('unary', [change], { operation: 'neg' });
  const sum = bias ? apply('binary', [bias, signed], { operation: 'add' }) : signed;
  return { ...layer, inputs: [before!.inputs[arithmetic.index], filters, sum, ...rest] };
}
