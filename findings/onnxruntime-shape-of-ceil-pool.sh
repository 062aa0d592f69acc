#!/usr/bin/env bash
# Guess: optimising a graph may change speed and last bits; `Shape` of a pooled map is the size of that map at any level.
# Truth: after a MaxPool with ceil_mode whose last window would lie past the input, the map has 2 elements and `Shape` says
# 3: shape inference counts that window, the kernel (rightly, since opset 19's wording) doesn't. With optimisation off it is 2.
# Versions: onnxruntime-web 1.30.0 (WebAssembly), Node 20.20.
# Why a user cares: PyTorch exports `x.view(x.size(0), -1)` and adaptive layers as Shape, Gather, Reshape. A network that is
# right with graphOptimizationLevel 'disabled' then reshapes to a size that isn't there, only with the default level.
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
message Attribute { string name = 1; int64 i = 3; repeated int64 ints = 8; int32 type = 20; }
message Node { repeated string input = 1; repeated string output = 2; string op_type = 4; repeated Attribute attribute = 5; }
message Dimension { int64 dim_value = 1; string dim_param = 2; }
message Shape { repeated Dimension dim = 1; }
message TensorType { int32 elem_type = 1; Shape shape = 2; }
message Type { TensorType tensor_type = 1; }
message Value { string name = 1; Type type = 2; }
message Graph { repeated Node node = 1; string name = 2; repeated Value input = 11; repeated Value output = 12; }
message Opset { string domain = 1; int64 version = 2; }
message Model { int64 ir_version = 1; Graph graph = 7; repeated Opset opset_import = 8; }`);
const Model = root.lookupType('Model');
const value = (name, elemType, dim) => ({ name, type: { tensorType: { elemType, shape: { dim } } } });
const file = Model.encode(
  Model.fromObject({
    irVersion: 9,
    opsetImport: [{ version: 19 }],
    graph: {
      name: 'pool',
      node: [
        {
          opType: 'MaxPool',
          input: ['x'],
          output: ['y'],
          attribute: [
            { name: 'kernel_shape', ints: [1], type: 7 },
            { name: 'strides', ints: [2], type: 7 },
            { name: 'ceil_mode', i: 1, type: 2 },
          ],
        },
        { opType: 'Shape', input: ['y'], output: ['shape'] },
      ],
      input: [value('x', 1, [{ dimValue: 1 }, { dimValue: 1 }, { dimValue: 4 }])],
      output: [value('y', 1, [{ dimValue: 1 }, { dimValue: 1 }, { dimParam: 'n' }]), value('shape', 7, [{ dimValue: 3 }])],
    },
  }),
).finish();

ort.env.wasm.numThreads = 1;
const seen = {};
for (const graphOptimizationLevel of ['disabled', 'all']) {
  const session = await ort.InferenceSession.create(file, { graphOptimizationLevel, logSeverityLevel: 4 });
  const { y, shape } = await session.run({ x: new ort.Tensor('float32', [1, 2, 3, 4], [1, 1, 4]) });
  seen[graphOptimizationLevel] = Number(shape.data[2]);
  console.log(`${graphOptimizationLevel}: y has ${y.dims[2]} elements (${y.data.join(', ')}), Shape says ${shape.data[2]}`);
  if (y.dims[2] !== 2) seen[graphOptimizationLevel] = NaN;
}
// Seen: disabled: 2 elements (1, 3), Shape says 2; all: 2 elements (1, 3), Shape says 3
if (seen.disabled !== 2 || seen.all !== 3) {
  console.log('not as it was');
  process.exit(1);
}
JS
node run.mjs
