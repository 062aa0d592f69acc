// Operators that sample images, as ONNX nodes with channels first.

import { numbersOf } from '../../../ops/lowering/values.js';
import type { ResizeAttributes } from '../../../ops/vision/resize.js';
import { normalizeAxis } from '../../../shape.js';
import { tensor } from '../../../tensor.js';
import { flag, float, text } from '../attributes.js';
import { overImages } from '../channelsFirst.js';
import type { ExportContext, Exporter } from '../export-context.js';

const nonMaxSuppression: Exporter = (context) => {
  const most = context.numberInput(4, 'mostPerClass');
  const inputs = [context.input(0), context.input(1), most, context.input(2), context.input(3)];
  context.emit('NonMaxSuppression', inputs, { center_point_box: flag(context.attributes.centred) });
};

/** GridSample names its modes linear and cubic from this operator set on. */
const NAMED_MODES = 20;

/** The lists of a resize; where all of them are attributes, with their axes in order, and without axes if they are all. */
function orderedLists(context: ExportContext): Pick<ResizeAttributes, 'axes' | 'scales' | 'sizes' | 'region'> {
  const { axes, scales, sizes, region } = context.attributes as ResizeAttributes;
  const rank = context.rank(0);
  const isGiven = [1, 2, 3].some((index) => context.has(index));
  if (!axes || rank === undefined || isGiven) return { axes, scales, sizes, region };
  const normal = axes.map((axis) => normalizeAxis(axis, rank));
  if (scales && !region) {
    const all = new Array<number>(rank).fill(1);
    normal.forEach((axis, i) => {
      all[axis] = scales[i];
    });
    return { scales: all };
  }
  const order = [...normal.keys()].sort((a, b) => normal[a] - normal[b]);
  const sorted = <T>(list: readonly T[] | undefined) => list && order.map((i) => list[i]);
  const halves = region && [region.slice(0, axes.length), region.slice(axes.length)];
  return {
    axes: axes.length === rank ? undefined : sorted(normal),
    scales: sorted(scales),
    sizes: sorted(sizes),
    region: halves?.flatMap((half) => sorted(half)!),
  };
}

/** Which of ONNX's ways of rounding it is: `outward` is one where all axes grow, another where all shrink. */
function nearestMode(context: ExportContext): string {
  const { nearest = 'round_prefer_floor' } = context.attributes as ResizeAttributes;
  if (nearest !== 'outward') return nearest;
  const given = context.constant(2);
  const scales = given ? numbersOf(given) : (context.attributes.scales as readonly number[] | undefined);
  if (scales?.every((scale) => scale >= 1)) return 'floor';
  if (scales?.every((scale) => scale <= 1)) return 'ceil';
  throw context.unsupported('it takes the nearest element outward, and not all axes are known to grow or to shrink');
}

const resize: Exporter = (context) => {
  const {
    mode = 'nearest',
    coordinates,
    cubicCoefficient,
    excludeOutside,
    antialias,
    aspectRatio,
    extrapolation,
  } = context.attributes as ResizeAttributes;
  if (coordinates === 'tf_half_pixel_for_nn') throw context.unsupported('newer operator sets lack its coordinates');
  const { axes, scales, sizes, region } = orderedLists(context);
  const floats = (list: readonly number[] | undefined) =>
    list ? context.newConstant(tensor(Float32Array.from(list))) : '';
  const inputs = [
    context.input(0),
    context.input(1) || floats(region),
    context.input(2) || floats(scales),
    context.input(3) || (sizes ? context.list(sizes) : ''),
  ];
  context.emit('Resize', inputs, {
    mode: text(mode),
    coordinate_transformation_mode: text(coordinates),
    nearest_mode: mode === 'nearest' ? text(nearestMode(context)) : undefined,
    cubic_coeff_a: float(cubicCoefficient),
    exclude_outside: flag(excludeOutside),
    antialias: flag(antialias),
    axes: axes && { ints: axes },
    keep_aspect_ratio_policy: aspectRatio === 'stretch' ? undefined : text(aspectRatio),
    extrapolation_value: extrapolation ? float(extrapolation) : undefined,
  });
};

export const vision: Record<string, Exporter> = {
  gridSample: overImages('GridSample', ({ attributes, graph }) => {
    const { mode = 'linear', outside, alignCorners } = attributes;
    graph.needOperatorSet(NAMED_MODES);
    return { mode: text(mode), padding_mode: text(outside), align_corners: flag(alignCorners) };
  }),
  nonMaxSuppression,
  resize,
  roiAlign: overImages('RoiAlign', ({ attributes }) => ({
    output_height: { int: attributes.rows as number },
    output_width: { int: attributes.columns as number },
    sampling_ratio: { int: (attributes.samples ?? 0) as number },
    spatial_scale: float(attributes.scale),
    coordinate_transformation_mode: text(attributes.halfPixel ? 'half_pixel' : 'output_half_pixel'),
    mode: attributes.max ? { text: 'max' } : undefined,
  })),
};
