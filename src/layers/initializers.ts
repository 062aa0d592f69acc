// First values of parameters: from a generator that counts instead of keeping state, in arithmetic that rounds the same
// on every engine. Element i of a parameter depends on the seed, the parameter's name and i alone.

import { QuadlaneError } from '../errors.js';
import { checkOptions, numberIn } from '../options.js';
import { shown } from '../printable.js';
import { product, sizeOf } from '../shape.js';
import { Tensor } from '../tensor.js';

/**
 * How a parameter starts: `heUniform` and `heNormal` (He et al. 2015: variance 2 / fan in, for rectifiers),
 * `glorotUniform` and `glorotNormal` (Glorot and Bengio 2010, also Xavier: variance 2 / (fan in + fan out)), constants,
 * or a normal distribution around 0 with a deviation of your own.
 */
export type Initializer =
  | 'heUniform'
  | 'heNormal'
  | 'glorotUniform'
  | 'glorotNormal'
  | 'zeros'
  | 'ones'
  | { readonly normal: number };

/** Uniform draws in the sum that stands for a normal one. */
const DRAWS = 12;

const names: readonly Initializer[] = ['heUniform', 'heNormal', 'glorotUniform', 'glorotNormal', 'zeros', 'ones'];

/** @throws QuadlaneError `ARGUMENT` for an initializer that isn't one */
export function checkInitializer(initializer: Initializer): void {
  if (names.includes(initializer)) return;
  if (typeof initializer === 'object' && initializer !== null) {
    checkOptions('an initializer', initializer, ['normal']);
    numberIn('normal', initializer.normal, { from: 0 });
    return;
  }
  throw new QuadlaneError(
    'ARGUMENT',
    `there is no initializer ${shown(initializer)}; choose ${names.join(', ')} or { normal: deviation }`,
  );
}

/**
 * A float32 tensor of `[out, in, ...kernel]` (or `[size]`), filled as `initializer` says.
 * Normal values are sums of 12 uniform ones (Irwin-Hall): no more than 6 deviations from the mean.
 * @param name the parameter's name: parameters of different names get different values
 * @throws QuadlaneError `ARGUMENT` for an initializer that isn't one
 */
export function initialize(
  initializer: Initializer,
  shape: readonly number[],
  name: string,
  seed = 0,
): Tensor<'float32'> {
  checkInitializer(initializer);
  const data = new Float32Array(sizeOf(shape));
  const key = mix(hash(name) ^ mix(seed | 0));
  const receptive = product(shape.slice(2));
  const fanIn = (shape[1] ?? 1) * receptive;
  const fanOut = (shape[0] ?? 1) * receptive;
  if (typeof initializer === 'object') fillNormal(data, key, initializer.normal);
  else if (initializer === 'heUniform') fillUniform(data, key, Math.sqrt(6 / fanIn));
  else if (initializer === 'heNormal') fillNormal(data, key, Math.sqrt(2 / fanIn));
  else if (initializer === 'glorotUniform') fillUniform(data, key, Math.sqrt(6 / (fanIn + fanOut)));
  else if (initializer === 'glorotNormal') fillNormal(data, key, Math.sqrt(2 / (fanIn + fanOut)));
  else if (initializer === 'ones') data.fill(1);
  return new Tensor('float32', [...shape], data);
}

/** Values in [-bound, bound). */
function fillUniform(data: Float32Array, key: number, bound: number): void {
  for (let i = 0; i < data.length; i++) data[i] = (bits(key, i) / 2 ** 31 - 1) * bound;
}

function fillNormal(data: Float32Array, key: number, deviation: number): void {
  for (let i = 0; i < data.length; i++) {
    let sum = 0;
    for (let draw = 0; draw < DRAWS / 2; draw++) {
      const pair = bits(key + draw, i);
      sum += (pair >>> 16) + (pair & 0xffff);
    }
    // Each half is uniform over [0, 65535], of mean 32767.5.
    data[i] = (deviation * (sum - DRAWS * 32767.5)) / 65536;
  }
}

/** Random number `index` of the stream `key`: 32 bits. */
function bits(key: number, index: number): number {
  return mix(mix(index + 0x9e3779b9) ^ mix(key)) >>> 0;
}

/** A permutation of 32-bit numbers that scatters them. */
function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return x ^ (x >>> 15);
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value;
}
