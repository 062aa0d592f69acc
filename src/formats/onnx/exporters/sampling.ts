// Operators that resize, rearrange and sample images, as ONNX nodes with channels first.

import { tensor } from '../../../tensor.js';
import type { OnnxAttribute } from '../encode.js';
import type { ExportContext, Exporter } from '../export-context.js';

/** GridSample names its modes linear and cubic from this operator set on. */
const NAMED_MODES = 20;

const flag = (value: unknown): OnnxAttribute | undefined => (value ? { int: 1 } : undefined);

const text = (value: unknown): OnnxAttribute | undefined => (value === undefined ? undefined : { text: String(value) });

const number = (value: unknown): OnnxAttribute | undefined =>
  value === undefined ? undefined : { float: value as number };

/** `outward` is the rounding of old operator sets: down where nothing shrinks. */
function rounding(context: ExportContext): string {
  const { nearest = 'round_prefer_floor', scales } = context.attributes;
  if (nearest !== 'outward') return String(nearest);
  const known =
    (scales as readonly number[] | undefined) ?? (context.constant(2)?.data as ArrayLike<number> | undefined);
  if (!known || Array.from(known).some((scale) => scale < 1)) {
    throw context.unsupported('it shrinks by the rounding of operator set 10');
  }
  return 'floor';
}

const resize: Exporter = (context) => {
  const { attributes } = context;
  if (attributes.coordinates === 'tf_half_pixel_for_nn')
    throw context.unsupported('newer operator sets lack its coordinates');
  const floats = (index: number, name: string) => {
    const list = attributes[name] as readonly number[] | undefined;
    return list ? context.newConstant(tensor(Float32Array.from(list), [list.length])) : context.input(index);
  };
  const sizes = attributes.sizes as readonly number[] | undefined;
  const isNearest = (attributes.mode ?? 'nearest') === 'nearest';
  const inputs = [
    context.input(0),
    floats(1, 'region'),
    floats(2, 'scales'),
    sizes ? context.list(sizes) : context.input(3),
  ];
  context.emit('Resize', inputs, {
    mode: text(attributes.mode),
    coordinate_transformation_mode: text(attributes.coordinates),
    nearest_mode: isNearest ? text(rounding(context)) : undefined,
    cubic_coeff_a: number(attributes.cubicCoefficient),
    exclude_outside: flag(attributes.excludeOutside),
    antialias: flag(attributes.antialias),
    axes: context.ints('axes'),
    keep_aspect_ratio_policy: text(attributes.aspectRatio),
    extrapolation_value: number(attributes.extrapolation),
  });
};

/** An operator over images whose first input and result have channels. */
const overImages =
  (op: string, own: (context: ExportContext) => Record<string, OnnxAttribute | undefined>): Exporter =>
  (context) => {
    const rank = context.knownRank(0);
    const others = Array.from({ length: context.inputCount - 1 }, (_, index) => context.input(index + 1));
    const result = context.step(op, [context.channelsFirst(0, rank), ...others], own(context));
    context.resultChannelsFirst(result, rank);
  };

export const sampling: Record<string, Exporter> = {
  centerCropPad: (context) => {
    const extents = context.attributes.extents as readonly number[] | undefined;
    const list = extents ? context.list(extents) : context.input(1);
    context.emit('CenterCropPad', [context.input(0), list], { axes: context.ints('axes') });
  },
  depthToSpace: overImages('DepthToSpace', ({ attributes }) => ({
    blocksize: { int: attributes.blockSize as number },
    mode: attributes.blocksInside ? { text: 'CRD' } : undefined,
  })),
  gridSample: overImages('GridSample', ({ attributes, graph }) => {
    const { mode = 'linear', outside, alignCorners } = attributes;
    graph.needOperatorSet(NAMED_MODES);
    return { mode: text(mode), padding_mode: text(outside), align_corners: flag(alignCorners) };
  }),
  resize,
  roiAlign: overImages('RoiAlign', ({ attributes }) => ({
    output_height: { int: attributes.rows as number },
    output_width: { int: attributes.columns as number },
    sampling_ratio: { int: (attributes.samples ?? 0) as number },
    spatial_scale: number(attributes.scale),
    coordinate_transformation_mode: text(attributes.halfPixel ? 'half_pixel' : 'output_half_pixel'),
    mode: attributes.max ? { text: 'max' } : undefined,
  })),
  spaceToDepth: (context) => {
    if (context.attributes.blocksInside) throw context.unsupported("a block's place counts faster than the channel");
    overImages('SpaceToDepth', ({ attributes }) => ({ blocksize: { int: attributes.blockSize as number } }))(context);
  },
};
