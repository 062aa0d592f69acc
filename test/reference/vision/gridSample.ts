// Grid sampling as its definition reads, one channel of one point at a time, in float64.

export interface GridOptions {
  mode: 'nearest' | 'linear' | 'cubic';
  outside: 'zeros' | 'border' | 'reflection';
  alignCorners: boolean;
}

/** To the nearest whole number, halves to the even one. */
function rint(x: number): number {
  const rounded = Math.round(x);
  return Math.abs(x % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

function mirrored(x: number, low: number, high: number): number {
  let at = x;
  while ((at < low || at > high) && high > low) at = at < low ? 2 * low - at : 2 * high - at;
  return high > low ? at : low;
}

/** Keys' kernel with a = -0.75. */
function cubic(d: number): number {
  const [x, a] = [Math.abs(d), -0.75];
  if (x <= 1) return (a + 2) * x ** 3 - (a + 3) * x ** 2 + 1;
  return x < 2 ? a * x ** 3 - 5 * a * x ** 2 + 8 * a * x - 4 * a : 0;
}

/** Pixels and weights of one axis for a place from -1 to 1. */
function taps(
  place: number,
  extent: number,
  { mode, outside, alignCorners }: GridOptions,
): [index: number, weight: number][] {
  const low = alignCorners ? 0 : -0.5;
  const high = extent - 1 - low;
  let x = alignCorners ? ((place + 1) / 2) * (extent - 1) : ((place + 1) * extent - 1) / 2;
  if (Number.isNaN(x)) return [[0, x]];
  if (mode === 'nearest') x = rint(x);
  if (x < low || x > high) {
    // Padding comes before interpolation: the taps of a place outside may reach inside.
    if (outside === 'border' && mode !== 'cubic') x = Math.min(extent - 1, Math.max(0, x));
    if (outside === 'reflection') x = mirrored(x, low, high);
  }
  if (mode === 'nearest') x = rint(x);
  const found: [number, number][] = [];
  for (let i = Math.floor(x) - 2; i <= Math.floor(x) + 3; i++) {
    const weight =
      mode === 'nearest' ? Number(i === x) : mode === 'linear' ? Math.max(0, 1 - Math.abs(i - x)) : cubic(i - x);
    if (weight === 0) continue;
    const within = Math.trunc(outside === 'reflection' ? mirrored(i, low, high) : i);
    const index = Math.min(extent - 1, Math.max(0, within));
    if (outside !== 'zeros' || index === i) found.push([index, weight]);
  }
  return found;
}

/** `x` `[N, ...spatial, C]` at the points of `grid` `[N, points, axes]`: `[N, points, C]`. */
export function gridSample(
  x: ArrayLike<number>,
  shape: readonly number[],
  grid: ArrayLike<number>,
  points: number,
  options: GridOptions,
): number[] {
  const [images, channels] = [shape[0], shape[shape.length - 1]];
  const spatial = shape.slice(1, -1);
  const axes = spatial.length;
  const values: number[] = [];
  for (let image = 0; image < images; image++)
    for (let point = 0; point < points; point++) {
      // The grid lists the last axis first.
      const of = spatial.map((extent, axis) =>
        taps(grid[(image * points + point) * axes + axes - 1 - axis], extent, options),
      );
      for (let c = 0; c < channels; c++) {
        const sum = (axis: number, pixel: number): number =>
          axis === axes
            ? x[pixel * channels + c]
            : of[axis].reduce(
                (total, [index, weight]) => total + weight * sum(axis + 1, pixel * spatial[axis] + index),
                0,
              );
        values.push(sum(0, image));
      }
    }
  return values;
}
