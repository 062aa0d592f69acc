// Replaces operators that are compositions by what they are composed of.

import type { Composition, Operator } from '../../ops/operator.js';
import { tensor } from '../../tensor.js';
import { GraphBuilder, locate } from '../builder.js';
import { operatorOf } from '../dialect.js';
import type { Node, Pass, TypedGraph } from '../graph.js';

export const composites: Pass = { name: 'composites', apply: expandComposites };

export function expandComposites(graph: TypedGraph): TypedGraph {
  return expandNodes(graph, (node) => operatorOf(graph, node).compose);
}

/** `graph` with what `partsOf` builds in the place of nodes for which it gives something. */
export function expandNodes(graph: TypedGraph, partsOf: (node: Node) => Operator['compose']): TypedGraph {
  const builder = new GraphBuilder(graph);
  for (const node of graph.nodes) {
    const compose = partsOf(node);
    if (!compose) {
      builder.push(node);
      continue;
    }
    const inputs = node.inputs.map((name) => builder.resolve(name));
    const types = inputs.map((name) => builder.types.get(name));
    const outputs = locate(node, types, () => compose(composition(builder, node.name), inputs, node.attributes));
    node.outputs.forEach((name, index) => {
      if (name !== '') builder.replace(name, outputs[index]);
    });
  }
  return builder.finish();
}

/** What appends operators to `builder`; their names begin with `name`. */
export function composition(builder: GraphBuilder, name: string): Composition {
  const apply: Composition['apply'] = (op, inputs, attributes) =>
    builder.apply(op, inputs, attributes, `${name}/${op}`);
  return {
    apply,
    applyAll(op, inputs, attributes, count) {
      const outputs = Array.from({ length: count }, (_, index) => builder.fresh(`${name}/${op} ${index}`));
      builder.push({ name: `${name}/${op}`, op, inputs, outputs, attributes });
      return outputs;
    },
    type: (value) => builder.typeOf(value),
    unary: (operation, input) => apply('unary', [input], { operation }),
    binary: (operation, left, right) => apply('binary', [left, right], { operation }),
    constant: (value, role) => builder.constant(value, `${name}/${role}`),
    scalar: (value) => builder.constant(tensor(value, []), `${name}/${value}`),
  };
}
