// A choice between two graphs.

import type { Control } from '../graph.js';
import { Inlining, prefixOf } from './inlining.js';

/** Takes the place of the branch that its condition, one bool, chooses; waits until the condition is known. */
export const branches: Control = {
  expand(node, [condition], _, fresh) {
    if (!condition) return undefined;
    const branch = node.graphs![condition.data[0] ? 0 : 1];
    const inlining = new Inlining(fresh);
    const results = inlining.copy(branch, prefixOf(node), node.inputs.slice(1));
    node.outputs.forEach((output, index) => {
      if (output !== '') inlining.give('identity', [results[index]], {}, output);
    });
    return inlining;
  },
};
