// ONNX operators that others define once the types of their inputs are known: src/graph/definitions has what they are put
// together from; here is only what their attributes mean.

import type { Attributes } from '../../../ops/operator.js';
import type { Importer, NodeContext } from '../context.js';
import { dtypeOf, elementTypeName } from '../elementTypes.js';

/** Writes the operator `op` of all inputs. */
const written =
  (op: string, attributes: (context: NodeContext) => Attributes = () => ({})): Importer =>
  (context) => {
    const inputs = context.inputs.map((_, index) => context.optionalInput(index));
    context.emit(op, inputs, attributes(context));
  };

/** The attribute `name` where it holds one of the element types. */
function elementType(context: NodeContext, name: string, otherwise?: number): { dtype?: string } {
  const number = context.integer(name) ?? otherwise;
  if (number === undefined) return {};
  const dtype = dtypeOf(number);
  if (!dtype) throw context.unsupported(`it gives ${elementTypeName(number)}`);
  return { dtype };
}

const holds = (context: NodeContext, name: string, otherwise = 0) => context.integer(name, otherwise) === 1;

const window = (op: string) =>
  written(op, (context) => ({
    periodic: holds(context, 'periodic', 1),
    ...elementType(context, 'output_datatype', 1),
  }));

/** Its axis was an attribute before operator set 20. */
const dft = written('dft', (context) => ({
  inverse: holds(context, 'inverse'),
  oneSided: holds(context, 'onesided'),
  ...(context.opset < 20 && { axis: context.integer('axis', 1) }),
}));

const windows = (context: NodeContext) => ({
  kernelShape: context.integers('kernel_shape'),
  strides: context.integers('strides'),
  dilations: context.integers('dilations'),
  padding: context.integers('pads'),
});

const loss = (op: string) =>
  written(op, (context) => ({
    reduction: context.choice('reduction', 'mean', 'sum', 'none'),
    ignored: context.integer('ignore_index'),
  }));

const attention = written('attention', (context) => {
  // Softmax runs in float32, whatever it asks for.
  context.integer('softmax_precision');
  return {
    queryHeads: context.integer('q_num_heads'),
    keyHeads: context.integer('kv_num_heads'),
    causal: holds(context, 'is_causal'),
    left: context.integer('left_window_size', -1),
    right: context.integer('right_window_size', -1),
    scale: context.float('scale'),
    softCap: context.float('softcap', 0),
    inside: context.integer('qk_matmul_output_mode', 0),
  };
});

export const defined: Record<string, Importer> = {
  AffineGrid: written('affineGrid', (context) => ({ alignCorners: holds(context, 'align_corners') })),
  Attention: attention,
  BlackmanWindow: window('blackmanWindow'),
  CausalConvWithState: written('causalConv', (context) => ({
    silu: context.choice('activation', 'none', 'silu', 'swish') !== 'none',
  })),
  Col2Im: written('col2Im', windows),
  CumProd: written('cumProd', (context) => ({
    exclusive: holds(context, 'exclusive'),
    reverse: holds(context, 'reverse'),
  })),
  DFT: dft,
  DeformConv: written('deformConv', (context) => ({
    ...windows(context),
    groups: context.integer('group', 1),
    offsetGroups: context.integer('offset_group', 1),
  })),
  Det: written('det'),
  EyeLike: written('eyeLike', (context) => ({
    diagonal: context.integer('k', 0),
    ...elementType(context, 'dtype'),
  })),
  HammingWindow: window('hammingWindow'),
  HannWindow: window('hannWindow'),
  MaxUnpool: written('maxUnpool', windows),
  MelWeightMatrix: written('melWeights', (context) => elementType(context, 'output_datatype', 1)),
  NegativeLogLikelihoodLoss: loss('negativeLogLikelihood'),
  ReverseSequence: written('reverseSequence', (context) => ({
    timeAxis: context.integer('time_axis', 0),
    batchAxis: context.integer('batch_axis', 1),
  })),
  RotaryEmbedding: written('rotaryEmbedding', (context) => ({
    heads: context.integer('num_heads'),
    rotated: context.integer('rotary_embedding_dim', 0),
    interleaved: holds(context, 'interleaved'),
  })),
  STFT: written('stft', (context) => ({ oneSided: holds(context, 'onesided', 1) })),
  SoftmaxCrossEntropyLoss: loss('crossEntropy'),
  TensorScatter: written('tensorScatter', (context) => ({
    axis: context.integer('axis', -2),
    circular: context.choice('mode', 'linear', 'circular') === 'circular',
  })),
  Trilu: written('trilu', (context) => ({ upper: holds(context, 'upper', 1) })),
};
