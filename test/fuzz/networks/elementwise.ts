// Nodes that work element by element, with broadcasting, on every element type.

import { type Bound, type Draft, type Element, moved, smooth, UNIT, type Value } from './draft.js';

/** A shape that broadcasts with `shape` to itself. */
function narrower({ dice }: Draft, shape: readonly number[]): number[] {
  const kept = shape.slice(dice.integer(shape.length + 1));
  return kept.map((extent) => (dice.once(3) ? 1 : extent));
}

function broadcast(a: readonly number[], b: readonly number[]): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let axis = 1; axis <= rank; axis++) {
    const [x, y] = [a.at(-axis) ?? 1, b.at(-axis) ?? 1];
    if (x !== y && x !== 1 && y !== 1) return undefined;
    shape.unshift(Math.max(x, y));
  }
  return shape;
}

/** A second operand for `a`, of its type: another value, or a parameter whose elements lie in [low, high). */
function partner(net: Draft, a: Value, low: number, high: number, parameterOnly = false): Value {
  const other = parameterOnly
    ? undefined
    : net.pick((b) => b.dtype === a.dtype && broadcast(a.shape, b.shape) !== undefined);
  if (other && net.dice.once(2)) return other;
  return net.parameter(net.random(a.dtype, narrower(net, a.shape), low, high));
}

const sum: Bound = ([a, b], most) => a.error + b.error + 2 * UNIT * most;
const times: Bound = ([a, b], most) => a.error * (b.most + b.error) + b.error * a.most + 2 * UNIT * most;
/** Divisors are at least a half. */
const divided: Bound = ([a, b], most) => 2 * a.error + 2 * most * b.error + 4 * UNIT * most;

const isInteger = ({ dtype }: Value) => dtype === 'int32' || dtype === 'int64';
const isNumber = (value: Value) => isInteger(value) || value.dtype === 'float32';
/** Small enough that nothing overflows after a few more nodes. */
const isModest = ({ most }: Value) => most <= 1000;

function arithmetic(net: Draft): void {
  const { dice } = net;
  const a = net.pick((value) => isNumber(value) && (value.dtype === 'float32' || isModest(value)));
  if (!a) return;
  const op = dice.any(['Add', 'Add', 'Sub', 'Mul', 'Mul', 'Div', 'Min', 'Max']);
  const whole = a.dtype !== 'float32';
  const b =
    op === 'Div'
      ? partner(net, a, whole ? 1 : 0.5, whole ? 3 : 2, true)
      : partner(net, a, whole ? -3 : -2, whole ? 3 : 2);
  const operands: [Value, Value] = op !== 'Div' && dice.once(3) ? [b, a] : [a, b];
  const shape = broadcast(a.shape, b.shape)!;
  const bounds: Record<string, Bound> = { Add: sum, Sub: sum, Mul: times, Div: divided, Min: moved, Max: moved };
  const most = { Add: a.most + b.most, Sub: a.most + b.most, Mul: a.most * b.most, Div: 2 * a.most }[op as 'Add'];
  net.emit(op, operands, { shape, bound: whole ? moved : bounds[op], most });
}

/** A float added to its own result, or its gate: what residual and squeeze-and-excitation blocks do. */
function several(net: Draft): void {
  const { dice } = net;
  const a = net.pickFloats();
  if (!a) return;
  const op = dice.any(['Sum', 'Mean', 'Max', 'Min']);
  const inputs = [a, ...dice.list(dice.from(0, 2), () => partner(net, a, -2, 2))];
  const shape = inputs.reduce<number[] | undefined>((all, { shape }) => all && broadcast(all, shape), [...a.shape]);
  if (!shape) return;
  const isSum = op === 'Sum' || op === 'Mean';
  net.emit(op, inputs, { shape, ...(isSum && { bound: smooth(1, 4 + inputs.length ** 2 * 4) }) });
}

function power(net: Draft): void {
  const a = net.pickFloats((value) => value.most <= 50);
  if (!a) return;
  const exponent = net.dice.any([2, 2, 3, 1]);
  const b = net.constant(net.random('float32', [], exponent, exponent));
  net.emit('Pow', [a, b], {
    shape: a.shape,
    bound: ([x], most) => exponent * (x.most + x.error) ** (exponent - 1) * x.error + 8 * UNIT * Math.max(1, most),
    most: Math.max(1, a.most) ** exponent,
  });
}

