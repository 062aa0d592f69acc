// Replaces operators that are compositions by what they are composed of.

import type { Composition } from '../../ops/operator.js';
import { tensor } from '../../tensor.js';
import { operatorOf } from '../dialect.js';
import { Draft, locate } from '../draft.js';
import type { Pass, TypedGraph } from '../graph.js';

export const composites: Pass = { name: 'composites', apply: expandComposites };

export function expandComposites(graph: TypedGraph): TypedGraph {
  const draft = new Draft(graph);
  for (const node of graph.nodes) {
    const { compose } = operatorOf(graph, node);
    if (!compose) {
      draft.push(node);
      continue;
    }
    const inputs = node.inputs.map((name) => draft.resolve(name));
    const types = inputs.map((name) => draft.types.get(name));
    const outputs = locate(node, types, () => compose(composition(draft, node.name), inputs, node.attributes));
    node.outputs.forEach((name, index) => {
      if (name !== '') draft.replace(name, outputs[index]);
    });
  }
  return draft.finish();
}

/** What appends operators to `draft`; their names begin with `name`. */
export function composition(draft: Draft, name: string): Composition {
  const apply: Composition['apply'] = (op, inputs, attributes) => draft.apply(op, inputs, attributes, `${name}/${op}`);
  return {
    apply,
    type: (value) => draft.typeOf(value),
    unary: (operation, input) => apply('unary', [input], { operation }),
    binary: (operation, left, right) => apply('binary', [left, right], { operation }),
    constant: (value, role) => draft.constant(value, `${name}/${role}`),
    scalar: (value) => draft.constant(tensor(value, []), `${name}/${value}`),
  };
}
