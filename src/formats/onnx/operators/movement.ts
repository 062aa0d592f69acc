// ONNX operators that move elements, and those that compute with shapes. What later operator sets made inputs becomes an
// attribute again where the file has its value; where it hasn't, the input stays and the operator reads it when planning.

import type { Attributes, AttributeValue } from '../../../ops/operator.js';
import { Tensor } from '../../../tensor.js';
import type { Importer, NodeContext } from '../context.js';
import { dtypeOf, elementTypeName } from '../tensor-data.js';

/** Drops absent inputs from the end. */
function trimmed(inputs: readonly string[]): string[] {
  let count = inputs.length;
  while (count > 0 && !inputs[count - 1]) count--;
  return inputs.slice(0, count);
}

/**
 * Emits `op`, whose inputs from 1 on are lists with these attribute names: as attributes if all that are there are
 * known, else as inputs.
 */
function emitWithLists(context: NodeContext, op: string, names: readonly string[], attributes: Attributes = {}): void {
  const x = context.input(0);
  const lists = names.map((_, i) => (context.has(i + 1) ? context.constantIntegers(i + 1) : []));
  if (lists.some((list) => list === undefined)) {
    context.emit(
      op,
      trimmed([x, ...names.map((_, i) => (context.has(i + 1) ? context.input(i + 1) : ''))]),
      attributes,
    );
    return;
  }
  const known: Record<string, AttributeValue> = {};
  names.forEach((name, i) => {
    if (context.has(i + 1)) known[name] = lists[i];
  });
  context.emit(op, [x], { ...attributes, ...known });
}

/** An operator whose one list was an attribute before operator set `since` and is input 1 from then on. */
const withList =
  (op: string, name: string, since: number, ownName = name): Importer =>
  (context) => {
    if (context.opset >= since) emitWithLists(context, op, [ownName]);
    else context.emit(op, [context.input(0)], { [ownName]: context.integers(name) });
  };

const reshape: Importer = (context) => {
  const allowZero = context.integer('allowzero', 0) === 1;
  if (context.opset < 5) context.emit('reshape', [context.input(0)], { shape: context.integers('shape'), allowZero });
  else emitWithLists(context, 'reshape', ['shape'], { allowZero });
};

const slice: Importer = (context) => {
  if (context.opset >= 10) {
    context.input(1);
    context.input(2);
    emitWithLists(context, 'slice', ['starts', 'ends', 'axes', 'steps']);
    return;
  }
  const [starts, ends, axes] = [context.integers('starts'), context.integers('ends'), context.integers('axes')];
  context.emit('slice', [context.input(0)], { starts, ends, axes });
};

const split: Importer = (context) => {
  const attributes = { axis: context.integer('axis', 0), parts: context.outputs.length };
  if (context.opset >= 13 && context.has(1)) emitWithLists(context, 'split', ['sizes'], attributes);
  else context.emit('split', [context.input(0)], { ...attributes, sizes: context.integers('split') });
};

const pad: Importer = (context) => {
  const mode = context.choice('mode', 'constant', 'edge', 'reflect', 'wrap');
  if (context.opset < 11) {
    const padding = context.integers('pads') ?? context.integers('paddings');
    context.emit('pad', [context.input(0)], { mode, padding, value: context.float('value', 0) });
    return;
  }
  const x = context.input(0);
  const optional = (index: number) => (context.has(index) ? context.input(index) : '');
  const padding = context.has(3) ? undefined : context.constantIntegers(1);
  const value = context.constant(2);
  if (padding && (value || !context.has(2))) {
    context.emit('pad', [x], { mode, padding, value: value?.size ? Number(value.data[0]) : 0 });
  } else {
    context.emit('pad', trimmed([x, context.input(1), optional(2), optional(3)]), { mode });
  }
};

const transpose: Importer = (context) => {
  const x = context.input(0);
  const rank = context.rankOf(x);
  const reversed = rank === undefined ? undefined : Array.from({ length: rank }, (_, i) => rank - 1 - i);
  context.emit('transpose', [x], { permutation: context.integers('perm') ?? reversed });
};

const cast: Importer = (context) => {
  const dataType = context.requiredInteger('to');
  const to = dtypeOf(dataType);
  if (!to) throw context.unsupported(`it converts to ${elementTypeName(dataType)}`);
  context.emit('cast', [context.input(0)], { to });
};

const constant: Importer = (context) => {
  const stored = context.tensor('value');
  const float = context.float('value_float');
  const floats = context.floats('value_floats');
  const integer = context.exactIntegers('value_int').single;
  const integers = context.exactIntegers('value_ints').list;
  if (stored) context.defineConstant(stored);
  else if (float !== undefined) context.defineConstant(new Tensor('float32', [], Float32Array.of(float)));
  else if (floats) context.defineConstant(new Tensor('float32', [floats.length], Float32Array.from(floats)));
  else if (integer !== undefined) context.defineConstant(new Tensor('int64', [], BigInt64Array.of(integer)));
  else if (integers) context.defineConstant(new Tensor('int64', [integers.length], BigInt64Array.from(integers)));
  else throw context.unsupported('its value is a string or a sparse tensor');
};

const constantOfShape: Importer = (context) => {
  const value = context.tensor('value');
  context.emit('constantOfShape', [context.input(0)], {
    value: value ? Number(value.data[0]) : 0,
    dtype: value?.dtype ?? 'float32',
  });
};

/** Before operator set 12 it drops nothing, and before 10 its mask had the type of the data. */
const dropout: Importer = (context) => {
  const inputs = context.opset < 12 ? [context.input(0)] : trimmed([context.input(0), ...context.inputs.slice(1, 3)]);
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

export const movement: Record<string, Importer> = {
  Cast: cast,
  Concat: (context) =>
    context.emit(
      'concat',
      context.inputs.map((_, index) => context.input(index)),
      {
        axis: context.opset < 4 ? context.integer('axis', 1) : context.requiredInteger('axis'),
      },
    ),
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Dropout: dropout,
  Expand: (context) => emitWithLists(context, 'expand', ['shape']),
  Flatten: (context) => context.emit('flatten', [context.input(0)], { axis: context.integer('axis', 1) }),
  Gather: (context) =>
    context.emit('gather', [context.input(0), context.input(1)], { axis: context.integer('axis', 0) }),
  Identity: identity,
  Pad: pad,
  Reshape: reshape,
  Shape: (context) =>
    context.emit('shape', [context.input(0)], { start: context.integer('start'), end: context.integer('end') }),
  Size: (context) => context.emit('size', [context.input(0)]),
  Slice: slice,
  Split: split,
  Squeeze: withList('squeeze', 'axes', 13),
  Transpose: transpose,
  Unsqueeze: withList('unsqueeze', 'axes', 13),
};

/** Those whose operators come with rare.ts. */
export const rareMovement: Record<string, Importer> = {
  Range: (context) => context.emit('range', [context.input(0), context.input(1), context.input(2)]),
  Tile: (context) => {
    if (context.opset < 6) throw context.unsupported('it repeats a single axis: convert the model to operator set 13');
    emitWithLists(context, 'tile', ['repeats']);
  },
};
