// Replaces operators that are compositions by what they are composed of.

import type { Composition } from '../../ops/operator.js';
import { tensor } from '../../tensor.js';
import { Draft, operatorOf, type TypedGraph } from '../draft.js';

export function expandComposites(graph: TypedGraph): TypedGraph {
  const draft = new Draft(graph);
  for (const node of graph.nodes) {
    const { compose } = operatorOf(node);
    if (!compose) {
      draft.push(node);
      continue;
    }
    const apply: Composition['apply'] = (op, inputs, attributes) =>
      draft.apply(op, inputs, attributes, `${node.name}/${op}`);
    const build: Composition = {
      apply,
      type: (value) => draft.typeOf(value),
      unary: (operation, input) => apply('unary', [input], { operation }),
      binary: (operation, left, right) => apply('binary', [left, right], { operation }),
      constant: (value, name) => draft.constant(value, `${node.name}/${name}`),
      scalar: (value) => draft.constant(tensor(value, []), `${node.name}/${value}`),
    };
    const inputs = node.inputs.map((name) => draft.resolve(name));
    const outputs = compose(build, inputs, node.attributes);
    node.outputs.forEach((name, index) => {
      if (name !== '') draft.replace(name, outputs[index]);
    });
  }
  return draft.finish();
}
