// The page: passes what is asked for to the worker that trains, and shows what the worker tells.

import { createChart } from './charts.mjs';
import { createConfusion, createFilters, showPictures } from './pictures.mjs';

const element = (id) => document.querySelector(`#${id}`);
const form = element('settings');
const [start, pause, stop, others] = ['start', 'pause', 'stop', 'others'].map(element);
const exports = [...document.querySelectorAll('.export')];

const percent = (value) => `${Number((100 * value).toPrecision(3))} %`;
const lossChart = createChart(element('loss-chart'), {
  field: 'loss',
  format: (value) => String(Number(value.toPrecision(2))),
  logarithmic: true,
  showsSteps: true,
  range: ([, , means, heldBack]) => {
    const least = Math.min(0.5, ...means, ...heldBack.filter((value) => value !== null));
    return [0.7 * least, 3];
  },
});
const accuracyChart = createChart(element('accuracy-chart'), {
  field: 'accuracy',
  format: percent,
  // Once it can read, what matters happens near the top.
  range: ([, , , heldBack]) => [Math.max(0, (heldBack.find((value) => value !== null) ?? 0) - 0.1), 1],
});
const showFilters = createFilters(element('filters'), 6, 5);
const showConfusion = createConfusion(element('confusion'));
showConfusion();

const worker = new Worker(new URL('worker.mjs', import.meta.url), { type: 'module' });
worker.addEventListener('message', ({ data }) => shows[data.type](data));
worker.addEventListener('error', () => shows.unavailable({ message: 'The worker could not be started.' }));
const ask = (type, content = {}) => worker.postMessage({ type, ...content });

let settings;
let previews = 0;

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const numbers = ['epochs', 'learningRate', 'seed'].map((name) => [name, form.elements[name].valueAsNumber]);
  settings = { ...Object.fromEntries(numbers), distort: form.elements.distort.checked };
  ask('start', { settings });
  for (const button of exports) button.disabled = true;
  setState('starting', 'Starting…');
});
pause.addEventListener('click', () => {
  ask(document.body.dataset.state === 'paused' ? 'resume' : 'pause');
  pause.disabled = true;
});
stop.addEventListener('click', () => {
  ask('stop');
  pause.disabled = stop.disabled = true;
});
others.addEventListener('click', () => ask('preview', { seed: ++previews }));
for (const button of exports) button.addEventListener('click', () => ask('export', { format: button.value }));

/** What happens on each message of the worker. */
const shows = {
  unavailable({ message }) {
    element('status').textContent = message;
  },
  ready() {
    setState('ready', 'Ready.');
    others.disabled = false;
    others.click();
  },
  started({ filters }) {
    lossChart.clear();
    accuracyChart.clear();
    showConfusion();
    showFilters(filters);
    for (const id of ['loss', 'accuracy', 'speed']) element(id).textContent = '–';
    for (const button of exports) button.disabled = false;
    showFingerprint();
    setState('running', 'Training.');
  },
  progress({ steps, epoch, batches, samplesPerSecond, filters, confusion, fingerprint }) {
    lossChart.add(steps);
    accuracyChart.add(steps);
    showFilters(filters);
    const { step } = steps.at(-1);
    const heldBack = steps.findLast((one) => one.heldBack)?.heldBack;
    document.body.dataset.step = step;
    element('epoch').textContent = `${epoch} of ${settings.epochs}`;
    element('loss').textContent = lossChart.mean.toFixed(3);
    if (heldBack) element('accuracy').textContent = `${(100 * heldBack.accuracy).toFixed(2)} %`;
    if (samplesPerSecond) element('speed').textContent = Math.round(samplesPerSecond).toLocaleString('en');
    element('done').value = step / (batches * settings.epochs);
    if (confusion) showConfusion(confusion);
    if (fingerprint) showFingerprint(fingerprint, step);
  },
  paused({ fingerprint }) {
    showFingerprint(fingerprint, document.body.dataset.step);
    setState('paused', 'Paused.');
  },
  resumed() {
    setState('running', 'Training.');
  },
  stopped({ fingerprint }) {
    showFingerprint(fingerprint, document.body.dataset.step);
    setState('stopped', 'Stopped.');
  },
  done() {
    setState('done', 'Done.');
  },
  failed({ message }) {
    setState('failed', message);
  },
  preview({ pictures }) {
    showPictures(element('digits'), pictures);
  },
  file({ name, bytes }) {
    const url = URL.createObjectURL(new Blob([bytes]));
    Object.assign(document.createElement('a'), { href: url, download: name }).click();
    // The browser has to have begun reading before the address goes.
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  },
};

/** What may be pressed follows from what the worker does. */
function setState(state, text) {
  document.body.dataset.state = state;
  element('status').textContent = text;
  const busy = ['starting', 'running', 'paused'].includes(state);
  start.disabled = busy;
  for (const input of form.querySelectorAll('input')) input.disabled = busy;
  pause.disabled = stop.disabled = !busy || state === 'starting';
  pause.textContent = state === 'paused' ? 'Resume' : 'Pause';
}

/** The same seed and settings give the same one in every browser. */
function showFingerprint(fingerprint, step) {
  const line = element('fingerprint');
  line.textContent = fingerprint ? `Weights after step ${step}: ${fingerprint.slice(0, 16)}` : '';
  line.title = 'The first digits of their SHA-256. The same settings give the same bits in every browser.';
}
