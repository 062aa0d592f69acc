// Draw a digit and watch the network make up its mind: every movement of the pen is one more inference.

// With a bundler or an import map this is simply 'quadlane'; here the files come from the server as they are.
import { loadModel, tensor } from '/quadlane/browser/index.js';
import { probabilitiesOf, toMnist } from '../mnist.mjs';

const paper = document.querySelector('#paper');
const answer = document.querySelector('#answer');
const status = document.querySelector('#status');
const pen = paper.getContext('2d', { willReadFrequently: true });

// One row a digit: its name, its bar, its probability.
const rows = Array.from({ length: 10 }, (_, digit) => {
  const row = document.createElement('li');
  const [name, bar, percent] = [
    document.createElement('span'),
    document.createElement('i'),
    document.createElement('span'),
  ];
  name.textContent = digit;
  row.append(name, bar, percent);
  document.querySelector('#bars').append(row);
  return { row, bar, percent };
});

let model;
let scheduled = false;

paper.addEventListener('pointerdown', (event) => {
  paper.setPointerCapture(event.pointerId);
  pen.beginPath();
  pen.moveTo(event.offsetX, event.offsetY);
  drawTo(event);
});
paper.addEventListener('pointermove', (event) => {
  if (event.buttons !== 0) drawTo(event);
});
document.querySelector('#clear').addEventListener('click', () => {
  pen.clearRect(0, 0, paper.width, paper.height);
  schedule();
});

try {
  model = await loadModel(new URL('../models/lenet5-mnist.onnx', import.meta.url));
  status.textContent = 'Ready.';
  schedule();
} catch (error) {
  status.textContent = error.message;
}

function drawTo({ offsetX, offsetY }) {
  pen.lineWidth = 22;
  pen.lineCap = pen.lineJoin = 'round';
  pen.strokeStyle = getComputedStyle(paper).color;
  pen.lineTo(offsetX, offsetY);
  pen.stroke();
  // Each segment is drawn once: strokes over strokes would roughen their smooth edges.
  pen.beginPath();
  pen.moveTo(offsetX, offsetY);
  schedule();
}

/** Several movements between two frames make one inference. */
function schedule() {
  if (scheduled || !model) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    show();
  });
}

function show() {
  const { data, width, height } = pen.getImageData(0, 0, paper.width, paper.height);
  // The canvas is transparent where nothing is drawn, so the alpha channel is the ink.
  const ink = Float32Array.from({ length: width * height }, (_, pixel) => data[4 * pixel + 3] / 255);
  if (!ink.some((value) => value > 0)) {
    answer.textContent = '–';
    for (const digit of rows.keys()) showBar(digit, 0, false);
    return;
  }
  const image = tensor(toMnist({ ink, width, height }), [1, 1, 28, 28]);
  const started = performance.now();
  const { logits } = model.runSync({ image });
  const milliseconds = performance.now() - started;
  const probabilities = probabilitiesOf(logits.data);
  const best = probabilities.indexOf(Math.max(...probabilities));
  answer.textContent = best;
  probabilities.forEach((probability, digit) => {
    showBar(digit, probability, digit === best);
  });
  // Browsers' clocks are coarse: a run is often over before they tick.
  status.textContent = `The network took ${milliseconds < 0.1 ? 'less than 0.1' : milliseconds.toFixed(1)} ms.`;
}

function showBar(digit, probability, best) {
  const { row, bar, percent } = rows[digit];
  row.classList.toggle('best', best);
  bar.style.setProperty('--probability', probability);
  percent.textContent = `${(100 * probability).toFixed(1)} %`;
}
