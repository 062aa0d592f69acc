// Transposed convolution over 1 to 3 spatial axes, channels last. Output pixels whose places agree modulo the strides
// (a phase) see the same taps of the filters, so each phase is a convolution of stride 1 that stores every stride-th pixel.

import { QuadlaneError } from '../../errors.js';
import { PANEL } from '../../layouts.generated.js';
import { dilatedExtent, formatShape, product, sameShape, windowsOf } from '../../shape.js';
import type { TensorType } from '../../tensor.js';
import { type Activated, activationArguments, requireResidual } from '../lowering/epilogue.js';
import { sumOverPixels } from '../lowering/gradientShapes.js';
import { rankOfEither } from '../lowering/partialShapes.js';
import { narrow } from '../lowering/subviews.js';
import { mapArguments, spatial } from '../lowering/views.js';
import type { GradientRule, Halo, Lowering, Operator, View } from '../operator.js';
import type { Pointer } from '../pointer.js';
import { resultArguments } from './geometry.js';
import { lowerTapProducts, type TapProducts } from './parts.js';
import { type Phase, packPhase, phasesOf, requireListable, type Transposition } from './phases.js';
import { lowerWinograd, winogradForm } from './winograd.js';

export interface ConvTransposeAttributes extends Activated {
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  /** Taken from the full result: before each spatial axis, then after each. */
  readonly padding?: readonly number[];
  /** Added behind each spatial axis of the result. */
  readonly outputPadding?: readonly number[];
  /** Spatial extents of the result; the padding follows from them. */
  readonly outputShape?: readonly number[];
  /** 'same-upper' or 'same-lower': padding that keeps extent * stride outputs. */
  readonly autoPad?: string;
  readonly groups?: number;
}

/** Steps that one transposed convolution may become. */
const MOST_PHASES = 4096;
const CHANNELS_PER_BLOCK = 4;

/** Where the result of a transposed convolution lies: padding before each axis, and extents. */
export function transpositionOf(
  input: TensorType,
  filters: TensorType,
  attributes: ConvTransposeAttributes,
): Transposition {
  const { strides, padding, dilations } = attributes;
  const windows = windowsOf(filters.shape.slice(2), strides, padding, dilations);
  const { kernelShape } = windows;
  const rank = kernelShape.length;
  const added = attributes.outputPadding ?? kernelShape.map(() => 0);
  const wanted = attributes.outputShape;
  for (const list of wanted ? [added, wanted] : [added]) {
    if (list.length !== rank || !list.every((value) => Number.isInteger(value) && value >= 0)) {
      throw new QuadlaneError('SHAPE', `${rank} spatial axes take ${rank} whole numbers, not ${formatShape(list)}`);
    }
  }
  const before: number[] = [];
  const extents = kernelShape.map((kernel, axis) => {
    const extent = input.shape[axis + 1];
    const stride = windows.strides[axis];
    const full = stride * (extent - 1) + dilatedExtent(kernel, windows.dilations[axis]) + added[axis];
    const given = wanted?.[axis] ?? (attributes.autoPad === undefined ? undefined : extent * stride);
    if (given === undefined) {
      before.push(windows.padding[axis]);
      return full - windows.padding[axis] - windows.padding[axis + rank];
    }
    const surplus = Math.max(0, full - given);
    before.push(attributes.autoPad === 'same-upper' ? Math.floor(surplus / 2) : Math.ceil(surplus / 2));
    return given;
  });
  if (extents.some((extent) => extent < 0)) {
    throw new QuadlaneError(
      'SHAPE',
      `padding ${formatShape(windows.padding)} leaves nothing of ${formatShape(input.shape)}`,
    );
  }
  const phases = extents.reduce((count, extent, axis) => count * Math.min(extent, windows.strides[axis]), 1);
  if (phases > MOST_PHASES) {
    throw new QuadlaneError(
      'UNSUPPORTED',
      `strides ${formatShape(windows.strides)} make ${phases} phases, more than ${MOST_PHASES}: use smaller strides and resize`,
    );
  }
  return { ...windows, before, extents };
}

/** Zeros around the input that the phases read. */
function phaseHalo(input: TensorType, phases: readonly (readonly Phase[])[]): Halo {
  const before: number[] = [];
  const after: number[] = [];
  phases.forEach((ofAxis, axis) => {
    const used = ofAxis.filter(({ taps }) => taps > 0);
    const last = ({ offset, taps, step, count }: Phase) => offset + (taps - 1) * step + count - input.shape[axis + 1];
    before.push(Math.max(0, ...used.map(({ offset }) => -offset)));
    after.push(Math.max(0, ...used.map(last)));
  });
  return [...before, ...after];
}

