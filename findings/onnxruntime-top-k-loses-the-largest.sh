#!/usr/bin/env bash
# Guess: TopK of scores with a NaN puts the NaN first or last; the largest number is among the first two either way. Unique
# keeps the NaN and every number.
# Truth: TopK(2) of 1, NaN, 3, 2 is 1 and NaN: the 3, behind the NaN, is gone. Unique of 5, 1, NaN, 2, 1 has no NaN, and of
# NaN, 1, 2 has nothing but the NaN. Both compare by `<` alone, for which a NaN is equal to everything.
# Versions: onnxruntime-web 1.30.0 (WebAssembly), Node 20.20.
# Why a user cares: one damaged score of a detector or a sampler hides good ones behind it, without any NaN in the answer where k is
# small. Filter scores before TopK.
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

const top = [node('TopK', ['x', 'k'], ['y', 'at'], { axis: 0 })];
const unique = [node('Unique', ['x'], ['y'])];
const seen = {
  'TopK(2) of 1 NaN 3 2': await run([1, NaN, 3, 2], [4], top, [integers('k', [2])], { outputs: { y: 1, at: 7 } }),
  'TopK(2) of NaN 3 1 2': await run([NaN, 3, 1, 2], [4], top, [integers('k', [2])], { outputs: { y: 1, at: 7 } }),
  'Unique of 5 1 NaN 2 1': await run([5, 1, NaN, 2, 1], [5], unique),
  'Unique of NaN 1 2': await run([NaN, 1, 2], [3], unique),
};

const expected = {
  'TopK(2) of 1 NaN 3 2': '1 NaN | 0 1',
  'TopK(2) of NaN 3 1 2': 'NaN 3 | 0 1',
  'Unique of 5 1 NaN 2 1': '1 2 5',
  'Unique of NaN 1 2': 'NaN',
};
for (const [what, value] of Object.entries(seen)) console.log(`${what}: ${value}`);
if (JSON.stringify(seen) !== JSON.stringify(expected)) {
  console.log('not as it was');
  process.exit(1);
}
JS
node run.mjs
