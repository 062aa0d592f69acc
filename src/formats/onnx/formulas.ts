// Formulas over values, as importing functions write them.

import type { NodeContext } from './context.js';

/** What computes with values by name; numbers stand for themselves. */
export interface Formulas {
  add(a: Term, b: Term): string;
  sub(a: Term, b: Term): string;
  mul(a: Term, b: Term): string;
  div(a: Term, b: Term): string;
  unary(operation: string, x: string): string;
  compare(operation: string, a: Term, b: Term): string;
  where(condition: string, a: Term, b: Term): string;
  activation(name: string, x: string, alpha?: number, beta?: number): string;
  /** The sum of `coefficients[i] * x ** i`. */
  polynomial(x: string, coefficients: readonly number[]): string;
}

/** A value's name, or a float. */
export type Term = string | number;

export function formulas(context: NodeContext): Formulas {
  const name = (term: Term) => (typeof term === 'number' ? context.scalar(term) : term);
  const pair = (op: string, operation: string) => (a: Term, b: Term) =>
    context.step(op, [name(a), name(b)], { operation });
  const [add, mul] = [pair('binary', 'add'), pair('binary', 'mul')];
  return {
    add,
    mul,
    sub: pair('binary', 'sub'),
    div: pair('binary', 'div'),
    unary: (operation, x) => context.step('unary', [x], { operation }),
    compare: (operation, a, b) => pair('compare', operation)(a, b),
    where: (condition, a, b) => context.step('where', [condition, name(a), name(b)]),
    activation: (activation, x, alpha = 0, beta = 0) => context.step('activation', [x], { activation, alpha, beta }),
    polynomial(x, coefficients) {
      const [highest, ...rest] = [...coefficients].reverse();
      return rest.reduce((sum: Term, coefficient) => add(mul(sum, x), coefficient), highest) as string;
    },
  };
}
