// ONNX's pools, over windows and over whole images.

import { emitChannelsLast, toChannelsLast } from '../channelsLast.js';
import type { Importer, NodeContext } from '../context.js';
import { windowAttributes } from '../windows.js';

const globalLpPool: Importer = (context) => {
  const x = context.input(0);
  const p = context.integer('p', 2);
  const axes = [...new Array(context.knownRankOf(x)).keys()].slice(2);
  const over = { axes, keepDims: true };
  if (p === 1 || p === 2) {
    context.emit('reduce', [x], { reduction: `l${p}`, ...over });
    return;
  }
  const power = (value: string, exponent: number) => [value, context.scalar(exponent)];
  const powers = context.step('binary', power(context.step('unary', [x], { operation: 'abs' }), p), {
    operation: 'pow',
  });
  const sums = context.step('reduce', [powers], { reduction: 'sum', ...over });
  context.emit('binary', power(sums, 1 / p), { operation: 'pow' });
};

function pool(context: NodeContext, op: string, own: Parameters<NodeContext['emit']>[2], outputs = 1): void {
  const x = context.input(0);
  const kernelShape = context.integers('kernel_shape');
  if (!kernelShape) throw context.damaged('lacks its attribute "kernel_shape"');
  const rank = kernelShape.length + 2;
  const attributes = {
    kernelShape,
    ...windowAttributes(context, kernelShape.length),
    ceil: context.integer('ceil_mode', 0) === 1,
    ...own,
  };
  emitChannelsLast(context, op, [toChannelsLast(context, x, rank)], rank, attributes, outputs);
}

const globalPool =
  (op: string): Importer =>
  (context) => {
    const x = context.input(0);
    const rank = context.knownRankOf(x);
    emitChannelsLast(context, op, [toChannelsLast(context, x, rank)], rank, {});
  };

export const pooling: Record<string, Importer> = {
  AveragePool: (context) =>
    pool(context, 'averagePool', { includePadding: context.integer('count_include_pad', 0) === 1 }),
  GlobalAveragePool: globalPool('globalAveragePool'),
  GlobalLpPool: globalLpPool,
  GlobalMaxPool: globalPool('globalMaxPool'),
  LpPool: (context) => pool(context, 'lpPool', { p: context.integer('p', 2) }),
  MaxPool: (context) =>
    pool(context, 'maxPool', context.wants(1) ? { storageOrder: context.integer('storage_order', 0) } : {}, 2),
};
