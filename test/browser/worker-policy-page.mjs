// A page whose content security policy forbids workers: one thread does it, and the reason is told.

import { loadModel, tensor } from '/quadlane/browser/index.js';
import { addChecks, newResult } from './checks.mjs';
import { send } from './send.mjs';

const result = await addChecks(newResult(), {
  'one thread, and the reason': async () => {
    const model = await loadModel('/models/lenet5-mnist.onnx', { threads: 2 });
    const { logits } = await model.run({ image: tensor(new Float32Array(784), [1, 1, 28, 28]) });
    const { threads, threadsReason } = model.info;
    if (logits.data.length !== 10 || threads !== 1) throw new Error(`${threads} threads`);
    if (!/worker-src|content security policy/i.test(threadsReason)) throw new Error(threadsReason);
    return threadsReason;
  },
});
await send({ result });