/** Slopes, roundings of max(1, |y|), and attributes. Engines compute these by polynomials of their own. */
const activations: readonly [op: string, slope: number, roundings: number, since: number, ...attributes: string[]][] = [
  ['Relu', 1, 0, 6],
  ['LeakyRelu', 1.5, 2, 6, 'alpha'],
  ['Sigmoid', 0.25, 16, 6],
  ['Tanh', 1, 16, 6],
  ['Elu', 1.5, 20, 6, 'alpha'],
  ['Selu', 2, 20, 6],
  ['Celu', 1, 40, 12],
  ['HardSigmoid', 1, 4, 6, 'alpha', 'beta'],
  ['HardSwish', 1.5, 8, 14],
  ['Softplus', 1, 24, 6],
  ['Softsign', 1, 8, 6],
  ['Gelu', 1.2, 40, 20],
  ['Mish', 1.2, 60, 18],
  ['Erf', 1.13, 24, 9],
  ['Abs', 1, 0, 6],
  ['Neg', 1, 0, 6],
  ['Sin', 1, 8, 7],
  ['Cos', 1, 8, 7],
];

function activation(net: Draft): void {
  const { dice } = net;
  const [op, slope, roundings, , ...names] = dice.any(activations.filter(([, , , since]) => since <= net.opset));
  // The argument of a sine is reduced in as many digits as it has.
  const a = net.pickFloats((value) => (op !== 'Sin' && op !== 'Cos') || value.most <= 100);
  if (!a) return;
  const attributes = Object.fromEntries(
    names.filter(() => dice.once(2)).map((name) => [name, { float: Math.fround(dice.uniform(0.05, 0.9)) }]),
  );
  const bounded = ['Sigmoid', 'Tanh', 'HardSigmoid', 'Softsign', 'Erf', 'Sin', 'Cos'].includes(op);
  const bound = roundings === 0 ? moved : smooth(slope, roundings);
  net.emit(op, [a], { shape: a.shape, attributes, bound, most: bounded ? 1 : Math.max(2, 2 * a.most) });
}

function clip(net: Draft): void {
  const { dice } = net;
  const a = net.pickFloats();
  if (!a) return;
  const [low, high] = [dice.uniform(-2, 0), dice.uniform(0, 6)];
  const bounds = [
    dice.once(4) ? undefined : net.parameter(net.random('float32', [], low, low)),
    dice.once(4) ? undefined : net.parameter(net.random('float32', [], high, high)),
  ];
  net.emit('Clip', [a, ...bounds], { shape: a.shape, most: bounds.every(Boolean) ? 6 : a.most });
}

function prelu(net: Draft): void {
  const a = net.pickFloats(({ shape }) => shape.length >= 2);
  if (!a) return;
  const slopes = net.dice.any([[a.shape[1], ...a.shape.slice(2).map(() => 1)], [1], [...a.shape]]);
  net.emit('PRelu', [a, net.floats(slopes)], { shape: a.shape, bound: ([x], most) => x.error + 2 * UNIT * most });
}

/** Functions of what is first brought to where they are tame. */
function steep(net: Draft): void {
  const { dice } = net;
  const x = net.pickFloats();
  if (!x) return;
  const op = dice.any(['Exp', 'Log', 'Sqrt', 'Reciprocal']);
  if (op === 'Exp') {
    if (x.most > 8) return;
    const bound: Bound = ([a], most) => most * a.error * 2 + 16 * UNIT * Math.max(1, most);
    net.emit(op, [x], { shape: x.shape, bound, most: Math.exp(x.most) });
    return;
  }
  const positive = net.emit('Abs', [x], { shape: x.shape })!;
  const half = net.constant(net.random('float32', [], 0.5, 0.5));
  const away = net.emit('Add', [positive, half], { shape: x.shape, bound: sum, most: x.most + 0.5 })!;
  // Of arguments from a half on: slopes of 2, 0.71 and 4.
  const slope = { Log: 2, Sqrt: 0.71, Reciprocal: 4 }[op as 'Log'];
  net.emit(op, [away], { shape: x.shape, bound: smooth(slope, 16), most: Math.max(2, away.most) });
}

