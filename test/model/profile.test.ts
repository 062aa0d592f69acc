// What model.profile() tells: every step of the program, what it is, and times that add up.
import { describe, expect, it, vi } from 'vitest';
import { compile, conv2d, input, sequential } from '../../src/layers/index.js';
import { loadModel } from '../../src/model/load.js';
import { tensor } from '../../src/tensor.js';
import { digit, expectLogits, expectWorks, lenetBytes } from './lenet.js';

describe('profile of LeNet-5', async () => {
  const model = await loadModel(lenetBytes);
  const profile = await model.profile({ image: digit() }, { rounds: 5 });

  it('has a step for every kernel call, in order, with what the nodes are', () => {
    const kernels = profile.steps.map(({ kernel }) => kernel);
    expect(kernels.filter((kernel) => kernel === 'f32_conv')).toHaveLength(2);
    expect(kernels.filter((kernel) => kernel === 'f32_gemv')).toHaveLength(3);
    const [conv] = profile.steps.filter(({ kernel }) => kernel === 'f32_conv');
    expect(conv).toMatchObject({
      operator: 'conv + tanh',
      algorithm: 'direct convolution',
      inputs: [[1, 28, 28, 1], [6, 1, 5, 5], [6]],
      outputs: [[1, 28, 28, 6]],
    });
    expect(profile.steps.find(({ kernel }) => kernel === 'f32_gemv')!.algorithm).toBe('matrix-vector product');
  });

  it('has times whose shares sum to 1, and speeds where there are multiply-adds', () => {
    const shares = profile.steps.reduce((sum, { share }) => sum + share, 0);
    expect(shares).toBeCloseTo(1, 9);
    expect(profile.milliseconds).toBeGreaterThan(0);
    expect(profile.rounds).toBe(5);
    for (const { kernel, milliseconds, gflops, ofPeak } of profile.steps) {
      expect(milliseconds).toBeGreaterThanOrEqual(0);
      const computes = /^f32_(conv|gemv)/.test(kernel) && milliseconds > 0;
      if (!computes) continue;
      expect(gflops).toBeGreaterThan(0);
      expect(ofPeak).toBeCloseTo(gflops! / profile.peak, 9);
    }
  });

  it('prints a row a step and the whole', () => {
    const lines = String(profile).split('\n');
    expect(lines[0]).toMatch(/^node +operator +kernel +output +ms +share +GFLOP\/s +of peak$/);
    expect(lines).toHaveLength(profile.steps.length + 6);
    expect(lines.at(-3)).toMatch(/^total .* 100\.0 %$/);
  });

  it('writes a trace whose events follow one another', () => {
    const { traceEvents } = JSON.parse(profile.trace()) as { traceEvents: { ph: string; ts: number; dur: number }[] };
    const events = traceEvents.filter(({ ph }) => ph === 'X');
    expect(events).toHaveLength(profile.steps.length);
    events.slice(1).forEach(({ ts }, index) => {
      expect(ts).toBeCloseTo(events[index].ts + events[index].dur, 6);
    });
  });

  it('leaves the model as it was', () => {
    expectWorks(model);
    expectLogits(model.runSync({ image: digit(3) }).logits);
  });
});

it('names Winograd', async () => {
  const layers = [input([24, 24, 32]), conv2d({ filters: 64, kernelSize: 3, padding: 'same' })] as const;
  const model = await compile(sequential(layers));
  const profile = await model.profile(
    { input: tensor(new Float32Array(24 * 24 * 32), [1, 24, 24, 32]) },
    { rounds: 3 },
  );
  expect(profile.steps.map(({ algorithm }) => algorithm)).toContain('Winograd F(4x4, 3x3)');
});

it('refuses what run refuses', async () => {
  const model = await loadModel(lenetBytes);
  await expect(model.profile({})).rejects.toMatchObject({ code: 'INPUT' });
});

it('a clock that stands still, as that of Cloudflare Workers, is a HOST error', async () => {
  const model = await loadModel(lenetBytes);
  vi.useFakeTimers();
  try {
    await expect(model.profile({ image: digit() })).rejects.toMatchObject({
      code: 'HOST',
      message: expect.stringContaining('clock'),
    });
  } finally {
    vi.useRealTimers();
  }
});
