// The worker that trains, so that the page stays fluid. Commands come in as messages, what there is to see goes out as
// messages; a field `type` tells which.

import { tensor } from 'quadlane';
import { exportOnnx } from 'quadlane/onnx';
import { preview, Random } from 'quadlane/train';
import { otherHands } from '../train-mnist/networks.mjs';
import { unpack } from './digits.mjs';
import { createLenetTrainer, fingerprintOf, learn } from './training.mjs';

/** Milliseconds from one message of a training to the next, and those that its speed is the mean of. */
const FRAME_MS = 60;
const SPEED_MS = 500;
/** Distorted forms of each digit in a preview. */
const FORMS = 5;

let digits;
let trainer;
/** The training under way: whether it is to stop, and what it waits for while it pauses. */
let run;

const commands = {
  async start({ settings }) {
    run = { stopped: false };
    try {
      await train(settings);
    } catch (error) {
      tell('failed', { message: error.message });
    }
  },
  pause() {
    run.paused = new Promise((resolve) => {
      run.resume = resolve;
    });
  },
  resume() {
    run.paused = undefined;
    run.resume();
  },
  stop() {
    run.stopped = true;
    run.resume?.();
  },
  preview({ seed }) {
    const random = new Random(seed);
    const written = oneOfEach(random);
    const forms = Array.from({ length: FORMS }, () => otherHands.apply(written, random));
    tell('preview', { pictures: [written, ...forms].map((images) => preview(images)) });
  },
  async export({ format }) {
    const model = trainer.toModel({ deterministic: true });
    const bytes = format === 'onnx' ? exportOnnx(model) : await model.save();
    model.dispose();
    tell('file', { name: `lenet5.${format}`, bytes });
  },
};

addEventListener('message', ({ data }) => commands[data.type](data));

try {
  const [learnt, heldBack] = await Promise.all(['train', 'test'].map(fetchDigits));
  digits = { train: learnt, test: heldBack };
  tell('ready');
} catch (error) {
  tell('unavailable', { message: error.message });
}

async function fetchDigits(name) {
  const response = await fetch(`/digits/${name}`);
  if (!response.ok) throw new Error(`The digits didn't come: ${response.status} ${response.statusText}`);
  return unpack(new Uint8Array(await response.arrayBuffer()));
}

/** Trains from new first weights until the end of the last epoch, or until it is to stop. */
async function train(settings) {
  trainer?.dispose();
  trainer = await createLenetTrainer(settings.seed);
  tell('started', { filters: filters() });
  let steps = [];
  let told = performance.now();
  let speed = speedometer();
  for await (const { progress, examples, accuracy, evaluation } of learn(trainer, digits, settings)) {
    const { step, epoch, batches, loss, epochDone } = progress;
    steps.push({
      step,
      epoch: step / batches,
      loss,
      accuracy,
      ...(evaluation && { heldBack: { loss: evaluation.loss, accuracy: evaluation.accuracy } }),
    });
    speed.add(examples);
    if (epochDone || run.paused || run.stopped || performance.now() - told > FRAME_MS) {
      tell('progress', {
        steps,
        epoch,
        batches,
        samplesPerSecond: speed.value,
        filters: filters(),
        ...(epochDone && { confusion: evaluation.classes.counts, fingerprint: await fingerprintOf(trainer) }),
      });
      steps = [];
      told = performance.now();
    }
    if (run.paused && !run.stopped) {
      tell('paused', { fingerprint: await fingerprintOf(trainer) });
      await run.paused;
      speed = speedometer();
      if (!run.stopped) tell('resumed');
    }
    if (run.stopped) break;
  }
  tell(run.stopped ? 'stopped' : 'done', { fingerprint: await fingerprintOf(trainer) });
}

/** Weights of the first layer, `[6, 1, 5, 5]`. */
function filters() {
  return trainer.parameters().get('conv1.weight').data;
}

/** Examples a second, told anew after SPEED_MS; unknown before. */
function speedometer() {
  let [examples, since] = [0, performance.now()];
  return {
    value: undefined,
    add(count) {
      examples += count;
      const now = performance.now();
      if (now - since < SPEED_MS) return;
      this.value = (1000 * examples) / (now - since);
      [examples, since] = [0, now];
    },
  };
}

/** A digit of each class, float32 `[10, 28, 28, 1]`. */
function oneOfEach(random) {
  const { inputs, targets } = digits.train;
  const size = inputs.size / targets.length;
  const pixels = new Float32Array(10 * size);
  for (let label = 0; label < 10; label++) {
    const places = targets.flatMap((target, index) => (target === label ? [index] : []));
    const place = places[random.integer(places.length)];
    pixels.set(inputs.data.subarray(place * size, (place + 1) * size), label * size);
  }
  return tensor(pixels, [10, 28, 28, 1]);
}

function tell(type, content = {}) {
  postMessage({ type, ...content });
}
