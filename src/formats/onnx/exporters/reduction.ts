// Operators that reduce or order along axes, as ONNX nodes.

import { flag } from '../attributes.js';
import type { Exporter } from '../export-context.js';

const argument =
  (op: string): Exporter =>
  (context) => {
    const { keepDims = true, last } = context.attributes;
    context.emit(op, context.inputs(), {
      axis: context.int('axis'),
      keepdims: { int: keepDims ? 1 : 0 },
      select_last_index: flag(last),
    });
  };

const cumSum: Exporter = (context) => {
  const { exclusive, reverse } = context.attributes;
  const inputs = [context.input(0), context.numberInput(1, 'axis')];
  context.emit('CumSum', inputs, { exclusive: flag(exclusive), reverse: flag(reverse) });
};

const topK: Exporter = (context) => {
  const { largest = true } = context.attributes;
  const k = context.has(1) ? context.input(1) : context.list([context.attributes.k as number]);
  context.emit('TopK', [context.input(0), k], { axis: context.int('axis'), largest: { int: largest ? 1 : 0 } });
};

const reductions: Readonly<Record<string, string>> = {
  sum: 'ReduceSum',
  mean: 'ReduceMean',
  max: 'ReduceMax',
  min: 'ReduceMin',
  prod: 'ReduceProd',
  l1: 'ReduceL1',
  l2: 'ReduceL2',
  sumSquare: 'ReduceSumSquare',
  logSum: 'ReduceLogSum',
  logSumExp: 'ReduceLogSumExp',
};

const reduce: Exporter = (context) => {
  const { axes, keepDims = true, noopWithEmptyAxes = axes !== undefined } = context.attributes;
  const given = context.has(1) ? context.input(1) : axes ? context.list(axes as readonly number[]) : '';
  context.emit(context.chosen('reduction', reductions), [context.input(0), given], {
    keepdims: { int: keepDims ? 1 : 0 },
    noop_with_empty_axes: flag(noopWithEmptyAxes),
  });
};

export const reduction: Record<string, Exporter> = {
  argMax: argument('ArgMax'),
  argMin: argument('ArgMin'),
  cumSum,
  reduce,
  topK,
};
