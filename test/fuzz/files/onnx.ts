// ONNX files damaged as the protobuf messages that they are: nodes, attributes, sizes, types, names, edges, and the wire itself.

import type { Dice } from '../dice.js';
import { damagedBytes, damagedFloat, damagedInteger, damagedText, fewTimes } from './damage.js';
import {
  copyOf,
  type Field,
  isMessage,
  type Message,
  messagesIn,
  PACKED,
  readMessage,
  type Schema,
  writeMessage,
} from './wire.js';

const schema: Schema = {
  model: { 7: 'graph', 8: 'opset', 14: 'entry' },
  graph: { 1: 'node', 5: 'tensor', 11: 'value', 12: 'value', 13: 'value', 15: 'sparse' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 8: PACKED, 10: 'tensor', 11: 'graph' },
  tensor: { 1: PACKED, 5: PACKED, 7: PACKED, 13: 'entry' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  value: { 2: 'type' },
  type: { 1: 'tensor type' },
  'tensor type': { 2: 'shape' },
  shape: { 1: 'dimension' },
};

/** Fields of texts, by message. */
const textFields: Readonly<Record<string, readonly number[]>> = {
  node: [1, 2, 3, 4, 7],
  attribute: [1, 4],
  tensor: [8],
  value: [1],
  dimension: [2],
  opset: [1],
  entry: [1, 2],
};

const operators =
  `Add Sub Mul Div Relu Conv ConvTranspose MaxPool AveragePool GlobalAveragePool Gemm MatMul Concat Split Slice Pad
  Reshape Flatten Transpose Squeeze Unsqueeze Expand Tile Gather GatherElements GatherND ScatterElements ScatterND Resize Softmax
  BatchNormalization InstanceNormalization LayerNormalization LRN ReduceSum ReduceMean ReduceMax ArgMax TopK CumSum Cast Clip
  Constant ConstantOfShape Shape Size Range Where Equal Less Not Identity Dropout Einsum OneHot NonMaxSuppression RoiAlign GridSample
  QuantizeLinear DequantizeLinear DynamicQuantizeLinear QLinearConv QLinearMatMul ConvInteger MatMulInteger DepthToSpace SpaceToDepth
  Upsample PRelu Pow Mod Hardmax LpPool LpNormalization CenterCropPad Sum Max Min Mean Loop If LSTM`.split(/\s+/);

const attributes =
  `axis axes kernel_shape strides pads dilations group auto_pad ceil_mode count_include_pad output_padding
  output_shape perm mode keepdims alpha beta epsilon to value blocksize starts ends steps split equation transA transB k p size
  storage_order allowzero batch_dims reduction num_groups block_size output_dtype largest exclusive reverse`.split(
    /\s+/,
  );

const utf8 = new TextEncoder();
const latin = new TextDecoder();

/** The message of a file; undefined where it is none. */
export function parseOnnx(file: Uint8Array): Message | undefined {
  try {
    return readMessage(file, 'model', schema);
  } catch {
    return undefined;
  }
}

/** @param donor another model, of which parts are put in */
export function damageOnnx(dice: Dice, model: Message, donor: Message): Uint8Array {
  const tree = copyOf(model);
  const names = namesIn(tree);
  for (let times = fewTimes(dice); times > 0; times--) damage(dice, tree, donor, names);
  const file = writeMessage(tree);
  return dice.once(12) ? damagedBytes(dice, file) : file;
}

/** All names of values, so that edges may be drawn anew. */
function namesIn(tree: Message): string[] {
  const names = new Set<string>();
  for (const { kind, fields } of messagesIn(tree)) {
    for (const { number, value } of fields) {
      const isName =
        (kind === 'node' && number < 3) || (kind === 'value' && number === 1) || (kind === 'tensor' && number === 8);
      if (isName && value instanceof Uint8Array) names.add(latin.decode(value));
    }
  }
  return [...names];
}

function damage(dice: Dice, tree: Message, donor: Message, names: readonly string[]): void {
  // Where nodes and their attributes are: the rest is met often enough.
  const all = [...messagesIn(tree)].filter(({ fields }) => fields.length > 0);
  const inner = all.filter(
    ({ kind }) => kind === 'node' || kind === 'attribute' || kind === 'dimension' || kind === 'tensor',
  );
  const message = inner.length > 0 && !dice.once(3) ? dice.any(inner) : dice.any(all);
  const { fields } = message;
  if (fields.length === 0) return;
  const at = dice.integer(fields.length);
  const field = fields[at];
  switch (dice.integer(12)) {
    case 0:
      fields.splice(at, 1);
      break;
    case 1:
      fields.splice(dice.integer(fields.length + 1), 0, copyOf({ kind: '', fields: [field] }).fields[0]);
      break;
    case 2: {
      const other = dice.integer(fields.length);
      [fields[at], fields[other]] = [fields[other], fields[at]];
      break;
    }
    case 3: {
      const alike = [...messagesIn(dice.once(2) ? donor : tree)].filter(({ kind }) => kind === message.kind);
      const source = alike.length > 0 ? dice.any(alike).fields : [];
      if (source.length > 0)
        fields.splice(at, dice.integer(2), copyOf({ kind: '', fields: [dice.any(source)] }).fields[0]);
      break;
    }
    case 4:
      if (dice.once(2)) field.number = dice.from(1, 21);
      else field.wire = dice.any([0, 1, 2, 3, 5]);
      if (field.wire === 0 && typeof field.value !== 'bigint') field.value = BigInt(dice.integer(300));
      break;
    case 5:
      if (message.kind === 'node') fields.push({ number: 5, wire: 2, value: newAttribute(dice) });
      else change(dice, message, field, names);
      break;
    default:
      change(dice, message, field, names);
  }
}

function change(dice: Dice, message: Message, field: Field, names: readonly string[]): void {
  const { value } = field;
  if (typeof value === 'bigint') field.value = damagedInteger(dice, value);
  else if (isMessage(value)) {
    if (value.fields.length > 0 && !dice.once(5)) change(dice, value, dice.any(value.fields), names);
    else value.fields = [];
  } else if (Array.isArray(value)) {
    const at = dice.integer(value.length + 1);
    const way = dice.integer(4);
    if (way === 0) value.splice(at, 1);
    else if (way === 1) value.splice(at, 0, damagedInteger(dice, value[0] ?? 1n));
    else if (at < value.length) value[at] = damagedInteger(dice, value[at]);
  } else if (field.wire === 5) field.value = damagedFloat(dice);
  else if (textFields[message.kind]?.includes(field.number)) {
    const isOperator = message.kind === 'node' && field.number === 4;
    const isAttribute = message.kind === 'attribute' && field.number === 1;
    field.value = utf8.encode(damagedText(dice, isOperator ? operators : isAttribute ? attributes : names));
  } else field.value = damagedBytes(dice, value);
}

function newAttribute(dice: Dice): Message {
  const name: Field = { number: 1, wire: 2, value: utf8.encode(dice.any(attributes)) };
  const type = (kind: number): Field => ({ number: 20, wire: 0, value: BigInt(kind) });
  const kinds = [
    (): Field[] => [{ number: 3, wire: 0, value: damagedInteger(dice, 1n) }, type(2)],
    (): Field[] => [{ number: 2, wire: 5, value: damagedFloat(dice) }, type(1)],
    (): Field[] => [
      { number: 4, wire: 2, value: utf8.encode(dice.any(['SAME_UPPER', 'VALID', 'linear', 'x'])) },
      type(3),
    ],
    (): Field[] => {
      const list = dice.list(dice.integer(5), () => damagedInteger(dice, 1n));
      return [{ number: 8, wire: 2, value: list }, type(7)];
    },
  ];
  return { kind: 'attribute', fields: [name, ...dice.any(kinds)()] };
}
