// The page: a digit drawn on 28 x 28 points is read as it grows. The library comes as an argument, because bundlers differ in
// what to import: carried.js, inline.js and folder.js are the three ways.

const paper = document.querySelector('canvas');
const answer = document.querySelector('output');
const status = document.querySelector('#status');

/**
 * Lets the page read what is drawn.
 * @param {Pick<typeof import('quadlane'), 'loadModel' | 'tensor'>} quadlane
 * @param {string | URL} network where the ONNX file is
 * @param {import('quadlane').LoadOptions} [options] of loadModel()
 */
export async function readDigits({ loadModel, tensor }, network, options) {
  const pen = paper.getContext('2d', { willReadFrequently: true });
  Object.assign(pen, { lineWidth: 2.5, lineCap: 'round', lineJoin: 'round', strokeStyle: 'white' });
  const model = await loadModel(network, options).catch((error) => {
    status.textContent = error.message;
    throw error;
  });
  status.textContent = `Ready on ${model.info.threads === 1 ? 'one thread' : `${model.info.threads} threads`}.`;

  async function read() {
    // A transparent canvas: the alpha channel is the ink.
    const { data } = pen.getImageData(0, 0, 28, 28);
    const ink = Float32Array.from({ length: 28 * 28 }, (_, pixel) => data[4 * pixel + 3] / 255);
    const { logits } = await model.run({ image: tensor(ink, [1, 1, 28, 28]) });
    answer.textContent = logits.data.indexOf(Math.max(...logits.data));
  }

  const scale = () => paper.width / paper.clientWidth;
  paper.addEventListener('pointerdown', ({ offsetX, offsetY, pointerId }) => {
    paper.setPointerCapture(pointerId);
    pen.clearRect(0, 0, 28, 28);
    pen.beginPath();
    pen.moveTo(offsetX * scale(), offsetY * scale());
  });
  paper.addEventListener('pointermove', ({ buttons, offsetX, offsetY }) => {
    if (buttons === 0) return;
    pen.clearRect(0, 0, 28, 28);
    pen.lineTo(offsetX * scale(), offsetY * scale());
    pen.stroke();
    read();
  });
}
