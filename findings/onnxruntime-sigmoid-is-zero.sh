#!/usr/bin/env bash
# Guess: Sigmoid of -20 is 2.06e-9, a number that float32 holds with seven digits.
# Truth: it is 0, as for everything from about -18 down, and at -14 it is 7 % too large: the result is a fraction of two
# polynomials, good to 6e-8 in absolute terms only. Log of it is -Infinity.
# Versions: onnxruntime-web 1.30.0 (WebAssembly), Node 20.20.
# Why a user cares: Log(Sigmoid(x)) is how losses, log-likelihoods and detectors' scores are exported. One confident negative
# makes the sum -Infinity here and -20 in PyTorch. Export LogSigmoid as -Softplus(-x), which is right.
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

const x = [-14, -20];
const rounded = (text) => text.split(' ').map((value) => Number(value).toFixed(3)).join(' ');
const seen = {
  Sigmoid: await run(x, [2], [node('Sigmoid', ['x'], ['y'])]),
  'Log of Sigmoid': rounded(await run(x, [2], [node('Sigmoid', ['x'], ['s']), node('Log', ['s'], ['y'])])),
  'Neg of Softplus of Neg': rounded(
    await run(x, [2], [node('Neg', ['x'], ['n']), node('Softplus', ['n'], ['s']), node('Neg', ['s'], ['y'])]),
  ),
  'Sigmoid in float64': x.map((value) => 1 / (1 + Math.exp(-value))).join(' '),
};

const expected = {
  Sigmoid: '8.940696716308594e-7 0',
  'Log of Sigmoid': '-13.927 -Infinity',
  'Neg of Softplus of Neg': '-14.000 -20.000',
  'Sigmoid in float64': '8.315280276641321e-7 2.0611536181902037e-9',
};
for (const [what, value] of Object.entries(seen)) console.log(`${what}: ${value}`);
if (JSON.stringify(seen) !== JSON.stringify(expected)) {
  console.log('not as it was');
  process.exit(1);
}
JS
node run.mjs
