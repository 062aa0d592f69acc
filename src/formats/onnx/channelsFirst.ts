// Operators over space have channels last in the network and channels first in ONNX.

import type { OnnxAttributes } from './attributes.js';
import type { ExportContext, Exporter } from './export-context.js';

/** An operator over images whose first input and result have channels. */
export const overImages =
  (op: string, own: (context: ExportContext) => OnnxAttributes = () => ({})): Exporter =>
  (context) => {
    const rank = context.knownRank(0);
    const others = Array.from({ length: context.inputCount - 1 }, (_, index) => context.input(index + 1));
    const result = context.step(op, [context.channelsFirst(0, rank), ...others], own(context));
    context.resultChannelsFirst(result, rank);
  };
