// How a dialect is put together, and what its names mean.

import { QuadlaneError } from '../errors.js';
import { activation } from '../ops/elementwise/activation.js';
import { binary } from '../ops/elementwise/binary.js';
import { unary } from '../ops/elementwise/unary.js';
import { reshape } from '../ops/layout/reshape.js';
import type { Operator, Operators } from '../ops/operator.js';
import type { Control, Dialect, Graph, Node, Pass } from './graph.js';

/** What the compiler's own passes write: every dialect has them. */
const basic: Operators = { activation, binary, reshape, unary };

/** The dialect of graphs of these operators: with what the passes write, and with what every dialect has. */
export function dialectOf(
  operators: Operators,
  passes: readonly Pass[] = [],
  controls?: Readonly<Record<string, Control>>,
): Dialect {
  // Names from files are looked up in it, so it has no names of its own.
  const named: Record<string, Operator> = Object.create(null);
  return { operators: Object.assign(named, basic, ...passes.map(({ writes }) => writes), operators), passes, controls };
}

/** What both dialects have; where they share a name, its meaning in `more`. */
export function extendDialect({ operators, passes, controls }: Dialect, more: Dialect): Dialect {
  return dialectOf({ ...operators, ...more.operators }, [...passes, ...more.passes], { ...controls, ...more.controls });
}

/**
 * The operator of a node of `graph`.
 * @throws QuadlaneError `UNSUPPORTED` when its dialect has no such operator
 */
export function operatorOf({ dialect }: Pick<Graph, 'dialect'>, node: Pick<Node, 'op' | 'name'>): Operator {
  const operator = dialect.operators[node.op];
  if (!operator) throw new QuadlaneError('UNSUPPORTED', `"${node.name}": there is no operator "${node.op}"`);
  return operator;
}
