// Applies one operator to tensors in every way there is, and checks that all give the same: its evaluation in
// JavaScript, and its steps on the debug binary for one and three threads, on operands with and without gaps.
import { expect } from 'vitest';
import { copy } from '../../src/ops/lowering/strided.js';
import { denseView, isDense } from '../../src/ops/lowering/views.js';
import type { Attributes, Lowering, Operator, View } from '../../src/ops/operator.js';
import type { Pointer } from '../../src/ops/pointer.js';
import { sizeOf, stridesOf } from '../../src/shape.js';
import { arrayOn, bytesPerElement, newArray, Tensor, type TensorType } from '../../src/tensor.js';
import { KernelHarness, type Operand } from '../kernels/harness.js';

const pointerTo = (operand: Operand): Pointer => ({ region: { base: operand.address }, offset: 0 });
const addressOf = (pointer: Pointer) => (pointer === 0 ? 0 : pointer.region.base + pointer.offset);

/** The outputs of `operator`; inputs are all known, as constants are. */
export function apply(operator: Operator, inputs: readonly (Tensor | undefined)[], given: Attributes = {}): Tensor[] {
  const decisive = operator.shapeInputs ?? [];
  const bakes = operator.bake !== undefined && decisive.some((index) => index < inputs.length);
  const attributes = bakes ? operator.bake!(given, inputs, inputs) : given;
  const rest = bakes ? inputs.filter((_, index) => !decisive.includes(index)) : inputs;
  const types = operator.infer(rest, attributes);
  const results = operator.evaluate!(rest, attributes, types, rest)!;
  expect(results.map(({ dtype, shape }) => ({ dtype, shape }))).toEqual(
    types.map(({ dtype, shape }) => ({ dtype, shape })),
  );
  if (operator.lower) {
    for (const gap of [0, 2]) {
      for (const threads of [1, 3]) {
        for (const constants of [false, true]) {
          const lowered = lower(operator, rest as Tensor[], attributes, { types, gap, threads, constants });
          expect(lowered, `lowered, gap ${gap}, ${threads} threads`).toEqual(results);
        }
      }
    }
  }
  return results;
}

/** How an operator is lowered: to results of which types, with how many channels between pixels, with constant operands. */
interface Setting {
  readonly types: readonly TensorType[];
  readonly gap: number;
  readonly threads: number;
  readonly constants: boolean;
}

function lower(
  operator: Operator,
  inputs: readonly Tensor[],
  attributes: Attributes,
  { types, gap, threads, constants }: Setting,
): Tensor[] {
  const harness = new KernelHarness('debug', 2);
  const array = (view: View) => arrayOn(view.dtype, harness.memory.buffer, addressOf(view.pointer), spanOf(view));
  const placed = ({ dtype, shape }: TensorType): View => {
    const wide = shape.map((extent, axis) => (axis === 0 ? extent : extent + gap));
    const strides = stridesOf(wide, bytesPerElement(dtype));
    const operand = harness.room((sizeOf(wide) + 1) * bytesPerElement(dtype));
    return { ...denseView(pointerTo(operand), { dtype, shape }), strides };
  };
  const inputViews = inputs.map((input) => {
    const view = placed(input);
    const target = array(view);
    places(view).forEach((place, i) => {
      target[place] = input.data[i];
    });
    return view;
  });
  const outputViews = types.map(placed);
  const table: Lowering['table'] = (values) => pointerTo(harness.place(Int32Array.from(values)));
  const step: Lowering['step'] = (kernel, args) => {
    const plain = Object.entries(args).map(([name, value]) => [
      name,
      typeof value === 'number' ? value : addressOf(value as Pointer),
    ]);
    harness.run(kernel, Object.fromEntries(plain), threads);
  };
  const dense = (type: TensorType) =>
    denseView(pointerTo(harness.room(sizeOf(type.shape) * bytesPerElement(type.dtype) + 1)), type);
  const afterwards: (() => void)[] = [];
  const lowering: Partial<Lowering> = {
    step,
    table,
    threads,
    type: (index) => inputs[index],
    input: (index) => inputViews[index],
    has: (index) => index < inputs.length,
    hasOutput: (index) => index < types.length,
    constant: (index) => (constants ? inputs[index] : undefined),
    output: (index = 0) => outputViews[index],
    copy: (extents, from, to) => copy(step, table, extents, from, to),
    indices(index) {
      const { pointer, dtype } = lowering.dense!(index);
      return { indices: pointer, indexBytes: bytesPerElement(dtype), faults: 0, indexRows: 0, rowIndices: 0 };
    },
    dense(index) {
      const view = inputViews[index];
      if (isDense(view)) return view;
      const target = dense(view);
      copy(step, table, view.shape, view, target);
      return target;
    },
    denseOutput(index = 0) {
      const view = outputViews[index];
      if (isDense(view)) return view;
      const source = dense(view);
      afterwards.push(() => copy(step, table, view.shape, source, view));
      return source;
    },
  };
  operator.lower!(lowering as Lowering, attributes);
  for (const last of afterwards) last();
  return outputViews.map((view) => {
    const source = array(view);
    const data = newArray(view.dtype, sizeOf(view.shape));
    places(view).forEach((place, i) => {
      data[i] = source[place];
    });
    return new Tensor(view.dtype, view.shape, data);
  });
}

/** Where the elements of a view are, in row-major order, counted in elements. */
function places(view: View): number[] {
  const bytes = bytesPerElement(view.dtype);
  return view.shape.reduce<number[]>(
    (at, extent, axis) =>
      at.flatMap((place) => Array.from({ length: extent }, (_, i) => place + (i * view.strides[axis]) / bytes)),
    [0],
  );
}

function spanOf(view: View): number {
  return Math.max(0, ...places(view)) + 1;
}
