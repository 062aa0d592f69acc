// Pictures of shapes, drawn from random numbers: what the network learns from. Colours, place, size, turn, shading and noise
// are any; the shape alone says the class.

/** The classes, in the order of the network's outputs. */
export const names = ['circle', 'square', 'triangle', 'star', 'ring'];

/** Whether a point lies in the shape of radius 1 around the origin. */
const contains = {
  circle: (x, y) => x * x + y * y < 0.8,
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) < 0.72,
  triangle: (x, y) => y < 0.5 && 1.732 * Math.abs(x) < y + 1,
  star(x, y) {
    const turn = (2 * Math.PI) / 5;
    const angle = Math.abs((((Math.atan2(x, -y) % turn) + 1.5 * turn) % turn) - turn / 2);
    const radius = Math.hypot(x, y);
    // The edge from a tip (1, 0) to the notch beside it.
    const [notchX, notchY] = [0.42 * Math.cos(turn / 2), 0.42 * Math.sin(turn / 2)];
    const [px, py] = [radius * Math.cos(angle), radius * Math.sin(angle)];
    return (notchX - 1) * py - notchY * (px - 1) > 0;
  },
  ring(x, y) {
    const squared = x * x + y * y;
    return squared < 0.9 && squared > 0.25;
  },
};

/**
 * A picture.
 * @param {string} name one of `names`
 * @param {number} size pixels of a side
 * @param {() => number} random gives numbers from 0 to 1
 * @returns {Float32Array} [size, size, 3], red, green and blue from 0 to 1
 */
export function drawShape(name, size, random) {
  const [paper, ink] = colours(random);
  const radius = 0.2 + 0.2 * random();
  const [centreX, centreY] = [radius + (1 - 2 * radius) * random(), radius + (1 - 2 * radius) * random()];
  const angle = 2 * Math.PI * random();
  const [cos, sin] = [Math.cos(angle) / radius, Math.sin(angle) / radius];
  const [slopeX, slopeY, noise] = [0.3 * (random() - 0.5), 0.3 * (random() - 0.5), 0.1 * random()];
  const inside = contains[name];
  const pixels = new Float32Array(size * size * 3);
  // Four samples a pixel make soft edges.
  const samples = [0.25, 0.75].flatMap((x) => [0.25, 0.75].map((y) => [x, y]));
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let covered = 0;
      for (const [dx, dy] of samples) {
        const [x, y] = [(column + dx) / size - centreX, (row + dy) / size - centreY];
        if (inside(cos * x + sin * y, cos * y - sin * x)) covered += 0.25;
      }
      const light = slopeX * (column / size - 0.5) + slopeY * (row / size - 0.5) + noise * (random() - 0.5);
      for (let channel = 0; channel < 3; channel++) {
        const value = covered * ink[channel] + (1 - covered) * paper[channel] + light;
        pixels[(row * size + column) * 3 + channel] = Math.min(1, Math.max(0, value));
      }
    }
  }
  return pixels;
}

/** Two colours that an eye tells apart. */
function colours(random) {
  for (;;) {
    const [paper, ink] = [0, 1].map(() => [random(), random(), random()]);
    if (paper.reduce((sum, value, channel) => sum + Math.abs(value - ink[channel]), 0) > 0.7) return [paper, ink];
  }
}

/**
 * `count` pictures and their classes.
 * @returns {{ inputs: Float32Array, targets: number[] }} inputs [count, size, size, 3]
 */
export function drawShapes(count, size, random) {
  const inputs = new Float32Array(count * size * size * 3);
  const targets = Array.from({ length: count }, (_, index) => index % names.length);
  targets.forEach((target, index) => {
    inputs.set(drawShape(names[target], size, random), index * size * size * 3);
  });
  return { inputs, targets };
}

/** Random numbers from 0 to 1 that follow from a seed: Marsaglia's xorshift. */
export function randomFrom(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
