// ONNX operators that work element by element: arithmetic, comparison, logic, activations, conversion.

import { isOther } from '../../../graph/widening.js';
import { activationOfProduct } from '../composedActivations.js';
import { type Importer, type NodeContext, numberIn } from '../context.js';
import { dtypeOf, elementTypeName } from '../elementTypes.js';

/** Folds any number of inputs from the left; the last step computes the node's output unless `last` does. */
function fold(context: NodeContext, operation: string, last?: (sum: string) => void): void {
  const steps = context.inputs.length;
  let folded = context.input(0);
  for (let i = 1; i < steps - (last ? 0 : 1); i++)
    folded = context.step('binary', [folded, context.input(i)], { operation });
  if (last) last(folded);
  else if (steps === 1) context.emit('identity', [folded]);
  else context.emit('binary', [folded, context.input(steps - 1)], { operation });
}

const folding =
  (operation: string): Importer =>
  (context) =>
    fold(context, operation);

const unary =
  (operation: string): Importer =>
  (context) =>
    context.emit('unary', [context.input(0)], { operation });

/** An activation whose parameters are the float attributes of these names, with these defaults. */
const activation =
  (name: string, ...parameters: [attribute: string, otherwise: number][]): Importer =>
  (context) => {
    const [alpha = 0, beta = 0] = parameters.map(([attribute, otherwise]) => context.float(attribute, otherwise));
    context.emit('activation', [context.input(0)], { activation: name, alpha, beta });
  };

/** Operator set 6 and before broadcast only when asked to, and could align at any axis. */
function checkBroadcast(context: NodeContext): void {
  if (context.opset >= 7) return;
  const hasAxis = context.hasAttribute('axis');
  if (context.integer('broadcast', 0) === 1 && hasAxis) {
    throw context.unsupported(
      'it broadcasts at a given axis (operator set 6 and before): convert the model to operator set 13',
    );
  }
}

const pair =
  (op: string, operation: string): Importer =>
  (context) => {
    checkBroadcast(context);
    context.emit(op, [context.input(0), context.input(1)], { operation });
  };

const product = pair('binary', 'mul');

/** A product, or the activation that it spells out. */
const multiply: Importer = (context) => {
  const found = activationOfProduct(context, context.input(0), context.input(1));
  if (found) context.emit('activation', [found.x], { activation: found.activation, alpha: 0, beta: 0 });
  else product(context);
};

/** The bounds that operator sets 6 to 10 give a clip without any. */
const LARGEST = 3.4028234663852886e38;

const clip: Importer = (context) => {
  const x = context.input(0);
  const asAttributes = context.opset < 11;
  const bound = (index: number, attribute: string, none: number): number | undefined => {
    if (asAttributes) return context.float(attribute, none);
    if (!context.has(index)) return none;
    const value = context.constant(index);
    return value && numberIn(value);
  };
  const most = context.opset >= 6 && asAttributes ? LARGEST : Number.POSITIVE_INFINITY;
  const low = bound(1, 'min', -most);
  const high = bound(2, 'max', most);
  if (low === Number.NEGATIVE_INFINITY && high === Number.POSITIVE_INFINITY) {
    context.emit('identity', [x]);
    return;
  }
  if (low !== undefined && high !== undefined) {
    context.emit('activation', [x], { activation: 'clip', alpha: low, beta: high });
    return;
  }
  const steps = [
    ['max', 1],
    ['min', 2],
  ] as const;
  const present = steps.filter(([, index]) => context.has(index));
  const last = present.pop()!;
  const value = present.reduce(
    (from, [operation, index]) => context.step('binary', [from, context.input(index)], { operation }),
    x,
  );
  context.emit('binary', [value, context.input(last[1])], { operation: last[0] });
};

const prelu: Importer = (context) => {
  const [x, slope] = [context.input(0), context.input(1)];
  if (context.opset < 7 && context.constant(1)?.size !== 1) {
    throw context.unsupported(
      'its slope belongs to channels (operator set 6 and before): convert the model to operator set 13',
    );
  }
  const known = context.constant(1);
  if (!known?.toFloat32().every(Number.isFinite)) {
    // A product with 0 would bring a NaN or an infinity of the slope to where x is positive.
    const below = context.step('compare', [x, context.scalar(0)], { operation: 'less' });
    context.emit('where', [below, context.step('binary', [x, slope], { operation: 'mul' }), x]);
    return;
  }
  const part = (alpha: number, beta: number) => context.step('activation', [x], { activation: 'clip', alpha, beta });
  const positive = part(0, Number.POSITIVE_INFINITY);
  const scaled = context.step('binary', [part(Number.NEGATIVE_INFINITY, 0), slope], { operation: 'mul' });
  context.emit('binary', [positive, scaled], { operation: 'add' });
};

const gelu: Importer = (context) => {
  const name = context.choice('approximate', 'none', 'tanh') === 'tanh' ? 'geluTanh' : 'gelu';
  context.emit('activation', [context.input(0)], { activation: name, alpha: 0, beta: 0 });
};

