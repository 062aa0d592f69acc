// Augmentation: what each change does to known images, that it follows from the seed alone, and what it refuses.
import { describe, expect, it } from 'vitest';
import { type Tensor, tensor } from '../../src/tensor.js';
import { type AugmentationOptions, augmentation } from '../../src/train/augmentation/augmentation.js';
import { affinePlaces, distort } from '../../src/train/augmentation/displacement.js';
import { mixup } from '../../src/train/augmentation/mixup.js';
import { channelStatistics, normalize } from '../../src/train/augmentation/normalization.js';
import { preview } from '../../src/train/augmentation/preview.js';
import { Random } from '../../src/train/random.js';

/** `count` images of height 8, width 6 and 3 channels, all values different. */
function images(count = 1): Tensor<'float32'> {
  return tensor(
    Float32Array.from({ length: count * 8 * 6 * 3 }, (_, i) => i / 100),
    [count, 8, 6, 3],
  );
}

const all: AugmentationOptions = {
  shift: [1, 2],
  rotate: 15,
  scale: [0.8, 1.2],
  flip: 'both',
  crop: [7, 5],
  elastic: { strength: 8, smoothness: 2 },
  brightness: 0.2,
  contrast: 0.3,
  cutout: { size: 3, count: 2, value: -9 },
};

describe('augmentation', () => {
  it('follows from the state of the generator alone', () => {
    const augment = augmentation(all);
    const first = augment.apply(images(4), new Random(1));
    expect(first.shape).toEqual([4, 7, 5, 3]);
    expect(augment.apply(images(4), new Random(1)).data).toEqual(first.data);
    expect(augment.apply(images(4), new Random(2)).data).not.toEqual(first.data);
  });

  it('changes nothing where nothing is asked for', () => {
    expect(augmentation({}).apply(images(2), new Random(1)).data).toEqual(images(2).data);
  });

  it('does the same with channels first', () => {
    const last = augmentation(all).apply(images(2), new Random(3));
    const given = images(2).data;
    const first = Float32Array.from({ length: given.length }, (_, i) => {
      const [n, c, row, column] = [Math.floor(i / 144), Math.floor(i / 48) % 3, Math.floor(i / 6) % 8, i % 6];
      return given[((n * 8 + row) * 6 + column) * 3 + c];
    });
    const result = augmentation({ ...all, channels: 'first' }).apply(tensor(first, [2, 3, 8, 6]), new Random(3));
    expect(result.shape).toEqual([2, 3, 7, 5]);
    for (let i = 0; i < result.size; i++) {
      const [n, c, row, column] = [Math.floor(i / 105), Math.floor(i / 35) % 3, Math.floor(i / 5) % 7, i % 5];
      expect(result.data[i]).toBeCloseTo(last.data[((n * 7 + row) * 5 + column) * 3 + c], 5);
    }
  });

  it('mirrors about half of the images, exactly', () => {
    const given = images(200);
    const { data } = augmentation({ flip: 'horizontal' }).apply(given, new Random(4));
    let mirrored = 0;
    for (let image = 0; image < 200; image++) {
      const at = (column: number) => data[image * 144 + column * 3];
      const plain = (column: number) => given.data[image * 144 + column * 3];
      const isMirrored = Math.abs(at(0) - plain(5)) < 1e-4;
      for (let column = 0; column < 6; column++) {
        expect(at(column)).toBeCloseTo(plain(isMirrored ? 5 - column : column), 4);
      }
      if (isMirrored) mirrored++;
    }
    expect(Math.abs(mirrored - 100)).toBeLessThan(30);
  });

  it('crops every place that fits', () => {
    const { data } = augmentation({ crop: [7, 6] }).apply(images(100), new Random(5));
    const starts = new Set(Array.from({ length: 100 }, (_, n) => Math.round(data[n * 126] * 100 - n * 144)));
    expect(starts).toEqual(new Set([0, 18]));
  });

  it('keeps the mean when contrast changes, and moves it by brightness', () => {
    const mean = (data: Float32Array) => data.reduce((a, b) => a + b) / data.length;
    const flat = augmentation({ contrast: 0.5 }).apply(images(), new Random(6));
    expect(mean(flat.data)).toBeCloseTo(mean(images().data), 5);
    expect(flat.data[0]).not.toBeCloseTo(images().data[0], 3);
    const { data } = augmentation({ brightness: 0.5 }).apply(images(), new Random(6));
    const added = data[0] - images().data[0];
    expect(Math.abs(added)).toBeLessThanOrEqual(0.5);
    for (const [i, value] of data.entries()) expect(value).toBeCloseTo(images().data[i] + added, 5);
  });

  it('covers squares that lie in the image at least in part', () => {
    for (let seed = 0; seed < 50; seed++) {
      const { data } = augmentation({ cutout: { size: 3, value: -1 } }).apply(images(), new Random(seed));
      const covered = data.filter((value) => value === -1).length;
      expect(covered).toBeGreaterThanOrEqual(4 * 3);
      expect(covered).toBeLessThanOrEqual(9 * 3);
    }
  });

  it('shows `fill` where the image does not reach', () => {
    const { data } = augmentation({ scale: [0.25, 0.25], fill: 7 }).apply(images(), new Random(1));
    expect(data[0]).toBe(7);
    expect(data.filter((value) => value !== 7).length).toBeGreaterThan(0);
  });

  it('refuses amounts and tensors that make no sense, naming them', () => {
    expect(() => augmentation({ rotate: -1 })).toThrow('rotate must be a number from 0 on; got -1');
    expect(() => augmentation({ shift: [1, -2] })).toThrow('shift');
    expect(() => augmentation({ scale: [1.2, 0.8] })).toThrow('scale');
    expect(() => augmentation({ elastic: { strength: 1, smoothness: 0 } })).toThrow('elastic.smoothness');
    expect(() => augmentation({ cutout: { size: 1.5 } })).toThrow('cutout.size');
    expect(() => augmentation({}).apply(tensor(new Float32Array(4), [2, 2]), new Random(1))).toThrow('[N, H, W, C]');
    expect(() => augmentation({ crop: [9, 6] }).apply(images(), new Random(1))).toThrow("8x6 can't be cropped to 9x6");
  });
});

