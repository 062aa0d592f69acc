// The smoke suite: one network, forty digits, the same checks and the same bits on every host. Plain ESM without
// imports, so that any runtime can load it; the host hands in the library and the data.

/** Largest accepted difference to PyTorch's logits. */
const TOLERANCE = 1e-3;

/**
 * Runs all checks; a check that throws is a failed one.
 * @param {typeof import('quadlane')} quadlane the library as the host loaded it
 * @param {object} inputs
 * @param {string | Uint8Array | ArrayBuffer} inputs.model LeNet-5 as an ONNX file, or where it is
 * @param {{ name: string, pixels: ArrayLike<number> }[]} inputs.digits 28 x 28 grey values 0 to 255, white on black
 * @param {Record<string, { predicted: number, logits: number[] }>} inputs.labels PyTorch's answers by name
 * @param {typeof import('quadlane/train')} inputs.train the library's training
 * @param {number} inputs.threads how many of two threads the host should give
 * @param {WebAssembly.Module} [inputs.wasm] the strict binary, for hosts on which the library can't get it itself
 * @returns {Promise<{ passed: number, failed: number, lines: string[], hash: string, variant: string }>}
 *   `hash` of the output bits and of trained weights in deterministic mode, `variant` the binary that is the host's default
 */
export async function smoke(quadlane, { model: source, digits, labels, train, threads, wasm }) {
  const { loadModel, tensor, QuadlaneError } = quadlane;
  const options = wasm ? { wasm } : {};
  const images = digits.map(({ pixels }) => Float32Array.from(pixels, (pixel) => pixel / 255));
  const expected = digits.map(({ name }) => labels[name]);
  const all = new Float32Array(images.length * 784);
  images.forEach((image, index) => {
    all.set(image, index * 784);
  });
  const batch = tensor(all, [images.length, 1, 28, 28]);
  const result = { passed: 0, failed: 0, lines: [], hash: '', variant: '' };

  const check = async (name, body) => {
    try {
      const detail = await body();
      result.passed++;
      result.lines.push(`ok   ${name}${detail ? ` (${detail})` : ''}`);
    } catch (error) {
      result.failed++;
      result.lines.push(`FAIL ${name}: ${error?.stack ?? error}`);
    }
  };

  let model;
  await check('loads the model', async () => {
    model = await loadModel(source, options);
    result.variant = model.info.variant;
  });
  await check(`classifies ${digits.length} digits one by one`, async () => {
    const logits = [];
    for (const image of images) logits.push(...(await model.run({ image: tensor(image, [1, 1, 28, 28]) })).logits.data);
    return compare(logits, expected);
  });
  await check('classifies them in one batch', async () => {
    const { logits } = await model.run({ image: batch });
    if (String(logits.shape) !== String([digits.length, 10])) throw new Error(`shape [${logits.shape}]`);
    return compare(logits.data, expected);
  });
  await check('runs at once', () => compare(model.runSync({ image: batch }).logits.data, expected));
  await check('names an unknown input', async () => {
    const error = await model.run({ picture: batch }).then(
      () => undefined,
      (thrown) => thrown,
    );
    if (!(error instanceof QuadlaneError) || error.code !== 'INPUT' || !error.message.includes('picture')) throw error;
  });
  await check('takes halves as bits, from a Float16Array where there is one', () => {
    const bits = Uint16Array.of(0x3e00, 0xfbff);
    const given = [tensor(bits, [2], 'float16'), tensor([1.5, -65504], [2], 'float16')];
    const { Float16Array } = globalThis;
    if (Float16Array) given.push(tensor(Float16Array.of(1.5, -65504)));
    for (const x of given) {
      if (x.dtype !== 'float16' || String(x.data) !== String(bits)) throw new Error(`${x.dtype} ${x.data}`);
      if (String(x.toFloat32()) !== '1.5,-65504') throw new Error('other numbers');
    }
    return Float16Array ? '' : 'there is none';
  });
  await check('gives its memory back', () => model.dispose());
  await check('repeats its bits in deterministic mode', async () => {
    const exact = await loadModel(source, { ...options, deterministic: true });
    const first = hashOf((await exact.run({ image: batch })).logits.data);
    const second = hashOf((await exact.run({ image: batch })).logits.data);
    if (first !== second) throw new Error(`${first}, then ${second}`);
    result.hash = first;
    exact.dispose();
    return first;
  });
  await check(`repeats them on two threads, or says why there is one`, async () => {
    const exact = await loadModel(source, { ...options, deterministic: true, threads: 2 });
    const { info } = exact;
    for (let run = 0; run < 3; run++) {
      const hashes = [(await exact.run({ image: batch })).logits, exact.runSync({ image: batch }).logits].map(
        ({ data }) => hashOf(data),
      );
      if (hashes.some((hash) => hash !== result.hash)) throw new Error(`${hashes}, not ${result.hash}`);
    }
    exact.dispose();
    if (info.threads !== threads)
      throw new Error(`${info.threads} threads instead of ${threads}: ${info.threadsReason}`);
    if (threads === 1 && !info.threadsReason) throw new Error('no reason');
    return info.threadsReason ?? `${threads} threads`;
  });
  await check('trains to the same bits with one thread and with two', async () => {
    const labelled = expected.map(({ predicted }) => predicted);
    const trained = [];
    for (const count of [1, 2])
      trained.push(await trainedBits(quadlane, train, { source, options, batch, labelled, count }));
    if (trained[0] !== trained[1]) throw new Error(`${trained[0]} with one thread, ${trained[1]} with two`);
    result.hash += ` ${trained[0]}`;
    return trained[0];
  });
  return result;
}

