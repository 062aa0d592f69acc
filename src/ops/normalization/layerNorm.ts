// Normalises everything from one axis on by its own mean and variance.

import { QuadlaneError } from '../../errors.js';
import { broadcastShapes, formatShape, normalizeAxis, sameShape, sizeOf } from '../../shape.js';
import { sumTo } from '../lowering/gradientShapes.js';
import { ofRank } from '../lowering/partialShapes.js';
import { stretch } from '../lowering/subviews.js';
import { bytesOf, denseView } from '../lowering/views.js';
import type { Attributes, GradientRule, Lowering, Operator, View } from '../operator.js';

export interface LayerNormAttributes extends Attributes {
  /** First of the axes that are normalised together. Default: the last one. */
  readonly axis?: number;
  readonly epsilon?: number;
}

/** With n the normalised input and g = dY scale: dX = (g - mean(g) - n mean(g n)) / deviation. */
const layerNormGradient: GradientRule = (build) => {
  const [input, scale, shift] = build.inputs;
  const { shape } = build.type(input);
  const first = normalizeAxis((build.attributes.axis ?? -1) as number, shape.length);
  const axes = [...shape.keys()].slice(first);
  const mean = (value: string) => build.apply('reduce', [value], { reduction: 'mean', axes, keepDims: true });
  const [means, inverses] = [build.output(1), build.output(2)];
  const gy = build.gradient();
  const normalized = build.binary('mul', build.binary('sub', input, means), inverses);
  const scaled = build.binary('mul', gy, scale);
  const ofInput = () => {
    const along = build.binary('mul', normalized, mean(build.binary('mul', scaled, normalized)));
    const rest = build.binary('sub', build.binary('sub', scaled, mean(scaled)), along);
    return build.binary('mul', rest, inverses);
  };
  return [
    build.wants(0) ? ofInput() : undefined,
    build.wants(1) ? sumTo(build, build.binary('mul', gy, normalized), build.type(scale).shape) : undefined,
    shift && build.wants(2) ? sumTo(build, gy, build.type(shift).shape) : undefined,
  ];
};

/** Inputs: x, scale and, optionally, shift, which broadcast to the normalised axes. Outputs: y, means, 1 / deviations. */
export const layerNorm: Operator<LayerNormAttributes> = {
  name: 'layerNorm',
  needs: 2,
  parameterInputs: [1, 2],
  partialShapes: ([input]) => new Array(3).fill(ofRank(input?.length)),
  gradient: layerNormGradient,
  float32: true,

  infer([input, ...parameters], attributes) {
    const { shape } = input!;
    const axis = normalizeAxis(attributes.axis ?? -1, shape.length);
    const inner = shape.slice(axis);
    for (const [index, parameter] of parameters.entries()) {
      if (index > 0 && !parameter) continue;
      if (!parameter || !sameShape(broadcastShapes(parameter.shape, inner), inner)) {
        throw new QuadlaneError(
          'SHAPE',
          `layerNorm of ${formatShape(shape)} from axis ${axis} on takes a scale and a shift of shape ${formatShape(inner)}, not ${formatShape(parameter?.shape ?? [])}`,
        );
      }
    }
    const statistics = { dtype: 'float32', shape: shape.map((extent, i) => (i < axis ? extent : 1)) } as const;
    return [{ dtype: 'float32', shape }, statistics, statistics];
  },

  lower(lowering, attributes) {
    const input = lowering.dense(0);
    const axis = normalizeAxis(attributes.axis ?? -1, input.shape.length);
    const inner = input.shape.slice(axis);
    if (input.shape.includes(0)) return;
    lowering.step('f32_layer_norm', {
      input: input.pointer,
      output: lowering.denseOutput().pointer,
      means: lowering.hasOutput(1) ? lowering.denseOutput(1).pointer : 0,
      inverses: lowering.hasOutput(2) ? lowering.denseOutput(2).pointer : 0,
      scale: whole(lowering, lowering.dense(1), inner).pointer,
      shift: lowering.has(2) ? whole(lowering, lowering.dense(2), inner).pointer : 0,
      rows: sizeOf(input.shape.slice(0, axis)),
      columns: sizeOf(inner),
      columnStride: 4,
      epsilon: attributes.epsilon ?? 1e-5,
    });
  },
};

/** `view` stretched to `shape`, dense. */
function whole(lowering: Lowering, view: View, shape: readonly number[]): View {
  const type = { dtype: view.dtype, shape };
  if (sizeOf(view.shape) === sizeOf(shape)) return view;
  const target = denseView(lowering.temporary(bytesOf(type)), type);
  lowering.copy(shape, stretch(view, shape), target);
  return target;
}
