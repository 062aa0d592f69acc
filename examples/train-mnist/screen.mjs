// The training as it happens: a progress bar and the curve of the loss where there is a terminal, a line for each epoch.

import { MultiBar, Presets } from 'cli-progress';
import sparkly from 'sparkly';
import { style } from '../demo/terminal.mjs';

const LIVE = process.stdout.isTTY === true;
/** The bar is drawn again after so many steps. */
const STEPS_A_FRAME = 5;
/** Points of the curve, and how much of the mean a new loss is. */
const CURVE_POINTS = 40;
const NEWEST = 0.05;

/** `step` and `epoch` are callbacks of `trainer.fit` that show what they are told; `stop()` clears the bar. */
export function screen(title, epochs) {
  const bars = new MultiBar(
    {
      format: `${title}  |{bar}|  epoch {epoch} of ${epochs}  loss {loss}  accuracy {accuracy}  {rate} digits/s  {curve}`,
      hideCursor: true,
      clearOnComplete: true,
      noTTYOutput: false,
    },
    Presets.shades_classic,
  );
  const unknown = { epoch: 1, loss: '-', accuracy: '-', rate: '-', curve: '' };
  const bar = LIVE ? bars.create(1, 0, unknown) : undefined;
  const curve = [];
  let mean;
  return {
    step({ epoch, batch, batches, loss, epochAccuracy, samplesPerSecond }) {
      mean = mean === undefined ? loss : mean + NEWEST * (loss - mean);
      if (batch % STEPS_A_FRAME !== 0) return;
      curve.push(mean);
      bar?.setTotal(epochs * batches);
      bar?.update((epoch - 1) * batches + batch, {
        epoch,
        loss: mean.toFixed(4),
        accuracy: percent(epochAccuracy),
        rate: Math.round(samplesPerSecond).toLocaleString('en-US'),
        curve: sparkly(thinned(curve), { minimum: 0 }),
      });
    },
    epoch({ epoch, epochLoss, epochAccuracy, validation, learningRate, samplesPerSecond }) {
      const line = [
        `epoch ${String(epoch).padStart(2)}`,
        `loss ${epochLoss.toFixed(4)}`,
        `accuracy ${percent(epochAccuracy)}`,
        `held back: loss ${validation.loss.toFixed(4)}, accuracy ${style('bold', percent(validation.accuracy))}`,
        `rate ${learningRate.toExponential(1)}`,
        `${Math.round(samplesPerSecond).toLocaleString('en-US')} digits/s`,
      ].join('  ');
      if (LIVE) bars.log(`${line}\n`);
      else console.log(line);
    },
    stop: () => bars.stop(),
  };
}

/** `share` as percent with two digits behind the point. */
export function percent(share) {
  return `${(100 * share).toFixed(2)} %`;
}

/** At most CURVE_POINTS of `values`, evenly. */
function thinned(values) {
  const points = Math.min(CURVE_POINTS, values.length);
  return Array.from({ length: points }, (_, i) => values[Math.floor(((i + 1) * values.length) / points) - 1]);
}
