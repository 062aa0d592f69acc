// ONNX operators with subgraphs, and those whose results are as long as the values say.

import type { Importer } from '../context.js';

const branches: Importer = (context) => {
  const graphs = ['then_branch', 'else_branch'].map((name) => context.subgraph(name, []));
  // One bool in a list, or a list of lists, will do too.
  const given = context.input(0);
  const condition = context.rankOf(given) === 0 ? given : context.step('reshape', [given], { shape: [] });
  context.emitWithGraphs('if', [condition], {}, graphs);
};

/** Its body takes the step's number, the condition and what is carried. */
const loop: Importer = (context) => {
  const carried = Math.max(0, context.inputs.length - 2);
  const states = context.inputs.slice(2).map((_, index) => context.input(index + 2));
  const body = context.subgraph('body', [[], [], ...states.map(() => undefined)]);
  if (body.outputs.length !== 1 + context.outputs.length) {
    throw context.damaged(`has ${context.outputs.length} outputs, but its body gives ${body.outputs.length}`);
  }
  context.emitWithGraphs('loop', [context.optionalInput(0), context.optionalInput(1), ...states], { carried }, [body]);
};

const scan: Importer = (context) => {
  if (context.opset < 9)
    throw context.unsupported('it scans batches (operator set 8): convert the model to operator set 13');
  const scanned = context.requiredInteger('num_scan_inputs');
  const states = context.inputs.length - scanned;
  const stacks = context.outputs.length - states;
  if (!(scanned > 0 && states >= 0 && stacks >= 0))
    throw context.damaged(`scans ${scanned} inputs of ${context.inputs.length}`);
  const list = (name: string, count: number) => {
    const given = context.integers(name) ?? [];
    if (given.length === 0) return new Array<number>(count).fill(0);
    if (given.length !== count) throw context.damaged(`has ${given.length} entries in ${name} for ${count}`);
    return given;
  };
  const attributes = {
    states,
    scanned,
    inputAxes: list('scan_input_axes', scanned),
    inputReversed: list('scan_input_directions', scanned),
    axes: list('scan_output_axes', stacks),
    reversed: list('scan_output_directions', stacks),
  };
  const inputs = context.inputs.map((_, index) => context.input(index));
  const body = context.subgraph(
    'body',
    inputs.map(() => undefined),
  );
  context.emitWithGraphs('scan', inputs, attributes, [body]);
};

export const control: Record<string, Importer> = {
  Compress: (context) =>
    context.emit('compress', [context.input(0), context.input(1)], { axis: context.integer('axis') }),
  If: branches,
  Loop: loop,
  NonZero: (context) => context.emit('nonZero', [context.input(0)]),
  Scan: scan,
  Unique: (context) =>
    context.emit('unique', [context.input(0)], {
      axis: context.integer('axis'),
      sorted: context.integer('sorted', 1) === 1,
    }),
};
