// Since and until which operator set an ONNX operator has an attribute, where that isn't all of its versions
// (onnx/docs/Changelog.md). Only those that importers ask for stand here; what nobody asks for is refused.

/** The first operator set that has these. */
const since: Readonly<Record<number, string>> = {
  2: 'Pad.pads',
  3: 'GRU.linear_before_reset',
  7: 'AveragePool.count_include_pad Upsample.scales',
  8: 'MaxPool.storage_order',
  10: 'AveragePool.ceil_mode MaxPool.ceil_mode MaxPool.dilations',
  11: 'DepthToSpace.mode TopK.largest TopK.sorted',
  12: 'Dropout.seed GatherND.batch_dims ArgMax.select_last_index ArgMin.select_last_index Constant.value_float Constant.value_floats Constant.value_int Constant.value_ints',
  13: 'QuantizeLinear.axis DequantizeLinear.axis ReduceSum.noop_with_empty_axes',
  14: 'BatchNormalization.training_mode GRU.layout LSTM.layout RNN.layout Reshape.allowzero',
  15: 'Shape.start Shape.end',
  16: 'RoiAlign.coordinate_transformation_mode ScatterElements.reduction ScatterND.reduction',
  18: `Split.num_outputs LpPool.ceil_mode LpPool.dilations Resize.antialias Resize.axes Resize.keep_aspect_ratio_policy
    ReduceL1.noop_with_empty_axes ReduceL2.noop_with_empty_axes ReduceLogSum.noop_with_empty_axes
    ReduceLogSumExp.noop_with_empty_axes ReduceMax.noop_with_empty_axes ReduceMean.noop_with_empty_axes
    ReduceMin.noop_with_empty_axes ReduceProd.noop_with_empty_axes ReduceSumSquare.noop_with_empty_axes`,
  19: 'AveragePool.dilations Cast.saturate CastLike.saturate QuantizeLinear.saturate',
  21: 'GroupNormalization.stash_type QuantizeLinear.block_size QuantizeLinear.output_dtype DequantizeLinear.block_size',
  23: 'DequantizeLinear.output_dtype QuantizeLinear.precision',
  24: 'Cast.round_mode CastLike.round_mode',
};

/** The last operator set that has these: later ones have an input in their place, or nothing. */
const until: Readonly<Record<number, string>> = {
  1: 'Pad.paddings Upsample.width_scale Upsample.height_scale',
  6: 'BatchNormalization.is_test Dropout.is_test Gemm.broadcast GRU.output_sequence LSTM.output_sequence RNN.output_sequence',
  8: 'BatchNormalization.spatial Upsample.scales',
  11: 'Dropout.ratio',
  12: 'ReduceSum.axes Split.split',
  17: `ReduceL1.axes ReduceL2.axes ReduceLogSum.axes ReduceLogSumExp.axes ReduceMax.axes ReduceMean.axes ReduceMin.axes
    ReduceProd.axes ReduceSumSquare.axes`,
};

/** What changes no result: hints, and what only training or types that quadlane doesn't have would read. */
const withoutEffect = `BatchNormalization.momentum Cast.saturate Cast.round_mode CastLike.saturate CastLike.round_mode DequantizeLinear.output_dtype Dropout.is_test
  Dropout.ratio Dropout.seed Gemm.broadcast GroupNormalization.stash_type GRU.output_sequence LSTM.output_sequence LayerNormalization.stash_type MaxPool.storage_order
  QuantizeLinear.precision QuantizeLinear.saturate RNN.output_sequence Split.num_outputs TopK.sorted`;

function byName(versions: Readonly<Record<number, string>>): Map<string, number> {
  return new Map(
    Object.entries(versions).flatMap(([version, names]) =>
      names.split(/\s+/).map((name): [string, number] => [name, Number(version)]),
    ),
  );
}

const first = /* @__PURE__ */ byName(since);
const last = /* @__PURE__ */ byName(until);
const ignored = /* @__PURE__ */ new Set(/* @__PURE__ */ withoutEffect.split(/\s+/));

/** Whether the version of `operator` in operator set `opset` may have the attribute `name`, as far as is written here. */
export function hasAttribute(operator: string, name: string, opset: number): boolean {
  const key = `${operator}.${name}`;
  return opset >= (first.get(key) ?? 0) && opset <= (last.get(key) ?? Number.POSITIVE_INFINITY);
}

/**
 * Whether an attribute may be passed over: its operator set has it, but it changes nothing. Names that begin with two
 * underscores are a tool's own.
 */
export function hasNoEffect(operator: string, name: string, opset: number): boolean {
  if (name.startsWith('__')) return true;
  if (name === 'consumed_inputs') return opset < 6;
  return ignored.has(`${operator}.${name}`) && hasAttribute(operator, name, opset);
}