/** With stride 1 it is a convolution by the filters turned around: its windows, and the Winograd form that fits it. */
function turnedWinograd(input: TensorType, filters: TensorType, attributes: ConvTransposeAttributes, known: boolean) {
  const { kernelShape, strides, dilations, before, extents } = transpositionOf(input, filters, attributes);
  if (strides.some((stride) => stride !== 1) || extents.includes(0) || (attributes.groups ?? 1) > 1) return undefined;
  const lead = kernelShape.map((kernel, axis) => (kernel - 1) * dilations[axis] - before[axis]);
  const behind = extents.map((extent, axis) => {
    const reach = dilatedExtent(kernelShape[axis], dilations[axis]);
    return extent - 1 + reach - input.shape[axis + 1] - lead[axis];
  });
  const windows = { kernelShape, strides, dilations, padding: [...lead, ...behind] };
  const turned: TensorType = { ...filters, shape: [filters.shape[1], filters.shape[0], ...kernelShape] };
  const winograd = winogradForm(input, turned, windows, 1, known);
  return winograd && { ...winograd, windows, turned };
}

/** The input's gradient is the convolution with the same filters; the filters' sums products over all pixels. */
const convTransposeGradient: GradientRule = (build) => {
  const { type, apply, wants, attributes } = build;
  const [input, filters, bias] = build.inputs;
  const { before, extents, kernelShape, strides, dilations } = transpositionOf(type(input), type(filters), attributes);
  const { shape } = type(input);
  const gy = build.gradient();
  // As many windows over the result as the input had pixels: where the result is cut or widened, so is the padding.
  const after = extents.map((extent, axis) => {
    const reach = dilatedExtent(kernelShape[axis], dilations[axis]);
    return strides[axis] * (shape[axis + 1] - 1) + reach - extent - before[axis];
  });
  const { groups = 1 } = attributes;
  const windows = { strides, dilations, padding: [...before, ...after], groups };
  return [
    wants(0) ? apply('conv', [gy, filters], windows) : undefined,
    wants(1) ? apply('convFilterGradient', [gy, input], { ...windows, kernelShape }) : undefined,
    bias && wants(2) ? sumOverPixels(build, gy) : undefined,
  ];
};

