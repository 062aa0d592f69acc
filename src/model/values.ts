// A network that gives other values than its outputs.

import { QuadlaneError } from '../errors.js';
import type { Graph } from '../graph/graph.js';
import { printable, shown } from '../printable.js';

/** Most names that an error lists. */
const MOST_LISTED = 12;

/**
 * The network with `names` as its outputs: any values that it has.
 * @throws QuadlaneError `ARGUMENT` for other names, with those that are like them
 */
export function giving<Name extends string>(graph: Graph, names: readonly Name[]): Graph<Name> {
  const values = new Set([
    ...graph.inputs.map(({ name }) => name),
    ...graph.constants.keys(),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ]);
  values.delete('');
  if (!Array.isArray(names) || names.length === 0) {
    throw new QuadlaneError('ARGUMENT', `outputs must be a list of names of values; got ${shown(names)}`);
  }
  for (const name of names) {
    if (values.has(name)) continue;
    const wanted = String(typeof name === 'string' ? name : '').toLowerCase();
    const like = [...values].filter((value) => wanted && value.toLowerCase().includes(wanted));
    const listed = (like.length > 0 ? like : graph.nodes.flatMap(({ outputs }) => outputs).reverse())
      .slice(0, MOST_LISTED)
      .map((value) => `"${printable(value)}"`);
    throw new QuadlaneError(
      'ARGUMENT',
      `the network has no value ${shown(name)}; ${like.length > 0 ? 'those like it are' : 'its last ones are'} ${listed.join(', ')}`,
    );
  }
  return { ...graph, outputs: [...new Set(names)] };
}
