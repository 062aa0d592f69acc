#!/usr/bin/env bash
# Guess: a Pad with zeros in front of a MaxPool is either left alone or folded so that the zeros still count.
# Truth: from level 'basic' on the Pad is folded into the pool's own padding, which counts as minus infinity: over a negative map
# the border is -1 where the graph as written says 0. With a kernel that the padding isn't smaller than, the folded pool is one
# that the engine itself refuses: a valid file doesn't load. With optimisation off both are right.
# Versions: onnxruntime-web 1.30.0 (WebAssembly), Node 20.20.
# Why a user cares: Keras's ZeroPadding2D + MaxPooling2D is written as such a pair. Behind a ReLU nobody notices; behind batch
# norms, leaky activations or linear bottlenecks the border of every map is wrong, only at the default level.
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
  const bytes = Model.encode(Model.fromObject({ irVersion: 8, opsetImport: [{ version: 13 }], graph })).finish();
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 4, ...options });
  const results = await session.run({ x: new ort.Tensor('float32', x, dims) });
  return Object.keys(outputs).map((name) => Array.from(results[name].data).join(' ')).join(' | ');
}

const pads = integers('pads', [0, 0, 1, 1, 0, 0, 1, 1]);
const pooled = async (window, graphOptimizationLevel) => {
  const nodes = [node('Pad', ['x', 'pads'], ['padded'], { mode: 'constant' }), node('MaxPool', ['padded'], ['y'], window)];
  try {
    return await run([-1, -2, -3, -4], [1, 1, 2, 2], nodes, [pads], { graphOptimizationLevel });
  } catch (error) {
    return error.message.includes('pads[dim] < kernel_shape[dim]') ? 'refused: pads[dim] < kernel_shape[dim]' : error.message;
  }
};
const seen = {};
for (const level of ['disabled', 'basic', 'all']) {
  seen[`2x2, ${level}`] = await pooled({ kernel_shape: [2, 2] }, level);
  seen[`1x1 of stride 2, ${level}`] = await pooled({ kernel_shape: [1, 1], strides: [2, 2] }, level);
}

const expected = {
  '2x2, disabled': '0 0 0 0 -1 0 0 0 0',
  '1x1 of stride 2, disabled': '0 0 0 -4',
  '2x2, basic': '-1 -1 -2 -1 -1 -2 -3 -3 -4',
  '1x1 of stride 2, basic': 'refused: pads[dim] < kernel_shape[dim]',
  '2x2, all': '-1 -1 -2 -1 -1 -2 -3 -3 -4',
  '1x1 of stride 2, all': 'refused: pads[dim] < kernel_shape[dim]',
};
for (const [what, value] of Object.entries(seen)) console.log(`${what}: ${value}`);
if (JSON.stringify(seen) !== JSON.stringify(expected)) {
  console.log('not as it was');
  process.exit(1);
}
JS
node run.mjs
