// What every program of this folder does: classifies forty digits, and tells the page's opener how that went.

/** Runs `work` and leaves its outcome where tests look for it: in a page's global scope, or with who started the worker. */
export async function report(work) {
  const outcome = await work().then(
    (result) => ({ result }),
    (error) => ({ error: `${error.name}: ${error.message}`, code: error.code }),
  );
  if (typeof document === 'undefined') postMessage(outcome);
  else globalThis.outcome = outcome;
}

/** How many digits of all are read as PyTorch reads them, and on how many threads. */
export async function classify({ loadModel, tensor }, options = {}) {
  const { digits, labels } = await (await fetch('/inputs.json')).json();
  const model = await loadModel('/models/lenet5-mnist.onnx', options);
  const pixels = Float32Array.from(digits.flatMap(({ pixels }) => pixels.map((value) => value / 255)));
  const { logits } = await model.run({ image: tensor(pixels, [digits.length, 1, 28, 28]) });
  const right = digits.filter(({ name }, index) => {
    const row = Array.from(logits.data.slice(10 * index, 10 * index + 10));
    return row.indexOf(Math.max(...row)) === labels[name].predicted;
  });
  const result = {
    right: right.length,
    of: digits.length,
    threads: model.info.threads,
    reason: model.info.threadsReason,
    shown: logits.constructor.name,
  };
  model.dispose();
  return result;
}
