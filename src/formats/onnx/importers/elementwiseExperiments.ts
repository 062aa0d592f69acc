// Operators that ONNX had as experiments, before operator set 9: converters of Core ML and Caffe2 networks write them.

import { tensor } from '../../../tensor.js';
import type { Importer } from '../context.js';
import { formulas } from '../formulas.js';

/** x times a number, plus another. */
const affine: Importer = (context) => {
  const f = formulas(context);
  const scaled = f.mul(context.input(0), context.float('alpha', 1));
  context.emit('binary', [scaled, context.scalar(context.float('beta', 0))], { operation: 'add' });
};

/** Images [N, C, H, W] times a number, plus one for each channel. */
const imageScaler: Importer = (context) => {
  const scaled = formulas(context).mul(context.input(0), context.float('scale', 1));
  const bias = context.floats('bias');
  if (!bias?.length) {
    context.emit('identity', [scaled]);
    return;
  }
  const channels = context.newConstant(tensor(Float32Array.from(bias), [bias.length, 1, 1]));
  context.emit('binary', [scaled, channels], { operation: 'add' });
};

/** Images without their borders: left, top, right, bottom. Attribute `scale`: the size that is left, from the corner on. */
const crop: Importer = (context) => {
  const [left, top, right, bottom] = context.requiredIntegers('border');
  const size = context.integers('scale');
  const axes = [2, 3];
  const end = (border: number) => (border > 0 ? -border : 2 ** 31 - 1);
  const ends = size?.length === 2 ? [top + size[0], left + size[1]] : [end(bottom), end(right)];
  context.emit('slice', [context.input(0)], { starts: [top, left], ends, axes });
};

/** alpha log(1 + exp(beta x)). */
const parametricSoftplus: Importer = (context) => {
  const f = formulas(context);
  const soft = f.activation('softplus', f.mul(context.input(0), context.float('beta', 1)));
  context.emit('binary', [soft, context.scalar(context.float('alpha', 1))], { operation: 'mul' });
};

/** alpha tanh(beta x). */
const scaledTanh: Importer = (context) => {
  const f = formulas(context);
  const curve = f.activation('tanh', f.mul(context.input(0), context.float('beta', 1)));
  context.emit('binary', [curve, context.scalar(context.float('alpha', 1))], { operation: 'mul' });
};

export const elementwiseExperiments: Record<string, Importer> = {
  Affine: affine,
  Crop: crop,
  ImageScaler: imageScaler,
  ParametricSoftplus: parametricSoftplus,
  Scale: (context) =>
    context.emit('binary', [context.input(0), context.scalar(context.float('scale', 1))], { operation: 'mul' }),
  ScaledTanh: scaledTanh,
};
