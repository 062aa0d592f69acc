// The k nearest neighbours: the baseline that learns nothing and remembers everything.

import { matmul } from '../eager/matmul.js';
import { QuadlaneError } from '../errors.js';
import { checkOptions, numberIn } from '../options.js';
import { formatShape } from '../shape.js';
import { Tensor } from '../tensor.js';

/** Distances that are computed at once, at most. */
const MAX_DISTANCES = 2 ** 22;

export interface NeighboursOptions {
  /** Neighbours that vote. Default: 3. */
  k?: number;
}

/**
 * Classifies by the labels of the nearest examples, in Euclidean distance: |x - y|^2 = |x|^2 - 2 x.y + |y|^2, the products
 * by the kernel for matrices. Most votes win; among classes of equally many, the one of the nearest neighbour. Call
 * `await ready()` once before on hosts that fetch the binary (browsers).
 */
export class NearestNeighbours {
  /**
   * Whatever minifiers call the class.
   * @internal
   */
  static readonly name = 'NearestNeighbours';

  private readonly k: number;
  private readonly squares: Float64Array;
  /** The examples as columns, for the product. */
  private readonly columns: Tensor<'float32'>;

  /**
   * @param examples float32 `[N, ...]`: pixels, or the features a network finds in them
   * @param labels whole numbers `[N]`
   * @throws QuadlaneError `ARGUMENT`, `SHAPE`
   */
  constructor(
    private readonly examples: Tensor,
    private readonly labels: ArrayLike<number>,
    options: NeighboursOptions = {},
  ) {
    const { k = 3 } = checkOptions('nearestNeighbours()', options, ['k']);
    const [count] = examples.shape;
    if (!(count > 0) || labels.length !== count || examples.dtype !== 'float32') {
      throw new QuadlaneError(
        'SHAPE',
        `neighbours are float32 examples [N, ...] and N labels, at least one; not ${examples.dtype} ${formatShape(examples.shape)} and ${labels.length}`,
      );
    }
    numberIn('k', k, { from: 1, to: count, whole: true });
    this.k = k;
    const data = examples.data as Float32Array;
    const features = data.length / count;
    this.squares = squaresOf(data, count);
    const columns = new Float32Array(data.length);
    for (let example = 0; example < count; example++) {
      for (let feature = 0; feature < features; feature++) {
        columns[feature * count + example] = data[example * features + feature];
      }
    }
    this.columns = new Tensor('float32', [features, count], columns);
  }

  /**
   * @param queries float32 `[M, ...]`, each of as many elements as an example
   * @returns the label of each: int32 `[M]`
   * @throws QuadlaneError `SHAPE`
   */
  predict(queries: Tensor): Tensor<'int32'> {
    const [features, count] = this.columns.shape;
    const [rows] = queries.shape;
    if (queries.dtype !== 'float32' || queries.data.length !== rows * features) {
      const wanted = formatShape(['M', ...this.examples.shape.slice(1)]);
      throw new QuadlaneError(
        'SHAPE',
        `queries must be float32 ${wanted}, not ${queries.dtype} ${formatShape(queries.shape)}`,
      );
    }
    const data = queries.data as Float32Array;
    const result = new Int32Array(rows);
    const atOnce = Math.max(1, Math.floor(MAX_DISTANCES / count));
    for (let first = 0; first < rows; first += atOnce) {
      const size = Math.min(atOnce, rows - first);
      const part = data.subarray(first * features, (first + size) * features);
      const products = matmul(new Tensor('float32', [size, features], part), this.columns).data as Float32Array;
      for (let row = 0; row < size; row++) {
        result[first + row] = this.vote(products.subarray(row * count, (row + 1) * count));
      }
    }
    return new Tensor('int32', [rows], result);
  }

  /** The label for a query with these products with all examples; its own square moves all distances alike. */
  private vote(products: Float32Array): number {
    const nearest: { readonly distance: number; readonly label: number }[] = [];
    for (let example = 0; example < products.length; example++) {
      const distance = this.squares[example] - 2 * products[example];
      if (nearest.length === this.k && !(distance < nearest[this.k - 1].distance)) continue;
      const place = nearest.findIndex((other) => distance < other.distance);
      nearest.splice(place < 0 ? nearest.length : place, 0, { distance, label: this.labels[example] });
      nearest.length = Math.min(nearest.length, this.k);
    }
    const votes = new Map<number, number>();
    for (const { label } of nearest) votes.set(label, (votes.get(label) ?? 0) + 1);
    const most = Math.max(...votes.values());
    return nearest.find(({ label }) => votes.get(label) === most)!.label;
  }
}

function squaresOf(data: Float32Array, count: number): Float64Array {
  const features = data.length / count;
  const squares = new Float64Array(count);
  data.forEach((value, i) => {
    squares[Math.floor(i / features)] += value * value;
  });
  return squares;
}

/** `new NearestNeighbours(examples, labels, options)`. */
export function nearestNeighbours(
  examples: Tensor,
  labels: ArrayLike<number>,
  options?: NeighboursOptions,
): NearestNeighbours {
  return new NearestNeighbours(examples, labels, options);
}
