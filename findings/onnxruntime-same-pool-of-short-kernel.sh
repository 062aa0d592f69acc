#!/usr/bin/env bash
# Guess: MaxPool with auto_pad SAME_UPPER takes any kernel and stride, as Conv does.
# Truth: where the stride is larger than the kernel (1x1 of stride 2, that is: every second pixel) pooling is refused at run
# time, "padding values must be non-negative": the padding that SAME needs comes out as -1 and isn't clamped at 0 as for Conv,
# whose answer for the same window is right.
# Versions: onnxruntime-web 1.30.0 (WebAssembly), Node 20.20.
# Why a user cares: TensorFlow's ResNet v2 shortcuts are max pools of 1x1 with stride 2 and SAME padding; converted with open
# sizes they keep auto_pad, load without a word and fail at the first run. Write pads = 0 and NOTSET instead.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --ignore-scripts onnxruntime-web@1.30.0 protobufjs@7.5.4

cat >run.mjs <<'JS'
import * as ort from 'onnxruntime-web/wasm';
import protobuf from 'protobufjs';

// As much of ONNX's message types as this network needs.
const { root } = protobuf.parse(`syntax = "proto3";
message Attribute { string name = 1; int64 i = 3; bytes s = 4; repeated int64 ints = 8; int32 type = 20; }
message Node { repeated string input = 1; repeated string output = 2; string op_type = 4; repeated Attribute attribute = 5; }
message Dimension { int64 dim_value = 1; string dim_param = 2; }
message Shape { repeated Dimension dim = 1; }
message TensorType { int32 elem_type = 1; Shape shape = 2; }
message Type { TensorType tensor_type = 1; }
message Initializer { repeated int64 dims = 1; int32 data_type = 2; repeated float float_data = 4; string name = 8; }
message Value { string name = 1; Type type = 2; }
message Graph { repeated Node node = 1; string name = 2; repeated Initializer initializer = 5; repeated Value input = 11; repeated Value output = 12; }
message Opset { string domain = 1; int64 version = 2; }
message Model { int64 ir_version = 1; Graph graph = 7; repeated Opset opset_import = 8; }`);
const Model = root.lookupType('Model');
const value = (name, elemType, dim) => ({ name, type: { tensorType: { elemType, shape: { dim } } } });
const attribute = [
  { name: 'kernel_shape', ints: [1, 1], type: 7 },
  { name: 'strides', ints: [2, 2], type: 7 },
  { name: 'auto_pad', s: Buffer.from('SAME_UPPER'), type: 3 },
];
const open = [{ dimValue: 1 }, { dimValue: 1 }, { dimParam: 'rows' }, { dimParam: 'columns' }];
const network = (opType, others) =>
  Model.encode(
    Model.fromObject({
      irVersion: 8,
      opsetImport: [{ version: 13 }],
      graph: {
        name: 'window',
        node: [{ opType, input: ['x', ...others], output: ['y'], attribute }],
        initializer: others.map((name) => ({ name, dataType: 1, dims: [1, 1, 1, 1], floatData: [1] })),
        input: [value('x', 1, open)],
        output: [value('y', 1, open)],
      },
    }),
  ).finish();

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'fatal';
const seen = {};
for (const [opType, others] of [['Conv', ['w']], ['MaxPool', []], ['AveragePool', []]]) {
  const session = await ort.InferenceSession.create(network(opType, others), { logSeverityLevel: 4 });
  try {
    const { y } = await session.run({ x: new ort.Tensor('float32', Array.from({ length: 16 }, (_, i) => i), [1, 1, 4, 4]) });
    seen[opType] = y.data.join(' ');
  } catch (error) {
    seen[opType] = error.message.includes('must be non-negative') ? 'refused: padding values must be non-negative' : error.message;
  }
  console.log(`${opType}: ${seen[opType]}`);
}
// Seen: Conv: 0 2 8 10; MaxPool and AveragePool: refused: padding values must be non-negative
const refused = 'refused: padding values must be non-negative';
if (seen.Conv !== '0 2 8 10' || seen.MaxPool !== refused || seen.AveragePool !== refused) {
  console.log('not as it was');
  process.exit(1);
}
JS
node run.mjs
