// The activations that exporters write as products where the operator set lacks them.

import type { Node } from '../../graph/graph.js';
import type { NodeContext } from './context.js';

/** The activation that the product of two values is, and of what; undefined where it is a mere product. */
export function activationOfProduct(context: NodeContext, a: string, b: string): Found | undefined {
  return (
    gatedBy(context, a, b) ??
    gatedBy(context, b, a) ??
    geluOf(context, [...factors(context, a), ...factors(context, b)])
  );
}

interface Found {
  readonly activation: string;
  readonly x: string;
}

/** The activation that `x * gate` is. */
function gatedBy(context: NodeContext, x: string, gate: string): Found | undefined {
  const node = context.producerOf(gate);
  if (node?.op !== 'activation') return undefined;
  const [from] = node.inputs;
  const { activation, alpha, beta } = node.attributes;
  if (from === x && activation === 'sigmoid') return { activation: 'silu', x };
  if (from === x && activation === 'hardSigmoid' && isClose(alpha, 1 / 6) && beta === 0.5) {
    return { activation: 'hardSwish', x };
  }
  const inner = activation === 'tanh' ? context.producerOf(from) : undefined;
  return inner?.attributes.activation === 'softplus' && inner.inputs[0] === x ? { activation: 'mish', x } : undefined;
}

/** What a value is the product of, two deep at most. */
function factors(context: NodeContext, value: string): readonly string[] {
  const node = context.producerOf(value);
  return isBinary(node, 'mul') ? node.inputs : [value];
}

/** 1/2 * x * (1 + erf(x / sqrt(2))), in any order. */
function geluOf(context: NodeContext, values: readonly string[]): Found | undefined {
  const [a, b, ...more] = values.filter((value) => context.numberOf(value) !== 0.5);
  if (values.length !== 3 || b === undefined || more.length > 0) return undefined;
  if (argumentOfErf(context, b) === a) return { activation: 'gelu', x: a };
  return argumentOfErf(context, a) === b ? { activation: 'gelu', x: b } : undefined;
}

/** x where `value` is 1 + erf(x / sqrt(2)). */
function argumentOfErf(context: NodeContext, value: string): string | undefined {
  const sum = context.producerOf(value);
  if (!isBinary(sum, 'add')) return undefined;
  const one = sum.inputs.findIndex((name) => context.numberOf(name) === 1);
  const erf = context.producerOf(sum.inputs[1 - one]);
  if (one < 0 || erf?.attributes.operation !== 'erf') return undefined;
  const scaled = context.producerOf(erf.inputs[0]);
  const [x, y] = scaled?.inputs ?? [];
  if (isBinary(scaled, 'div') && isClose(context.numberOf(y), Math.SQRT2)) return x;
  if (!isBinary(scaled, 'mul')) return undefined;
  if (isClose(context.numberOf(y), Math.SQRT1_2)) return x;
  return isClose(context.numberOf(x), Math.SQRT1_2) ? y : undefined;
}

function isBinary(node: Node | undefined, operation: string): node is Node {
  return node?.op === 'binary' && node.attributes.operation === operation;
}

/** Whether a constant is this number to six digits, more or less of which exporters write. */
function isClose(value: unknown, number: number): boolean {
  return typeof value === 'number' && Math.abs(value / number - 1) < 1e-6;
}
