// How threads share the steps of a plan.

import { expect, test } from 'vitest';
import { ALONE, OPEN } from '../../src/layouts.generated.js';
import type { Plan, PlannedNode, Step } from '../../src/plan/plan.js';
import { schedule } from '../../src/plan/schedule.js';

const BIG = 10_000_000;

/** A plan of steps `[kernel, node]`, and of nodes by their multiply-adds. */
function planOf(costs: readonly number[], steps: readonly (readonly [Step['kernel'], number])[]): Plan {
  const nodes = costs.map((cost) => ({ cost, bytes: 0 }) as PlannedNode);
  return {
    nodes,
    steps: steps.map(([kernel, node]) => ({ kernel, args: {}, node })),
    tables: [],
    slots: [],
    arenaBytes: 0,
    inputs: [],
    outputs: [],
  };
}

function sharing(plan: Plan): (number | undefined)[] {
  return schedule(plan).steps.map((step) => step.sharing);
}

test('big steps are shared, and all wait behind each', () => {
  const steps = [
    ['f32_conv', 0],
    ['f32_conv', 1],
  ] as const;
  expect(sharing(planOf([BIG, BIG], steps))).toEqual([0, 0]);
});

test('small steps are one thread’s, and nobody waits between them', () => {
  const steps = [
    ['f32_conv', 0],
    ['copy_4', 1],
    ['f32_unary', 2],
    ['f32_conv', 3],
    ['f32_softmax', 4],
  ] as const;
  expect(sharing(planOf([BIG, 10, 10, BIG, 10], steps))).toEqual([0, ALONE + OPEN, ALONE, 0, ALONE]);
});

test('a halo is cleared while others begin to write inside it, but not while the next node does', () => {
  const steps = [
    ['clear_halo', 0],
    ['f32_conv', 0],
    ['clear_halo', 1],
    ['f32_conv', 2],
  ] as const;
  expect(sharing(planOf([BIG, BIG, BIG], steps))).toEqual([OPEN, 0, 0, 0]);
});

test('a small network is one thread’s altogether', () => {
  const steps = [
    ['f32_conv', 0],
    ['f32_conv', 1],
  ] as const;
  expect(sharing(planOf([200_000, 200_000], steps))).toEqual([ALONE + OPEN, ALONE]);
});
