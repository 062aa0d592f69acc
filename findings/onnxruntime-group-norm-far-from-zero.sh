#!/usr/bin/env bash
# Guess: GroupNormalization with one group and InstanceNormalization of a single channel give the same four numbers.
# Truth: for 10000, 10001, 10002, 10003 the first says -474 to 474, the second -1.34 to 1.34. Group norm's variance is the mean
# of squares less the square of the mean, in float32: nothing is left of it there, and the result is divided by sqrt(epsilon).
# At 3000 it is off by 12 %, at 1000 right.
# Versions: onnxruntime-web 1.30.0 (WebAssembly), Node 20.20.
# Why a user cares: sensor readings, depths in millimetres, 16-bit pictures that nobody centred. The same network with layer or
# instance norm is right, so one looks for the fault in the weights. Subtract the mean in front, or scale first.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --ignore-scripts onnxruntime-web@1.30.0 protobufjs@7.5.4

cat >run.mjs <<'JS'
import * as ort from 'onnxruntime-web/wasm';
import protobuf from 'protobufjs';

// As much of ONNX's message types as these networks need.
const { root } = protobuf.parse(`syntax = "proto3";
message Attribute { string name = 1; float f = 2; int64 i = 3; bytes s = 4; repeated int64 ints = 8; int32 type = 20; }
message Node { repeated string input = 1; repeated string output = 2; string op_type = 4; repeated Attribute attribute = 5; }
message Dimension { string dim_param = 2; }
message Shape { repeated Dimension dim = 1; }
message TensorType { int32 elem_type = 1; Shape shape = 2; }
message Type { TensorType tensor_type = 1; }
message Constant { repeated int64 dims = 1; int32 data_type = 2; repeated float float_data = 4; repeated int64 int64_data = 7; string name = 8; }
message Value { string name = 1; Type type = 2; }
message Graph { repeated Node node = 1; string name = 2; repeated Constant initializer = 5; repeated Value input = 11; repeated Value output = 12; }
message Opset { string domain = 1; int64 version = 2; }
message Model { int64 ir_version = 1; Graph graph = 7; repeated Opset opset_import = 8; }`);
const Model = root.lookupType('Model');
const attribute = ([name, value]) => {
  if (Array.isArray(value)) return { name, ints: value, type: 7 };
  return typeof value === 'string' ? { name, s: Buffer.from(value), type: 3 } : { name, i: value, type: 2 };
};
const node = (opType, input, output, attributes = {}) =>
  ({ opType, input, output, attribute: Object.entries(attributes).map(attribute) });
const floats = (name, floatData, dims = [floatData.length]) => ({ name, dims, dataType: 1, floatData });
const integers = (name, int64Data) => ({ name, dims: [int64Data.length], dataType: 7, int64Data });

ort.env.wasm.numThreads = 1;
/** The values of outputs (float unless their element type is given) of a network of `nodes` over an input x. */
async function run(x, dims, nodes, initializer = [], { outputs = { y: 1 }, ...options } = {}) {
  const type = (elemType, shape) => ({ tensorType: { elemType, shape } });
  const dim = dims.map((_, axis) => ({ dimParam: `d${axis}` }));
  const graph = {
    name: 'g', node: nodes, initializer, input: [{ name: 'x', type: type(1, { dim }) }],
    output: Object.entries(outputs).map(([name, elemType]) => ({ name, type: type(elemType) })),
  };
  const bytes = Model.encode(Model.fromObject({ irVersion: 8, opsetImport: [{ version: 18 }], graph })).finish();
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 4, ...options });
  const results = await session.run({ x: new ort.Tensor('float32', x, dims) });
  return Object.keys(outputs).map((name) => Array.from(results[name].data).join(' ')).join(' | ');
}

const four = (offset) => [0, 1, 2, 3].map((step) => offset + step);
const rounded = (text) => text.split(' ').map((value) => Number(value).toFixed(2)).join(' ');
const ones = [floats('scale', [1]), floats('bias', [0])];
const seen = {};
for (const offset of [1000, 3000, 10000]) {
  const group = [node('GroupNormalization', ['x', 'scale', 'bias'], ['y'], { num_groups: 1 })];
  const instance = [node('InstanceNormalization', ['x', 'scale', 'bias'], ['y'])];
  seen[`group norm at ${offset}`] = rounded(await run(four(offset), [1, 1, 4], group, ones));
  seen[`instance norm at ${offset}`] = rounded(await run(four(offset), [1, 1, 4], instance, ones));
}

const expected = {
  'group norm at 1000': '-1.34 -0.45 0.45 1.34',
  'instance norm at 1000': '-1.34 -0.45 0.45 1.34',
  'group norm at 3000': '-1.50 -0.50 0.50 1.50',
  'instance norm at 3000': '-1.34 -0.45 0.45 1.34',
  'group norm at 10000': '-474.34 -158.11 158.11 474.34',
  'instance norm at 10000': '-1.34 -0.45 0.45 1.34',
};
for (const [what, value] of Object.entries(seen)) console.log(`${what}: ${value}`);
if (JSON.stringify(seen) !== JSON.stringify(expected)) {
  console.log('not as it was');
  process.exit(1);
}
JS
node run.mjs
