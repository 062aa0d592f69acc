import { describe, expect, it } from 'vitest';
import { type Binary, KernelHarness, supportedBinaries } from './harness.js';
import { randomFloats } from './numbers.js';

interface Source {
  groups: number;
  filters: number;
  taps: number;
  channels: number;
}

/** Element strides of a source, by axis, and where its first element lies. */
type Strides = Record<'group' | 'filter' | 'tap' | 'channel', number> & { first?: number };

const layouts: Record<string, (s: Source) => Strides> = {
  'filters, channels, taps (OIHW)': ({ filters: o, channels: c, taps: t }) => {
    return { group: o * c * t, filter: c * t, channel: t, tap: 1 };
  },
  'channels, filters, taps, the last tap first': ({ filters: o, channels: c, taps: t }) => {
    return { group: o * c * t, channel: o * t, filter: t, tap: -1, first: Math.max(0, t - 1) };
  },
  'filters, taps, channels (OHWI)': ({ filters: o, channels: c, taps: t }) => {
    return { group: o * c * t, filter: c * t, tap: c, channel: 1 };
  },
  'taps, channels, filters (HWIO)': ({ filters: o, channels: c, taps: t }) => {
    return { group: o * c * t, tap: c * o, channel: o, filter: 1 };
  },
};

function packed(binary: Binary, s: Source, strides: Strides, data: Float32Array, bias: Float32Array, threads: number) {
  const harness = new KernelHarness(binary, 6);
  const source = harness.place(data);
  const target = harness.room(s.groups * Math.ceil(s.filters / 8) * (1 + s.taps * s.channels) * 32);
  harness.run(
    'f32_pack_panels',
    {
      source: { ...source, address: source.address + 4 * (strides.first ?? 0) },
      bias: harness.place(bias),
      target,
      ...s,
      groupStride: strides.group * 4,
      filterStride: strides.filter * 4,
      tapStride: strides.tap * 4,
      channelStride: strides.channel * 4,
    },
    threads,
  );
  return harness.floats(target);
}

function expectedPanels(s: Source, strides: Strides, data: Float32Array, bias: Float32Array): Float32Array {
  const result: number[] = [];
  for (let group = 0; group < s.groups; group++)
    for (let first = 0; first < s.filters; first += 8) {
      const lanes = (value: (filter: number) => number) => {
        for (let o = first; o < first + 8; o++) result.push(o < s.filters ? value(o) : 0);
      };
      lanes((o) => bias[group * s.filters + o]);
      for (let tap = 0; tap < s.taps; tap++)
        for (let channel = 0; channel < s.channels; channel++) {
          const at = (strides.first ?? 0) + group * strides.group + tap * strides.tap + channel * strides.channel;
          lanes((o) => data[at + o * strides.filter]);
        }
    }
  return Float32Array.from(result);
}

describe.each(supportedBinaries)('f32_pack_panels (%s) moves every weight, exactly', (binary) => {
  it.each(Object.entries(layouts))('%s', (_, layout) => {
    const random = randomFloats(3);
    for (const groups of [1, 2])
      for (const filters of [1, 7, 8, 9, 16, 29])
        for (const [taps, channels] of [
          [1, 1],
          [1, 13],
          [9, 3],
          [4, 8],
          [13, 10],
          [3, 21],
          [1, 0],
          [0, 3],
        ]) {
          const source = { groups, filters, taps, channels };
          const strides = layout(source);
          const data = random(groups * filters * taps * channels);
          const bias = random(groups * filters);
          const expected = expectedPanels(source, strides, data, bias);
          for (const threads of [1, 2, 3]) {
            expect(packed(binary, source, strides, data, bias, threads)).toEqual(expected);
          }
        }
  });
});
