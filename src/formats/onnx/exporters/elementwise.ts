// Operators that work element by element, as ONNX nodes.

import { Binary, Comparison, Logical, Unary } from '../../../ops/kernels.generated.js';
import { activated } from '../activations.js';
import { elementCodes } from '../elementTypes.js';
import type { ExportContext, Exporter } from '../export-context.js';

const activation: Exporter = (context) => context.result(activated(context, context.input(0)));

/** The operation, one of `table`, which ONNX names as quadlane does but for the capital. */
function nameOf(context: ExportContext, table: Readonly<Record<string, number>>): string {
  context.chosen('operation', table);
  const operation = context.attributes.operation as string;
  return operation[0].toUpperCase() + operation.slice(1);
}

const byOperation =
  (table: Readonly<Record<string, number>>): Exporter =>
  (context) =>
    context.emit(nameOf(context, table), context.inputs());

/** Without mask and training it is its input. */
const dropout: Exporter = (context) => {
  if (context.wants(1) || context.has(2)) context.emit('Dropout', context.inputs());
  else context.result(context.input(0));
};

export const elementwise: Record<string, Exporter> = {
  activation,
  binary(context) {
    const result =
      context.attributes.operation === 'remainder'
        ? context.step('Mod', context.inputs(), { fmod: { int: 1 } })
        : context.step(nameOf(context, Binary), context.inputs());
    context.result(activated(context, result));
  },
  cast(context) {
    const { to } = context.attributes;
    if (to === undefined && context.has(1)) context.emit('CastLike', context.inputs());
    else context.emit('Cast', context.inputs(), { to: { int: context.chosen('to', elementCodes) } });
  },
  compare: byOperation(Comparison),
  dropout,
  logical: byOperation(Logical),
  scaleShift(context) {
    const [x, scale, shift] = context.inputs();
    context.result(activated(context, context.step('Add', [context.step('Mul', [x, scale]), shift])));
  },
  unary: byOperation(Unary),
  where: (context) => context.emit('Where', context.inputs()),
};
