// Colours for numbers.

/** From a number to red, green and blue. */
export type ColorMap = 'grey' | 'viridis' | 'magma' | 'labels';

/** Names of the colour maps. */
export const colorMaps: readonly ColorMap[] = ['grey', 'viridis', 'magma', 'labels'];

/** Colours at even distances, between which the others lie: ten points of matplotlib's maps. */
const stops: Readonly<Record<Exclude<ColorMap, 'labels'>, readonly number[]>> = {
  grey: [0x000000, 0xffffff],
  viridis: [0x440154, 0x482878, 0x3e4989, 0x31688e, 0x26828e, 0x1f9e89, 0x35b779, 0x6ece58, 0xb5de2b, 0xfde725],
  magma: [0x000004, 0x180f3d, 0x440f76, 0x721f81, 0x9e2f7f, 0xcd4071, 0xf1605d, 0xfd9668, 0xfeca8d, 0xfcfdbf],
};

/** The colours of 256 numbers: from the least to the greatest, or of classes 0 to 255. */
export function colorsOf(map: ColorMap): Uint8Array {
  const colors = new Uint8Array(256 * 3);
  for (let index = 0; index < 256; index++) {
    const color = map === 'labels' ? labelColor(index) : between(stops[map], index / 255);
    for (let channel = 0; channel < 3; channel++) colors[3 * index + channel] = color[channel];
  }
  return colors;
}

function between(colors: readonly number[], at: number): number[] {
  const place = at * (colors.length - 1);
  const first = Math.min(Math.floor(place), colors.length - 2);
  const share = place - first;
  return [16, 8, 0].map((shift) => {
    const [a, b] = [colors[first], colors[first + 1]].map((color) => (color >> shift) & 255);
    return Math.round(a + (b - a) * share);
  });
}

/** The colour of a class as Pascal VOC has it: its bits, three a round, are the high bits of red, green and blue. */
function labelColor(label: number): number[] {
  const color = [0, 0, 0];
  for (let bit = 7, rest = label; rest > 0; bit--, rest >>= 3) {
    for (let channel = 0; channel < 3; channel++) color[channel] |= ((rest >> channel) & 1) << bit;
  }
  return color;
}
