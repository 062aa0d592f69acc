// Operators that move elements, and those that compute with shapes, as ONNX nodes. Lists that the network has as
// attributes are constant inputs in ONNX.

import { type DType, elementOf, newArray, Tensor } from '../../../tensor.js';
import { flag } from '../attributes.js';
import { overImages } from '../channelsFirst.js';
import type { ExportContext, Exporter } from '../export-context.js';

/** Input `index`, or the attribute `name` as a constant list where there is no such input; '' without either. */
function listInput(context: ExportContext, index: number, name: string): string {
  if (context.has(index)) return context.input(index);
  const list = context.attributes[name] as readonly number[] | undefined;
  return list ? context.list(list) : '';
}

/** An operator whose inputs from 1 on are lists with these attribute names. */
const withLists =
  (op: string, ...names: string[]): Exporter =>
  (context) =>
    context.emit(op, [context.input(0), ...names.map((name, i) => listInput(context, i + 1, name))]);

const reshape: Exporter = (context) => {
  const { allowZero, shape = [] } = context.attributes;
  const copies = context.has(1) || (!allowZero && (shape as readonly number[]).includes(0));
  const x = copies ? context.input(0) : context.elements(0);
  const to = context.has(1) ? context.input(1) : context.list(shape as readonly number[]);
  context.emit('Reshape', [x, to], { allowzero: flag(allowZero) });
};

const flatten: Exporter = (context) => {
  const { axis = 1 } = context.attributes as { axis?: number };
  context.emit('Flatten', [axis === 1 ? context.elements(0) : context.input(0)], { axis: { int: axis } });
};

const pad: Exporter = (context) => {
  const { mode = 'constant', value = 0 } = context.attributes;
  const isConstant = mode === 'constant';
  const filler = context.has(2)
    ? context.input(2)
    : isConstant && value !== 0
      ? context.scalarLike(value as number, 0)
      : '';
  const inputs = [context.input(0), listInput(context, 1, 'padding'), filler, context.input(3)];
  if (mode === 'wrap') context.graph.needOperatorSet(19);
  context.emit('Pad', inputs, { mode: { text: String(mode) } });
};

const slice: Exporter = (context) => {
  const { starts, axes, steps } = context.attributes as Record<string, readonly number[] | undefined>;
  const whole = starts && { axes: axes ?? starts.map((_, axis) => axis), steps };
  const list = (index: number, name: 'axes' | 'steps') => {
    if (context.has(index)) return context.input(index);
    const values = whole?.[name];
    return values ? context.list(values) : '';
  };
  context.emit('Slice', [
    context.input(0),
    listInput(context, 1, 'starts'),
    listInput(context, 2, 'ends'),
    list(3, 'axes'),
    list(4, 'steps'),
  ]);
};

const split: Exporter = (context) => {
  const sizes = listInput(context, 1, 'sizes');
  const count = sizes ? undefined : { int: (context.attributes.parts as number | undefined) ?? context.outputCount };
  context.emit('Split', [context.input(0), sizes], { axis: context.int('axis'), num_outputs: count });
};

const constantOfShape: Exporter = (context) => {
  const {
    value = 0,
    dtype = 'float32',
    shape,
  } = context.attributes as { value?: number; dtype?: DType; shape?: readonly number[] };
  const filler = newArray(dtype, 1);
  filler[0] = elementOf(dtype, value);
  const sizes = context.has(0) ? context.input(0) : context.list(shape ?? []);
  context.emit('ConstantOfShape', [sizes], { value: { tensor: new Tensor(dtype, [1], filler) } });
};

const range: Exporter = (context) => {
  const { dtype = 'int64', ...values } = context.attributes as Record<string, never>;
  const inputs = ['start', 'limit', 'delta'].map((name, index) =>
    context.has(index) ? context.input(index) : context.scalar(values[name], dtype),
  );
  context.emit('Range', inputs);
};

export const layout: Record<string, Exporter> = {
  centerCropPad: (context) => {
    const extents = context.attributes.extents as readonly number[] | undefined;
    const list = extents ? context.list(extents) : context.input(1);
    context.emit('CenterCropPad', [context.input(0), list], { axes: context.ints('axes') });
  },
  concat: (context) => context.emit('Concat', context.inputs(), { axis: context.int('axis') }),
  constantOfShape,
  depthToSpace: overImages('DepthToSpace', ({ attributes }) => ({
    blocksize: { int: attributes.blockSize as number },
    mode: attributes.blocksInside ? { text: 'CRD' } : undefined,
  })),
  expand: withLists('Expand', 'shape'),
  flatten,
  pad,
  range,
  reshape,
  shape: (context) => context.emit('Shape', context.inputs(), { start: context.int('start'), end: context.int('end') }),
  size: (context) => context.emit('Size', context.inputs()),
  slice,
  spaceToDepth: (context) => {
    if (context.attributes.blocksInside) throw context.unsupported("a block's place counts faster than the channel");
    overImages('SpaceToDepth', ({ attributes }) => ({ blocksize: { int: attributes.blockSize as number } }))(context);
  },
  split,
  squeeze: withLists('Squeeze', 'axes'),
  tile: withLists('Tile', 'repeats'),
  unsqueeze: withLists('Unsqueeze', 'axes'),
};
