// Operators that work element by element, as ONNX nodes.

import type { DType } from '../../../tensor.js';
import { activated } from '../activations.js';
import { elementCodes } from '../elementTypes.js';
import type { ExportContext, Exporter } from '../export-context.js';

const activation: Exporter = (context) => context.result(activated(context, context.input(0)));

/** The operation, which ONNX names as quadlane does but for the capital. */
function nameOf({ attributes }: ExportContext): string {
  const operation = String(attributes.operation);
  return operation[0].toUpperCase() + operation.slice(1);
}

const byOperation: Exporter = (context) => context.emit(nameOf(context), context.inputs());

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
        : context.step(nameOf(context), context.inputs());
    context.result(activated(context, result));
  },
  cast(context) {
    const to = context.attributes.to as DType | undefined;
    if (to) context.emit('Cast', context.inputs(), { to: { int: elementCodes[to] } });
    else context.emit('CastLike', context.inputs());
  },
  compare: byOperation,
  dropout,
  logical: byOperation,
  scaleShift(context) {
    const [x, scale, shift] = context.inputs();
    context.result(activated(context, context.step('Add', [context.step('Mul', [x, scale]), shift])));
  },
  unary: byOperation,
  where: (context) => context.emit('Where', context.inputs()),
};