function rounding(net: Draft): void {
  const op = net.dice.any(['Floor', 'Ceil', 'Round', 'Sign']);
  const a = net.pickFloats(({ exact }) => exact);
  if (a) net.emit(op, [a], { shape: a.shape, most: a.most + 1 });
}

function modulo(net: Draft): void {
  const a = net.pick((value) => isNumber(value) && value.exact && isModest(value));
  if (!a) return;
  const b = net.parameter(net.random(a.dtype, narrower(net, a.shape), 1, 5));
  const attributes: Record<string, number> = a.dtype === 'float32' || net.dice.once(2) ? { fmod: 1 } : {};
  net.emit('Mod', [a, b], { shape: a.shape, attributes, most: a.most });
}

function comparison(net: Draft): void {
  const ops = ['Less', 'Greater', 'Equal', 'LessOrEqual', 'GreaterOrEqual'];
  const a = net.pick((value) => isNumber(value) && value.exact);
  if (!a) return;
  const b = partner(net, a, -2, 2);
  if (!b.exact) return;
  net.emit(net.dice.any(ops), [a, b], { shape: broadcast(a.shape, b.shape)!, dtype: 'bool', most: 1 });
}

function logic(net: Draft): void {
  const a = net.pick(({ dtype }) => dtype === 'bool');
  if (!a) return;
  if (net.dice.once(3)) {
    net.emit('Not', [a], { shape: a.shape });
    return;
  }
  const b = partner(net, a, 0, 1);
  net.emit(net.dice.any(['And', 'Or', 'Xor']), [a, b], { shape: broadcast(a.shape, b.shape)! });
}

function where(net: Draft): void {
  const a = net.pick((value) => isNumber(value));
  if (!a) return;
  const b = partner(net, a, -2, 2);
  const shape = broadcast(a.shape, b.shape)!;
  const condition =
    net.pick(({ dtype, shape: own }) => dtype === 'bool' && broadcast(shape, own) !== undefined) ??
    net.parameter(net.random('bool', narrower(net, shape)));
  const bound: Bound = ([, x, y]) => Math.max(x.error, y.error);
  net.emit('Where', [condition, a, b], {
    shape: broadcast(shape, condition.shape)!,
    dtype: a.dtype,
    bound,
    most: Math.max(a.most, b.most),
  });
}

const castTypes: Record<Element, readonly [Element, number][]> = {
  float32: [
    ['int32', 6],
    ['int64', 7],
    ['bool', 9],
  ],
  int32: [
    ['float32', 1],
    ['int64', 7],
    ['bool', 9],
  ],
  int64: [
    ['float32', 1],
    ['int32', 6],
    ['bool', 9],
  ],
  bool: [
    ['float32', 1],
    ['int32', 6],
    ['int64', 7],
  ],
  uint8: [
    ['float32', 1],
    ['int32', 6],
  ],
  int8: [
    ['float32', 1],
    ['int32', 6],
  ],
};

function cast(net: Draft): void {
  const a = net.pick((value) => value.exact && value.most < 2 ** 22);
  if (!a) return;
  const [dtype, to] = net.dice.any(castTypes[a.dtype]);
  net.emit('Cast', [a], { shape: a.shape, dtype, attributes: { to } });
}

function identity(net: Draft): void {
  const a = net.pick(() => true);
  if (!a) return;
  const op = a.dtype === 'float32' ? net.dice.any(['Identity', 'Dropout']) : 'Identity';
  net.emit(op, [a], { shape: a.shape });
}

/** x * sigmoid(x), or a gate for each channel: what importers recognise. */
function gate(net: Draft): void {
  const x = net.pickFloats(({ shape }) => shape.length === 4);
  if (!x) return;
  let from = x;
  if (net.dice.once(2)) {
    const shape = [x.shape[0], x.shape[1], 1, 1];
    const cells = x.shape[2] * x.shape[3];
    from = net.emit('GlobalAveragePool', [x], { shape, bound: smooth(1, cells + 4), most: x.most })!;
  }
  const factor = net.emit('Sigmoid', [from], { shape: from.shape, bound: smooth(0.25, 16), most: 1 })!;
  net.emit('Mul', [x, factor], { shape: x.shape, bound: times, most: x.most });
}

export const elementwise = [
  ...[arithmetic, arithmetic, arithmetic, activation, activation, activation],
  ...[several, power, clip, prelu, steep, rounding, modulo, comparison, logic, where, cast, identity, gate],
];