/** x * sigmoid(alpha * x). */
const swish: Importer = (context) => {
  const alpha = context.float('alpha', 1);
  const x = context.input(0);
  const silu = { activation: 'silu', alpha: 0, beta: 0 };
  if (alpha === 1) {
    context.emit('activation', [x], silu);
    return;
  }
  const scaled = context.step('binary', [x, context.scalar(alpha)], { operation: 'mul' });
  const gate = context.step('activation', [scaled], { activation: 'sigmoid', alpha: 0, beta: 0 });
  context.emit('binary', [x, gate], { operation: 'mul' });
};

/** x + bias below -lambd, x - bias above lambd, 0 between. */
const shrink: Importer = (context) => {
  const x = context.input(0);
  const [bias, lambda] = [context.float('bias', 0), context.float('lambd', 0.5)];
  const beyond = (operation: string, bound: number) =>
    context.step('compare', [x, context.scalar(bound)], { operation });
  const moved = (by: number) => context.step('binary', [x, context.scalar(by)], { operation: 'add' });
  const below = context.step('where', [beyond('less', -lambda), moved(bias), context.scalar(0)]);
  context.emit('where', [beyond('greater', lambda), moved(-bias), below]);
};

const cast: Importer = (context) => {
  const dataType = context.requiredInteger('to');
  const to = dtypeOf(dataType);
  if (!to) throw context.unsupported(`it converts to ${elementTypeName(dataType)}`);
  context.emit('cast', [context.input(0)], { to });
};

/** What is computed of halves or doubles is float32 here: its type in the file is what counts. */
const castLike: Importer = (context) => {
  const [x, like] = [context.input(0), context.input(1)];
  const to = context.typeOf(like);
  if (isOther(to)) context.emit('cast', [x], { to });
  else context.emit('cast', [x, like]);
};

/** Before operator set 12 it drops nothing, and before 10 its mask had the type of the data. */
const dropout: Importer = (context) => {
  const inputs = context.opset < 12 ? [context.input(0)] : [context.input(0), ...context.inputs.slice(1, 3)];
  if (!context.wants(1)) {
    context.emit('dropout', inputs);
    return;
  }
  const mask = context.freshOutput(1, 'mask');
  context.emit('dropout', inputs, {}, [context.outputs[0], mask]);
  context.stepInto(context.outputs[1], 'cast', [mask], { to: context.opset < 10 ? 'float32' : 'bool' });
};

const identity: Importer = (context) => {
  const value = context.constant(0);
  if (value) context.defineConstant(value);
  else context.emit('identity', [context.input(0)]);
};

export const elementwise: Record<string, Importer> = {
  Abs: unary('abs'),
  Add: pair('binary', 'add'),
  And: pair('logical', 'and'),
  Cast: cast,
  CastLike: castLike,
  Ceil: unary('ceil'),
  Celu: activation('celu', ['alpha', 1]),
  Clip: clip,
  Cos: unary('cos'),
  Div: pair('binary', 'div'),
  Dropout: dropout,
  Elu: activation('elu', ['alpha', 1]),
  Equal: pair('compare', 'equal'),
  Erf: unary('erf'),
  Exp: unary('exp'),
  Floor: unary('floor'),
  Gelu: gelu,
  Greater: pair('compare', 'greater'),
  GreaterOrEqual: pair('compare', 'greaterOrEqual'),
  HardSigmoid: activation('hardSigmoid', ['alpha', 0.2], ['beta', 0.5]),
  HardSwish: activation('hardSwish'),
  Identity: identity,
  LeakyRelu: activation('leakyRelu', ['alpha', 0.01]),
  Less: pair('compare', 'less'),
  LessOrEqual: pair('compare', 'lessOrEqual'),
  Log: unary('log'),
  Max: folding('max'),
  Mean: (context) =>
    fold(context, 'add', (sum) =>
      context.emit('binary', [sum, context.scalar(context.inputs.length)], { operation: 'div' }),
    ),
  Min: folding('min'),
  Mish: activation('mish'),
  Mod: (context) => {
    const operation = context.integer('fmod', 0) === 1 ? 'remainder' : 'mod';
    context.emit('binary', [context.input(0), context.input(1)], { operation });
  },
  Mul: multiply,
  Neg: unary('neg'),
  Not: (context) => context.emit('logical', [context.input(0)], { operation: 'not' }),
  Or: pair('logical', 'or'),
  PRelu: prelu,
  Pow: pair('binary', 'pow'),
  Reciprocal: unary('reciprocal'),
  Relu: (context) =>
    context.emit('activation', [context.input(0)], { activation: 'clip', alpha: 0, beta: Number.POSITIVE_INFINITY }),
  Round: unary('round'),
  Selu: activation('selu', ['alpha', 1.6732632423543772], ['gamma', 1.0507009873554805]),
  Shrink: shrink,
  Sigmoid: activation('sigmoid'),
  Sign: unary('sign'),
  Sin: unary('sin'),
  Softplus: activation('softplus'),
  Softsign: activation('softsign'),
  Sqrt: unary('sqrt'),
  Sub: pair('binary', 'sub'),
  Sum: folding('add'),
  Swish: swish,
  Tanh: activation('tanh'),
  ThresholdedRelu: activation('thresholdedRelu', ['alpha', 1]),
  Where: (context) => context.emit('where', [context.input(0), context.input(1), context.input(2)]),
  Xor: pair('logical', 'xor'),
};
