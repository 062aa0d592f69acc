// Operators applied to tensors one at a time: each is a network of one node, and the latest ones used stay compiled. Operators
// come as values: a bundle has those that its program calls.

import { QuadlaneError } from '../errors.js';
import { dialectOf } from '../graph/dialect.js';
import { compileGraph } from '../model/load.js';
import type { Model } from '../model/model.js';
import { RecentPlans } from '../model/recentPlans.js';
import { cast } from '../ops/elementwise/cast.js';
import type { Attributes, Operator, Operators } from '../ops/operator.js';
import { shown } from '../printable.js';
import { asTensor, type Tensor } from '../tensor.js';

/** Networks of one node, compiled: the latest stay. */
const models = new RecentPlans<Model>(32);

/**
 * The first output of one operator.
 * @param inputs absent optional ones are undefined
 * @param parts what the operator is composed of, beside what every dialect has
 */
export function apply(
  operator: Operator,
  inputs: readonly (Tensor | undefined)[],
  attributes: Attributes,
  parts?: Operators,
): Tensor {
  return applyAll(operator, inputs, attributes, 1, parts)[0];
}

/** The first `count` outputs of one operator. */
export function applyAll(
  operator: Operator,
  inputs: readonly (Tensor | undefined)[],
  attributes: Attributes,
  count: number,
  parts: Operators = {},
): Tensor[] {
  const { name: op } = operator;
  inputs.forEach((input, index) => {
    if (input !== undefined || index === 0) requireTensor(op, input, index);
  });
  const types = inputs.map((input) => (input ? `${input.dtype}[${input.shape}]` : '-'));
  const settings = Object.entries(attributes).map(([name, value]) => `${name}=${exact(value)}`);
  const key = `${count} ${op} ${types.join(' ')} ${settings.join(' ')}`;
  const model = models.take(key, () => {
    // Half and double precision are cast before they are computed with.
    return compileNode({ ...parts, cast, [op]: operator }, op, inputs, attributes, count);
  });
  const named = inputs.flatMap((input, index) => (input ? [[`input${index}`, input] as const] : []));
  return Object.values(model.runSync(Object.fromEntries(named)));
}

function compileNode(
  operators: Operators,
  op: string,
  inputs: readonly (Tensor | undefined)[],
  attributes: Attributes,
  count: number,
): Model {
  const names = inputs.map((input, index) => (input ? `input${index}` : ''));
  const outputs = Array.from({ length: count }, (_, index) => `output${index}`);
  return compileGraph({
    dialect: dialectOf(operators),
    inputs: inputs.flatMap((input, index) =>
      input ? [{ name: names[index], dtype: input.dtype, shape: [...input.shape] }] : [],
    ),
    outputs,
    nodes: [{ name: op, op, inputs: names, outputs, attributes }],
    constants: new Map(),
  });
}

/**
 * An attribute as text that no other one has.
 * @throws QuadlaneError `ARGUMENT` for one that can't be any
 */
function exact(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(exact)}]`;
  if (typeof value === 'string') return JSON.stringify(value);
  try {
    return Object.is(value, -0) ? '-0' : String(value);
  } catch (cause) {
    throw new QuadlaneError('ARGUMENT', `an option can't be ${shown(value)}`, { cause });
  }
}

/**
 * Number of spatial axes of `x`, the first argument of `op`.
 * @throws QuadlaneError `ARGUMENT` when it is no tensor
 */
export function countSpatialAxes(op: string, x: Tensor): number {
  requireTensor(op, x, 0);
  return Math.max(0, x.shape.length - 2);
}

function requireTensor(op: string, value: unknown, index: number): void {
  if (asTensor(value)) return;
  throw new QuadlaneError(
    'ARGUMENT',
    `${op}: argument ${index + 1} must be a tensor; make one with tensor(data, shape)`,
  );
}
