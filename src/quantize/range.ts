// From what a tensor holds to the range that 8 bits cover: the whole of it, all but the outermost shares, the range whose
// distribution is closest, or the one whose rounding and cutting cost least.

/** How ranges are chosen. */
export type CalibrationMethod = 'minMax' | 'percentile' | 'entropy' | 'meanSquaredError';

export const calibrationMethods = ['minMax', 'percentile', 'entropy', 'meanSquaredError'] as const;

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Steps of 8-bit integers. */
export const STEPS = 255;

const BINS = 2048;

/** How often values lie where; zeros, which 8 bits have exactly, are only counted. */
export class Histogram {
  readonly counts = new Float64Array(BINS);
  zeros = 0;

  constructor(readonly range: Range) {}

  add(values: ArrayLike<number>): void {
    const { low, high } = this.range;
    const perUnit = BINS / (high - low || 1);
    const { counts } = this;
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (value === 0) this.zeros++;
      else counts[Math.min(BINS - 1, Math.max(0, Math.floor((value - low) * perUnit)))]++;
    }
  }

  /** The value that the middle of a bin stands for. */
  center(bin: number): number {
    const { low, high } = this.range;
    return low + ((bin + 0.5) * (high - low)) / BINS;
  }
}

/**
 * The range that `method` chooses; 0 lies in it.
 * @param percentile share of all values, in percent, that lies inside of it
 */
export function chooseRange(histogram: Histogram, method: CalibrationMethod, percentile: number): Range {
  const { low, high } = histogram.range;
  if (method === 'minMax' || low === high) return histogram.range;
  if (method === 'percentile') return percentiles(histogram, percentile);
  const cost = method === 'entropy' ? boundedDivergence(histogram) : squaredError;
  const scaled = (lower: number, upper: number): Range => ({ low: low * lower, high: high * upper });
  const joint = least(shares, (share) => cost(histogram, scaled(share, share)));
  // Then each end for itself.
  const upper = least(around(joint), (share) => cost(histogram, scaled(joint, share)));
  const lower = least(around(joint), (share) => cost(histogram, scaled(share, upper)));
  return scaled(lower, upper);
}

/** Shares of the whole range that are tried, the whole one first. */
const shares = Array.from({ length: 100 }, (_, i) => 1 - i / 100);

const around = (share: number) => [share, ...shares.filter((other) => other !== share && other > share / 2)];

function least(candidates: readonly number[], cost: (candidate: number) => number): number {
  let [best, lowest] = [candidates[0], Number.POSITIVE_INFINITY];
  for (const candidate of candidates) {
    const found = cost(candidate);
    if (found < lowest) [best, lowest] = [candidate, found];
  }
  return best;
}

function percentiles({ counts, zeros, range }: Histogram, percentile: number): Range {
  const total = counts.reduce((sum, count) => sum + count, zeros);
  const outside = ((1 - percentile / 100) * total) / (range.low < 0 && range.high > 0 ? 2 : 1);
  const width = (range.high - range.low) / BINS;
  const cut = (order: readonly number[]) => {
    let seen = 0;
    return order.findIndex((bin) => {
      seen += counts[bin];
      return seen > outside;
    });
  };
  const bins = [...counts.keys()];
  const [below, above] = [cut(bins), cut([...bins].reverse())].map((place) => Math.max(0, place));
  return {
    low: Math.min(0, range.low < 0 ? range.low + below * width : 0),
    high: Math.max(0, range.high > 0 ? range.high - above * width : 0),
  };
}

/** Squares of what rounding and cutting change, summed over all values. */
function squaredError(histogram: Histogram, { low, high }: Range): number {
  const step = (high - low) / STEPS;
  let sum = 0;
  for (let bin = 0; bin < BINS; bin++) {
    const count = histogram.counts[bin];
    if (count === 0) continue;
    const value = histogram.center(bin);
    const kept = Math.min(high, Math.max(low, Math.round(value / step) * step));
    sum += count * (value - kept) ** 2;
  }
  return sum;
}

/**
 * The divergence, of ranges that cost no more in squares than the whole one. Where a few values make up most of the mass, as in
 * pictures of two grey levels or on a background of one colour, distributions are closest where all else is cut away.
 */
function boundedDivergence(histogram: Histogram): typeof divergence {
  const most = squaredError(histogram, histogram.range);
  return (of, range) => (squaredError(of, range) > most ? Number.POSITIVE_INFINITY : divergence(of, range));
}

/**
 * Kullback-Leibler divergence of the values from what 8 bits make of them: those outside count to the ends, and the bins that
 * share a step have its mean (Migacz, 8-bit Inference with TensorRT, 2017).
 */
function divergence(histogram: Histogram, { low, high }: Range): number {
  const { counts } = histogram;
  const kept: number[] = [];
  const steps: number[] = [];
  const step = (high - low) / STEPS;
  let [below, above] = [0, 0];
  for (let bin = 0; bin < BINS; bin++) {
    const center = histogram.center(bin);
    if (center < low) below += counts[bin];
    else if (center > high) above += counts[bin];
    else {
      kept.push(counts[bin]);
      steps.push(Math.round((center - low) / step));
    }
  }
  if (kept.length < STEPS / 2) return Number.POSITIVE_INFINITY;
  const totals = new Float64Array(STEPS + 1);
  const filled = new Float64Array(STEPS + 1);
  kept.forEach((count, index) => {
    if (count === 0) return;
    totals[steps[index]] += count;
    filled[steps[index]]++;
  });
  const inside = kept.reduce((sum, count) => sum + count, 0);
  const all = inside + below + above;
  if (inside === 0) return Number.POSITIVE_INFINITY;
  const reference = [...kept];
  reference[0] += below;
  reference[reference.length - 1] += above;
  return reference.reduce((sum, count, index) => {
    if (count === 0) return sum;
    // A bin that only the outliers fill has the least share.
    const model = kept[index] > 0 ? totals[steps[index]] / filled[steps[index]] / inside : 1e-6 / inside;
    return sum + (count / all) * Math.log(count / all / model);
  }, 0);
}
