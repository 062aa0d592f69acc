// Gradients of reductions: the gradient is repeated along the reduced axes, weighted by what each cell contributed.

import { normalizeAxis } from '../../shape.js';
import type { Differentiation, GradientRule } from '../gradientRule.js';
import { expanded, indicator, reshaped } from '../lowering/gradientShapes.js';

export const reduce: GradientRule = (build) => {
  const [input] = build.inputs;
  const { shape } = build.type(input);
  const given = build.attributes.axes as readonly number[] | undefined;
  const reduced = given?.map((axis) => normalizeAxis(axis, shape.length)) ?? [...shape.keys()];
  const kept = shape.map((extent, axis) => (reduced.includes(axis) ? 1 : extent));
  const gy = reshaped(build, build.gradient(), kept);
  const y = () => reshaped(build, build.output(), kept);
  const total = (value: string) => build.apply('reduce', [value], { reduction: 'sum', axes: reduced, keepDims: true });
  const cells = reduced.reduce((count, axis) => count * shape[axis], 1);
  const { reduction } = build.attributes;
  const rule = rules[reduction as string];
  return [expanded(build, rule({ build, x: input, y, gy, total, cells, reduced }), shape)];
};

interface Reduced {
  readonly build: Differentiation;
  readonly x: string;
  /** The result, its reduced axes of extent 1. */
  readonly y: () => string;
  readonly gy: string;
  /** Sum over the reduced axes, which stay. */
  readonly total: (value: string) => string;
  /** Elements that one result is made of. */
  readonly cells: number;
  readonly reduced: readonly number[];
}

const rules: Record<string, (reduced: Reduced) => string> = {
  sum: ({ gy }) => gy,
  mean: ({ build, gy, cells }) => build.binary('mul', gy, build.scalar(1 / cells)),
  max: extreme,
  min: extreme,
  prod: product,
  l1: ({ build, x, gy }) => build.binary('mul', gy, build.unary('sign', x)),
  l2({ build, x, y, gy }) {
    const zero = build.scalar(0);
    const slope = build.binary('div', x, y());
    const flat = build.apply('compare', [y(), zero], { operation: 'equal' });
    return build.binary('mul', gy, build.apply('where', [flat, zero, slope], {}));
  },
  sumSquare: ({ build, x, gy }) => build.binary('mul', build.binary('mul', gy, build.scalar(2)), x),
  logSum: ({ build, y, gy }) => build.binary('div', gy, build.unary('exp', y())),
  logSumExp: ({ build, x, y, gy }) => build.binary('mul', gy, build.unary('exp', build.binary('sub', x, y()))),
};

/** Equal parts to all cells that are the extreme one. */
function extreme({ build, x, y, gy, total }: Reduced): string {
  const chosen = indicator(build, 'equal', x, y());
  return build.binary('mul', chosen, build.binary('div', gy, total(chosen)));
}

/** The product of the other cells: by division, or where there is one zero, by leaving it out. */
function product({ build, x, gy, total, reduced }: Reduced): string {
  const [zero, one] = [build.scalar(0), build.scalar(1)];
  const isZero = build.apply('compare', [x, zero], { operation: 'equal' });
  const nonzero = build.apply('where', [isZero, one, x], {});
  const rest = build.apply('reduce', [nonzero], { reduction: 'prod', axes: reduced, keepDims: true });
  const count = total(build.apply('cast', [isZero], { to: 'float32' }));
  const [none, single] = [zero, one].map((wanted) => indicator(build, 'equal', count, wanted));
  const others = build.binary('mul', build.binary('div', rest, nonzero), none);
  return build.binary('mul', gy, build.apply('where', [isZero, build.binary('mul', rest, single), others], {}));
}
