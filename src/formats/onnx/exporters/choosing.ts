// Operators that choose by value or by index, as ONNX nodes.

import type { ExportContext, Exporter } from '../export-context.js';

const flag = (value: unknown) => (value ? { int: 1 } : undefined);

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

/** Input `index`, or the attribute `name` as a constant where there is no such input. */
function numberInput(context: ExportContext, index: number, name: string): string {
  return context.has(index) ? context.input(index) : context.scalar(context.attributes[name] as number, 'int64');
}

const cumSum: Exporter = (context) => {
  const { exclusive, reverse } = context.attributes;
  const inputs = [context.input(0), numberInput(context, 1, 'axis')];
  context.emit('CumSum', inputs, { exclusive: flag(exclusive), reverse: flag(reverse) });
};

const nonMaxSuppression: Exporter = (context) => {
  const most = numberInput(context, 4, 'mostPerClass');
  const inputs = [context.input(0), context.input(1), most, context.input(2), context.input(3)];
  context.emit('NonMaxSuppression', inputs, { center_point_box: flag(context.attributes.centred) });
};

const scatter =
  (op: string): Exporter =>
  (context) => {
    const { reduction = 'none' } = context.attributes;
    const text = reduction === 'none' ? undefined : { text: String(reduction) };
    context.emit(op, context.inputs(), { axis: context.int('axis'), reduction: text });
  };

const topK: Exporter = (context) => {
  const { largest = true } = context.attributes;
  const k = context.has(1) ? context.input(1) : context.list([context.attributes.k as number]);
  context.emit('TopK', [context.input(0), k], { axis: context.int('axis'), largest: { int: largest ? 1 : 0 } });
};

export const choosing: Record<string, Exporter> = {
  argMax: argument('ArgMax'),
  argMin: argument('ArgMin'),
  cumSum,
  gatherElements: (context) => context.emit('GatherElements', context.inputs(), { axis: context.int('axis') }),
  gatherNd: (context) => context.emit('GatherND', context.inputs(), { batch_dims: context.int('batchDims') }),
  hardmax: (context) => context.emit('Hardmax', context.inputs(), { axis: context.int('axis') }),
  nonMaxSuppression,
  oneHot: (context) => {
    const inputs = [context.input(0), numberInput(context, 2, 'depth'), context.input(1)];
    context.emit('OneHot', inputs, { axis: context.int('axis') });
  },
  scatterElements: scatter('ScatterElements'),
  scatterNd: scatter('ScatterND'),
  topK,
};
