import { loadModel, tensor } from 'quadlane';

const model = await loadModel('/models/lenet5-mnist.onnx', { wasmUrl: '/binaries/' });
const { digits } = await (await fetch('/inputs.json')).json();
const pixels = Float32Array.from(digits.at(-1).pixels, (value) => value / 255);
const { logits } = await model.run({ image: tensor(pixels, [1, 1, 28, 28]) });
globalThis.outcome = { result: logits.data.indexOf(Math.max(...logits.data)) };