export const convTranspose: Operator<ConvTransposeAttributes> = {
  name: 'convTranspose',
  needs: 2,
  outputScaling(filters, { groups = 1 }) {
    if (filters.length < 2) return undefined;
    const [channels, perGroup, ...kernel] = filters;
    return { split: [groups, channels / groups, perGroup, ...kernel], channels: [0, 2] };
  },
  parameterInputs: [1, 2],
  partialShapes: rankOfEither,
  gradient: convTransposeGradient,
  float32: true,
  fusesActivation: true,
  residualInput: 3,

  infer([x, w, bias, residual], attributes) {
    const [input, filters] = [x!, w!];
    const groups = attributes.groups ?? 1;
    const rank = input.shape.length;
    const [channels, perGroup] = filters.shape;
    if (rank < 3 || rank > 5 || filters.shape.length !== rank) {
      throw new QuadlaneError(
        'SHAPE',
        `convTranspose takes [images, 1 to 3 spatial axes, channels] and filters [channels, filters / groups, kernel axes]; got ${formatShape(input.shape)} and ${formatShape(filters.shape)}`,
      );
    }
    if (groups < 1 || channels !== input.shape[rank - 1] || channels % groups !== 0) {
      throw new QuadlaneError(
        'SHAPE',
        `${input.shape[rank - 1]} channels in ${groups} groups don't match filters ${formatShape(filters.shape)}: the first axis counts channels, a multiple of the groups`,
      );
    }
    const count = perGroup * groups;
    if (bias && !sameShape(bias.shape, [count])) {
      throw new QuadlaneError(
        'SHAPE',
        `the bias of ${count} filters must be [${count}], not ${formatShape(bias.shape)}`,
      );
    }
    const { extents } = transpositionOf(input, filters, attributes);
    const shape = [input.shape[0], ...extents, count];
    requireResidual(residual, shape);
    return [{ dtype: 'float32', shape }];
  },

  windows([input, filters], attributes) {
    const { kernelShape, strides, dilations } = transpositionOf(input!, filters!, attributes);
    const read = kernelShape.map((kernel, axis) => Math.ceil(dilatedExtent(kernel, dilations[axis]) / strides[axis]));
    return {
      kernelShape: read,
      strides: strides.map((stride) => 1 / stride),
      dilations: read.map(() => 1),
      padding: read.flatMap(() => [0, 0]),
    };
  },

  halo([input, filters], attributes) {
    const winograd = turnedWinograd(input!, filters!, attributes, true);
    if (winograd) return winograd.halo;
    return phaseHalo(input!, phasesOf(transpositionOf(input!, filters!, attributes)));
  },

  largerForm: ([input, filters], attributes) => turnedWinograd(input!, filters!, attributes, true),

  lower(lowering, attributes) {
    const known = lowering.constant(1) !== undefined;
    const winograd = lowering.winograd && turnedWinograd(lowering.type(0), lowering.type(1), attributes, known);
    if (winograd) {
      const { windows, turned, tile, halo } = winograd;
      lowerWinograd(lowering, {
        attributes,
        windows,
        input: lowering.haloed(0, halo),
        filters: turned,
        output: lowering.output(),
        groups: 1,
        tile,
        transposed: true,
      });
      return;
    }
    const filters = lowering.input(1);
    const phases = phasesOf(transpositionOf(lowering.input(0), filters, attributes));
    requireListable(phases);
    const input = lowering.haloed(0, phaseHalo(lowering.input(0), phases));
    const [output, residual] = [lowering.output(), lowering.has(3) ? lowering.input(3) : undefined];
    if (output.shape.includes(0)) return;
    const found: PhaseOf[] = [];
    const visit = (chosen: readonly Phase[], to: View, by: View | undefined): void => {
      const axis = chosen.length;
      if (axis === phases.length) {
        found.push({ attributes, phase: chosen, input, filters, output: to, residual: by });
        return;
      }
      for (const phase of phases[axis]) {
        const stride = phases[axis].length;
        const part = (view: View) => narrow(view, axis + 1, phase.at, phase.count, stride);
        visit([...chosen, phase], part(to), by && part(by));
      }
    };
    visit([], output, residual);
    const [count, perGroup] = filters.shape;
    const depthwise = (attributes.groups ?? 1) > 1 && perGroup === 1 && count === attributes.groups;
    if (depthwise) for (const phase of found) lowerDepthwise(lowering, phase);
    else
      lowerTapProducts(
        lowering,
        found.map((phase) => productsOf(lowering, phase)),
      );
  },

  cost([input, filters]) {
    const [channels, ...rest] = filters!.shape;
    return (product(input!.shape) / channels) * channels * product(rest);
  },
};

/** One phase of a transposed convolution. */
interface PhaseOf {
  readonly attributes: ConvTransposeAttributes;
  readonly phase: readonly Phase[];
  readonly input: View;
  readonly filters: View;
  readonly output: View;
  readonly residual: View | undefined;
}

/** Phases that have a filter for each channel: vectors of channels. */
function lowerDepthwise(lowering: Lowering, { attributes, phase, input, filters, output, residual }: PhaseOf): void {
  const [count] = filters.shape;
  const packing = { groups: 1, filters: count, channels: 1, width: CHANNELS_PER_BLOCK, filterAxis: 0 };
  const { weights, taps } = packPhase(lowering, phase, packing, false);
  lowering.step('f32_depthwise', {
    ...resultArguments(output, residual),
    ...activationArguments(attributes),
    ...mapArguments('input', input),
    weights: weights as Pointer,
    channels: count,
    taps: lowering.table(offsetsOf(taps, input)),
    tapCount: taps.length,
  });
}

/** One phase as a convolution: tiles of pixels x filters. */
function productsOf(lowering: Lowering, { attributes, phase, input, filters, output, residual }: PhaseOf): TapProducts {
  const groups = attributes.groups ?? 1;
  const [count, perGroup] = filters.shape;
  const channels = count / groups;
  const packing = { groups, filters: perGroup, channels, width: PANEL, filterAxis: 1 };
  const { weights, taps } = packPhase(lowering, phase, packing, groups === 1);
  // Taps that read neighbouring columns are one run.
  const last = phase[phase.length - 1];
  const runTaps = last.step === 1 && last.taps > 0 && spatial(input).column === channels * 4 ? last.taps : 1;
  return {
    axes: phase,
    input,
    output,
    residual,
    activation: activationArguments(attributes),
    groups,
    filters: perGroup,
    channels,
    runs: offsetsOf(taps, input).filter((_, index) => index % runTaps === 0),
    runTaps,
    inParts: runTaps === last.taps,
    weights,
  };
}

function offsetsOf(taps: readonly number[][], input: View): number[] {
  return taps.map((tap) => tap.reduce((sum, place, axis) => sum + place * input.strides[axis + 1], 0));
}
