// Values that reference data gives by a recipe instead of storing them; the recipe stands in the data's own README.

/** A tensor by recipe. */
export interface Recipe {
  readonly name: string;
  readonly shape: readonly number[];
  readonly kind: 'uniform' | 'integer' | 'ramp' | 'values' | 'noise';
  readonly dtype?: string;
  readonly seed?: string;
  readonly lo?: number;
  readonly hi?: number;
  /** Base64 of little-endian float32, for `values`. */
  readonly data?: string;
  /** Block sizes and amplitudes, for `noise`. */
  readonly levels?: readonly (readonly [block: number, amplitude: number])[];
}

/** FNV-1a, 32 bits, of the UTF-8 bytes of `text`. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash | 0;
}

function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return x ^ (x >>> 16);
}

/** Number `index` of the sequence of `seed`, in [0, 1). */
function unit(seed: number, index: number): number {
  return (mix(mix((index + 0x9e3779b9) | 0) ^ seed) >>> 8) / 2 ** 24;
}

/** The elements that a recipe stands for. */
export function generate(recipe: Recipe): Float32Array | Int32Array | BigInt64Array {
  const size = recipe.shape.reduce((a, b) => a * b, 1);
  const { lo = 0, hi = 1 } = recipe;
  const seed = fnv1a(recipe.seed ?? '');
  switch (recipe.kind) {
    case 'uniform':
      return Float32Array.from({ length: size }, (_, i) => lo + (hi - lo) * unit(seed, i));
    case 'integer': {
      const whole = (i: number) => lo + Math.floor((hi - lo) * unit(seed, i));
      return recipe.dtype === 'int32'
        ? Int32Array.from({ length: size }, (_, i) => whole(i))
        : BigInt64Array.from({ length: size }, (_, i) => BigInt(whole(i)));
    }
    case 'ramp':
      return Float32Array.from({ length: size }, (_, i) => i / size);
    case 'values':
      return new Float32Array(Uint8Array.from(Buffer.from(recipe.data!, 'base64')).buffer, 0, size);
    case 'noise':
      return noise(recipe, size);
  }
}

/** Sums of noise in blocks: images and sounds of a kind. */
function noise({ shape, seed, levels = [] }: Recipe, size: number): Float32Array {
  const width = shape.at(-1)!;
  const twoAxes = shape.length >= 4;
  const height = twoAxes ? shape.at(-2)! : 1;
  const total = new Float64Array(size);
  levels.forEach(([block, amplitude], level) => {
    const own = fnv1a(`${seed}/${level}`);
    const blocksWide = Math.ceil(width / block);
    const blocksHigh = twoAxes ? Math.ceil(height / block) : 1;
    for (let i = 0; i < size; i++) {
      const x = Math.floor((i % width) / block);
      const row = Math.floor(i / width) % height;
      const plane = Math.floor(i / (width * height));
      const y = twoAxes ? Math.floor(row / block) : 0;
      total[i] += amplitude * (2 * unit(own, (plane * blocksHigh + y) * blocksWide + x) - 1);
    }
  });
  return Float32Array.from(total);
}