/** Trains LeNet-5 for a few epochs on distorted digits; the hash of all weights at the end. */
async function trainedBits({ loadModel }, train, { source, options, batch, labelled, count }) {
  const { augmentation, createTrainer, losses, optimizers, schedules } = train;
  const network = await loadModel(source, { ...options, deterministic: true });
  const settings = { ...options, deterministic: true, threads: count, seed: 7 };
  const trainer = await createTrainer(network, {
    ...settings,
    loss: losses.crossEntropy(),
    optimizer: optimizers.adam(),
  });
  const augment = augmentation({
    channels: 'first',
    shift: 2,
    rotate: 15,
    scale: [0.9, 1.1],
    elastic: { strength: 20, smoothness: 4 },
  });
  const examples = { inputs: batch, targets: labelled };
  const schedule = schedules.oneCycle({ learningRate: 0.002, steps: 15 });
  const fit = trainer.fit({ train: examples, epochs: 5, batchSize: 16, seed: 7, augment, schedule });
  for await (const { loss } of fit) if (!(loss < 10)) throw new Error(`a loss of ${loss}`);
  const weights = [...trainer.parameters()].sort(([a], [b]) => (a < b ? -1 : 1));
  const hash = hashOf(Float32Array.from(weights.flatMap(([, { data }]) => [...data])));
  trainer.dispose();
  network.dispose();
  return hash;
}

function compare(logits, expected) {
  let worst = 0;
  expected.forEach((label, index) => {
    const row = Array.from(logits.slice(index * 10, index * 10 + 10));
    const predicted = row.indexOf(Math.max(...row));
    if (predicted !== label.predicted) throw new Error(`digit ${index}: ${predicted} instead of ${label.predicted}`);
    row.forEach((logit, column) => {
      worst = Math.max(worst, Math.abs(logit - label.logits[column]));
    });
  });
  if (!(worst <= TOLERANCE)) throw new Error(`logits differ by ${worst}, more than ${TOLERANCE}`);
  return `logits within ${worst.toExponential(1)}`;
}

/** FNV-1a, 64 bits, of the bytes behind `data`. */
function hashOf(data) {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new Uint8Array(data.buffer, data.byteOffset, data.byteLength)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}
