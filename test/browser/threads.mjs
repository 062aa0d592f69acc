// What threads must do in a browser beside the smoke suite: leave a page's own thread free, and be missed when they end.

const started = [];
const Plain = globalThis.Worker;
globalThis.Worker = class extends Plain {
  constructor(...options) {
    super(...options);
    started.push(this);
  }
};

async function network() {
  const { compile, resnet18 } = await import('/quadlane/browser/zoo.js');
  const { tensor } = await import('/quadlane/browser/index.js');
  const model = await compile(resnet18(), { threads: 2 });
  const [name] = Object.keys(model.inputs);
  return { model, inputs: { [name]: tensor(new Float32Array(224 * 224 * 3).fill(0.5), [1, 224, 224, 3]) } };
}

/** A run on threads leaves the page's own thread free: its timers go on meanwhile. */
export async function checkResponsiveness() {
  const { model, inputs } = await network();
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  // Both are asked for at once: the second waits for the first.
  const [first, second] = await Promise.all([model.run(inputs), model.run(inputs)]);
  clearInterval(timer);
  const [one, two] = [first, second].map((outputs) => String(Object.values(outputs)[0].data));
  const alone = String(Object.values(model.runSync(inputs))[0].data);
  model.dispose();
  if (ticks === 0) throw new Error('no timer fired');
  if (one !== two || one !== alone) throw new Error('the outputs differ');
  return `${ticks} ticks`;
}

/** A thread that is ended from outside, without a word: the runs reject soon, and none hangs. */
export async function checkLoss() {
  started.length = 0;
  const { model, inputs } = await network();
  await model.run(inputs);
  for (const worker of started) worker.terminate();
  const start = performance.now();
  for (;;) {
    try {
      await model.run(inputs);
    } catch (error) {
      if (error.code !== 'HOST') throw error;
      break;
    }
    // The rest of the pool does a lost thread's share; that it is lost is heard between two runs.
    await new Promise((resolve) => setTimeout(resolve));
    if (performance.now() - start > 10_000) throw new Error('no run was rejected for ten seconds');
  }
  const waited = Math.round(performance.now() - start);
  model.dispose();
  return `after ${waited} ms`;
}
