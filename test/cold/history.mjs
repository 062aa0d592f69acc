// node history.mjs <history> <task>: does what `history` says, then `task`, and prints what came of that.

import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { loadModel, ready, tensor } from '../../dist/node/index.js';
import * as layers from '../../dist/node/layers.js';
import * as ops from '../../dist/node/ops.js';
import * as train from '../../dist/node/train.js';
import * as zoo from '../../dist/node/zoo.js';

const lenet = fileURLToPath(new URL('../../examples/models/lenet5-mnist.onnx', import.meta.url));

/** What a process may have done before; none of it has to do with the tasks. */
const histories = {
  alone() {},
  'after a layer was built': () => layers.permute([2, 1, 3])(layers.input([4, 4, 1])),
  'after an ONNX model was loaded': () => loadModel(lenet),
  'after a network of the zoo was compiled': () => zoo.compile(zoo.resnet18({ inputSize: 32, classes: 3, width: 8 })),
  'after eager operators': async () => {
    await ready();
    ops.conv2d(random([1, 4, 4, 2], 1), random([3, 2, 3, 3], 2));
    ops.softmax(random([2, 3], 3));
  },
  'after a training': () =>
    trained([layers.flatten(), layers.dense({ units: 3 })], train.losses.crossEntropy(), [3, 3, 1], []),
  'after all of that': async () => {
    for (const name of Object.keys(histories).slice(1, -1)) await histories[name]();
  },
};

/** Values from -1 to 1 that follow from `seed` alone. */
function random(shape, seed) {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  return tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b) }, next), shape);
}

function bitsOf(tensors) {
  const hash = createHash('sha256');
  for (const { data } of tensors) hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return hash.digest('hex');
}

/** The bits of all parameters after six steps on labels of the given shape. */
async function trained(network, loss, shape, labels, optimizer = train.optimizers.sgd({ learningRate: 0.1 })) {
  const net = layers.sequential([layers.input(shape), ...network]);
  const trainer = await train.createTrainer(net, { loss, optimizer, deterministic: true });
  const targets = tensor(
    Int32Array.from({ length: labels.reduce((a, b) => a * b, 2) }, (_, k) => (k * 7) % 3),
    [2, ...labels],
  );
  for (let step = 1; step <= 6; step++) trainer.step({ inputs: random([2, ...shape], step), targets });
  return bitsOf(trainer.parameters().values());
}

/** The bits of a network's output. */
async function inferred(network, shape) {
  const model = await layers.compile(layers.sequential([layers.input(shape), ...network]), { deterministic: true });
  return bitsOf(Object.values(await model.run({ input: random([2, ...shape], 1) })));
}

const conv = (filters, options) => layers.conv2d({ filters, kernelSize: 3, padding: 'same', ...options });
const classes = [layers.flatten(), layers.dense({ units: 3 })];
const deep = () => [
  conv(8),
  layers.batchNorm(),
  layers.relu(),
  layers.maxPool2d(),
  conv(8),
  layers.dropout(),
  ...classes,
];
const moved = () => [
  layers.zeroPadding2d(),
  conv(4, { padding: 'valid' }),
  layers.permute([2, 1, 3]),
  layers.channelShuffle(2),
];

const tasks = {
  'multi-margin loss over rows': () => trained([conv(6)], train.losses.multiMargin({ axis: 1 }), [11, 7, 3], [7, 6]),
  'weighted cross entropy over rows': () => {
    const loss = train.losses.crossEntropy({ axis: 1, classWeights: [0.5, 1, 2, 1, 1, 1, 1, 1, 1, 1, 1] });
    return trained([conv(6)], loss, [11, 7, 3], [7, 6]);
  },
  'cross entropy over rows': () => trained([conv(6)], train.losses.crossEntropy({ axis: 1 }), [11, 7, 3], [7, 6]),
  'cross entropy with batch norm': () =>
    trained(deep(), train.losses.crossEntropy(), [8, 8, 3], [], train.optimizers.adam()),
  'cross entropy of moved elements': () =>
    trained([...moved(), ...classes], train.losses.crossEntropy(), [6, 8, 4], []),
  'channels first': () => {
    const last = [layers.flatten({ channelsFirst: true }), layers.dense({ units: 3 })];
    return trained(
      [conv(4), layers.averagePool2d(), ...last],
      train.losses.multiMargin(),
      [6, 6, 2],
      [],
      train.optimizers.rmsprop(),
    );
  },
  'inference with batch norm': () => inferred(deep(), [8, 8, 3]),
  'inference of moved elements': () => inferred(moved(), [6, 8, 4]),
  'inference with resizing': () => inferred([conv(4), layers.upsampling2d(), layers.localResponseNorm()], [6, 8, 4]),
  'inference of an ONNX model': async () => {
    const model = await loadModel(lenet, { deterministic: true });
    return bitsOf(Object.values(await model.run({ image: random([1, 1, 28, 28], 1) })));
  },
  'passes that can be left out': async () => {
    const network = layers.sequential([layers.input([4, 4, 2]), conv(3)]);
    const attempt = (name) =>
      layers.compile(network, { withoutPasses: [name] }).then(
        () => `${name}: accepted`,
        ({ code, message }) => `${name}: ${code} ${message}`,
      );
    // What is refused by name tells which names there are.
    const [refusal] = await Promise.all([attempt('none of that name')]);
    const known = [...refusal.matchAll(/"([\w ]+)"/g)].map(([, name]) => name);
    const ofOthers = ['padding', 'transposes', 'trivial transposes', 'flatten', 'input scales', 'concats'];
    return (await Promise.all([...known, ...ofOthers].map(attempt))).join('\n');
  },
};

const [history, task] = process.argv.slice(2);
if (history === undefined) {
  console.log(JSON.stringify({ histories: Object.keys(histories), tasks: Object.keys(tasks) }));
} else {
  await histories[history]();
  console.log(await tasks[task]());
}
