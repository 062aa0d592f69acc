// Pictures of digits as the MNIST database has them: 28 x 28, bright ink on black, the digit scaled into a box of
// 20 x 20 and shifted so that its centre of mass lies in the middle. Networks trained on MNIST expect just that.

/** Ink fainter than this doesn't count when the digit's extent is measured. */
const FAINT = 0.1;

/**
 * Ink of a decoded picture: 0 for paper, 1 for full ink. Dark on bright and bright on dark both work: the border says
 * which colour is the paper.
 * @param {{ width: number, height: number, channels: number, depth: number, data: ArrayLike<number> }} picture
 *   as fast-png's `decode` gives it; grey or RGB, with or without alpha, 8 or 16 bits
 * @returns {{ ink: Float32Array, width: number, height: number }}
 */
export function inkOf({ width, height, channels, depth, data }) {
  if (depth < 8 || data.length !== width * height * channels) {
    throw new Error('this example reads PNG files with 8 or 16 bits a channel and without a palette');
  }
  const full = 2 ** depth - 1;
  const brightness = new Float32Array(width * height);
  for (let pixel = 0; pixel < brightness.length; pixel++) {
    const at = pixel * channels;
    const grey = channels < 3 ? data[at] : 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
    const alpha = channels % 2 === 0 ? data[at + channels - 1] / full : 1;
    brightness[pixel] = (grey / full) * alpha + (1 - alpha);
  }
  const border = brightness.filter((_, pixel) => {
    const x = pixel % width;
    return pixel < width || pixel >= width * (height - 1) || x === 0 || x === width - 1;
  });
  const bright = border.reduce((sum, value) => sum + value, 0) / border.length > 0.5;
  return { ink: bright ? brightness.map((value) => 1 - value) : brightness, width, height };
}

/**
 * Scales and centres a digit as MNIST does.
 * @param {{ ink: ArrayLike<number>, width: number, height: number }} picture ink from 0 to 1
 * @returns {Float32Array} 28 x 28 values from 0 to 1; all zero when there is no ink
 */
export function toMnist({ ink, width, height }) {
  let [left, right, top, bottom] = [width, -1, height, -1];
  let [mass, massX, massY] = [0, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = ink[y * width + x];
      if (value <= FAINT) continue;
      [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
      mass += value;
      massX += value * (x + 0.5);
      massY += value * (y + 0.5);
    }
  }
  const result = new Float32Array(28 * 28);
  if (mass === 0) return result;
  // Each of the 28 x 28 pixels is the mean of a square of the picture; 20 such squares span the digit.
  const side = Math.max(right - left + 1, bottom - top + 1) / 20;
  for (let row = 0; row < 28; row++) {
    for (let column = 0; column < 28; column++) {
      const x = massX / mass + (column - 14) * side;
      const y = massY / mass + (row - 14) * side;
      result[row * 28 + column] = meanOfSquare({ ink, width, height }, x, y, side);
    }
  }
  return result;
}

/** Mean ink of the square with corner (x, y), pixels weighted by how much of them it covers; outside there is none. */
function meanOfSquare({ ink, width, height }, x, y, side) {
  let sum = 0;
  for (let row = Math.max(0, Math.floor(y)); row < Math.min(height, y + side); row++) {
    const covered = Math.min(row + 1, y + side) - Math.max(row, y);
    for (let column = Math.max(0, Math.floor(x)); column < Math.min(width, x + side); column++) {
      sum += ink[row * width + column] * covered * (Math.min(column + 1, x + side) - Math.max(column, x));
    }
  }
  return sum / (side * side);
}

/**
 * Probabilities from a network's logits.
 * @param {ArrayLike<number>} logits
 * @returns {number[]} as many, adding up to 1
 */
export function probabilitiesOf(logits) {
  const values = Array.from(logits);
  const highest = Math.max(...values);
  const powers = values.map((logit) => Math.exp(logit - highest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
