// ONNX operators that move elements, and those that compute with shapes. What later operator sets made inputs becomes an
// attribute again where the file has its value; where it hasn't, the input stays and the operator reads it when planning.

import { numbersOf } from '../../../ops/lowering/values.js';
import type { Attributes, AttributeValue } from '../../../ops/operator.js';
import { Tensor } from '../../../tensor.js';
import { overImages } from '../channelsLast.js';
import type { Importer, NodeContext } from '../context.js';

/**
 * Emits `op`, whose inputs from 1 on are lists with these attribute names: as attributes if all that are there are
 * known, else as inputs.
 */
function emitWithLists(context: NodeContext, op: string, names: readonly string[], attributes: Attributes = {}): void {
  const x = context.input(0);
  const lists = names.map((_, i) => (context.has(i + 1) ? context.constantIntegers(i + 1) : []));
  if (lists.some((list) => list === undefined)) {
    context.emit(op, [x, ...names.map((_, i) => context.optionalInput(i + 1))], attributes);
    return;
  }
  const known: Record<string, AttributeValue> = {};
  names.forEach((name, i) => {
    if (context.has(i + 1)) known[name] = lists[i];
  });
  context.emit(op, [x], { ...attributes, ...known });
}

/** The same for an operator that can't be without its one list. */
function emitWithRequired(context: NodeContext, op: string, name: string, attributes: Attributes = {}): void {
  context.input(1);
  emitWithLists(context, op, [name], attributes);
}

/** Its list was an attribute before operator set 13 and is input 1 from then on. */
const squeeze: Importer = (context) => {
  if (context.opset >= 13) emitWithLists(context, 'squeeze', ['axes']);
  else context.emit('squeeze', [context.input(0)], { axes: context.integers('axes') });
};

const reshape: Importer = (context) => {
  const allowZero = context.integer('allowzero', 0) === 1;
  if (context.opset < 5)
    context.emit('reshape', [context.input(0)], { shape: context.requiredIntegers('shape'), allowZero });
  else emitWithRequired(context, 'reshape', 'shape', { allowZero });
};

const slice: Importer = (context) => {
  if (context.opset >= 10) {
    context.input(1);
    context.input(2);
    emitWithLists(context, 'slice', ['starts', 'ends', 'axes', 'steps']);
    return;
  }
  const [starts, ends] = [context.requiredIntegers('starts'), context.requiredIntegers('ends')];
  const axes = context.integers('axes');
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
    const padding = context.integers('paddings') ?? context.requiredIntegers('pads');
    context.emit('pad', [context.input(0)], { mode, padding, value: context.float('value', 0) });
    return;
  }
  const x = context.input(0);
  const padding = context.has(3) ? undefined : context.constantIntegers(1);
  const value = context.constant(2);
  if (padding && (value || !context.has(2))) {
    context.emit('pad', [x], { mode, padding, value: value?.size ? numbersOf(value)[0] : 0 });
  } else {
    context.emit('pad', [x, context.input(1), context.optionalInput(2), context.optionalInput(3)], { mode });
  }
};

const transpose: Importer = (context) => {
  const x = context.input(0);
  const rank = context.rankOf(x);
  const reversed = rank === undefined ? undefined : Array.from({ length: rank }, (_, i) => rank - 1 - i);
  context.emit('transpose', [x], { permutation: context.integers('perm') ?? reversed });
};

const constant: Importer = (context) => {
  const stored = context.tensor('value');
  const float = context.float('value_float');
  const floats = context.floats('value_floats');
  const integer = context.exactInteger('value_int');
  const integers = context.exactIntegers('value_ints');
  if (stored) context.defineConstant(stored);
  else if (float !== undefined) context.defineConstant(new Tensor('float32', [], Float32Array.of(float)));
  else if (floats) context.defineConstant(new Tensor('float32', [floats.length], Float32Array.from(floats)));
  else if (integer !== undefined) context.defineConstant(new Tensor('int64', [], BigInt64Array.of(integer)));
  else if (integers) context.defineConstant(new Tensor('int64', [integers.length], BigInt64Array.from(integers)));
  else if (['sparse_value', 'value_string', 'value_strings'].some((name) => context.hasAttribute(name)))
    throw context.unsupported('its value is a string or a sparse tensor');
  else throw context.damaged('lacks its attribute "value"');
};

const constantOfShape: Importer = (context) => {
  const value = context.tensor('value');
  context.emit('constantOfShape', [context.input(0)], {
    value: value ? numbersOf(value)[0] : 0,
    dtype: value?.dtype ?? 'float32',
  });
};

const centerCropPad: Importer = (context) => {
  const axes = context.integers('axes');
  const extents = context.constantIntegers(1);
  if (extents) context.emit('centerCropPad', [context.input(0)], { axes, extents });
  else context.emit('centerCropPad', [context.input(0), context.input(1)], { axes });
};

const blocks = (context: NodeContext) => ({ blockSize: context.requiredInteger('blocksize') });

export const layout: Record<string, Importer> = {
  CenterCropPad: centerCropPad,
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
  DepthToSpace: (context) =>
    overImages(
      context,
      'depthToSpace',
      { ...blocks(context), blocksInside: context.choice('mode', 'DCR', 'CRD') === 'CRD' },
      4,
    ),
  Expand: (context) => emitWithRequired(context, 'expand', 'shape'),
  Flatten: (context) => context.emit('flatten', [context.input(0)], { axis: context.integer('axis', 1) }),
  Pad: pad,
  Range: (context) => context.emit('range', [context.input(0), context.input(1), context.input(2)]),
  Reshape: reshape,
  Shape: (context) =>
    context.emit('shape', [context.input(0)], { start: context.integer('start'), end: context.integer('end') }),
  Size: (context) => context.emit('size', [context.input(0)]),
  Slice: slice,
  SpaceToDepth: (context) => overImages(context, 'spaceToDepth', blocks(context), 4),
  Split: split,
  Squeeze: squeeze,
  Tile: (context) => {
    if (context.opset < 6) throw context.unsupported('it repeats a single axis: convert the model to operator set 13');
    emitWithRequired(context, 'tile', 'repeats');
  },
  Transpose: transpose,
  Unsqueeze: (context) => {
    if (context.opset >= 13) emitWithRequired(context, 'unsqueeze', 'axes');
    else context.emit('unsqueeze', [context.input(0)], { axes: context.requiredIntegers('axes') });
  },
};