describe('places', () => {
  const size = { height: 5, width: 7 };
  const still = { angle: 0, scale: 1, shift: [0, 0], mirrored: [false, false] } as const;

  it('turn around the centre: a quarter brings the right to the top', () => {
    const { x, y } = affinePlaces(
      { height: 5, width: 5 },
      { height: 5, width: 5, top: 0, left: 0 },
      { ...still, angle: Math.PI / 2 },
    );
    expect([x[2], y[2]].map((value) => Math.round(value * 1e4) / 1e4)).toEqual([4, 2]);
  });

  it('shift to the right and down shows what was left and above', () => {
    const { x, y } = affinePlaces(size, { ...size, top: 0, left: 0 }, { ...still, shift: [2, 1] });
    expect([x[0], y[0], x[8], y[8]]).toEqual([-2, -1, -1, 0]);
  });

  it('an elastic field has mean about 0, neighbours alike, and the size that its strength gives', () => {
    const [height, width] = [64, 64];
    const places = affinePlaces({ height, width }, { height, width, top: 0, left: 0 }, still);
    const before = places.x.slice();
    distort(places, [height, width], 34, 4, new Random(1));
    const moved = places.x.map((value, i) => value - before[i]);
    const mean = moved.reduce((a, b) => a + b) / moved.length;
    const deviation = Math.sqrt(moved.reduce((sum, value) => sum + value * value, 0) / moved.length);
    // A Gaussian of deviation s averages white noise of variance 1/3 down to 1 / (3 * 4 pi s^2).
    const expected = 34 * Math.sqrt(1 / (3 * 4 * Math.PI * 16));
    expect(Math.abs(mean)).toBeLessThan(deviation);
    expect(deviation).toBeGreaterThan(0.6 * expected);
    expect(deviation).toBeLessThan(1.4 * expected);
    const steps = moved.slice(1, 64).map((value, i) => Math.abs(value - moved[i]));
    expect(Math.max(...steps)).toBeLessThan(deviation);
  });
});

describe('mixup', () => {
  it('blends inputs and targets with the same shares', () => {
    const inputs = tensor(Float32Array.of(0, 1, 2, 3), [4, 1]);
    const labels = tensor(Int32Array.of(0, 1, 2, 3), [4]);
    const mixed = mixup(inputs, labels, { alpha: 1, classes: 4 }, new Random(1));
    for (let example = 0; example < 4; example++) {
      const row = mixed.targets.data.subarray(4 * example, 4 * example + 4);
      expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
      // The input is its own label, so the blended input is the mean label.
      expect(row.reduce((sum, share, label) => sum + share * label, 0)).toBeCloseTo(mixed.inputs.data[example], 5);
    }
    expect(mixup(inputs, labels, { alpha: 0, classes: 4 }, new Random(1)).inputs.data).toEqual(inputs.data);
    const again = mixup(inputs, mixed.targets, { alpha: 0 }, new Random(1));
    expect(again.targets.data).toEqual(mixed.targets.data);
  });

  it('refuses labels out of range, naming the example', () => {
    const inputs = tensor(new Float32Array(2), [2, 1]);
    const labels = tensor(Int32Array.of(1, 4), [2]);
    expect(() => mixup(inputs, labels, { alpha: 0.5, classes: 4 }, new Random(1))).toThrow('example 1 has label 4');
    expect(() => mixup(inputs, labels, { alpha: 2, classes: 4 }, new Random(1))).toThrow('alpha');
    expect(() => mixup(tensor(new Float32Array(3), [3, 1]), labels, { alpha: 1 }, new Random(1))).toThrow(
      'a target for each',
    );
  });
});

it('normalises each channel to mean 0 and deviation 1', () => {
  const statistics = channelStatistics(images(5));
  const again = channelStatistics(normalize(images(5), statistics));
  for (const mean of again.mean) expect(mean).toBeCloseTo(0, 5);
  for (const deviation of again.deviation) expect(deviation).toBeCloseTo(1, 5);
  const constant = tensor(new Float32Array(8).fill(3), [1, 2, 4, 1]);
  expect(normalize(constant, channelStatistics(constant)).data).toEqual(new Float32Array(8));
  expect(() => normalize(images(), { mean: [0], deviation: [1] })).toThrow('statistics of 1 channels');
});

it('previews a batch as one picture', () => {
  const picture = preview(tensor(Float32Array.of(0, 0.5, 1, 2), [2, 1, 2, 1]), { columns: 1 });
  expect(picture).toMatchObject({ width: 2, height: 2 });
  expect([...picture.data]).toEqual([0, 0, 0, 255, 128, 128, 128, 255, 255, 255, 255, 255, 255, 255, 255, 255]);
  expect(() => preview(tensor(new Float32Array(4), [1, 2, 1, 2]))).toThrow('[N, H, W, 3]');
});
