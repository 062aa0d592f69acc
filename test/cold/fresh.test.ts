// The runner itself: instances share nothing, and nothing that goes wrong in one goes unnoticed or touches the next.

import { expect, test } from 'vitest';
import { fresh } from './fresh.js';

const count = () => fresh<number>('trouble.mjs', 'count');

test('every task has an instance of its own', async () => {
  const counts = await Promise.all(Array.from({ length: 150 }, count));
  expect(new Set(counts)).toEqual(new Set([1]));
});

test.each([
  ['fail', 'as it should'],
  ['hang', 'no answer within 500 ms'],
  ['leave', 'its worker ended (3)'],
  ['nothing', 'is not a function'],
])('%s is told, and the next task is fine', async (task, message) => {
  await expect(fresh('trouble.mjs', task, [], { timeout: 500 })).rejects.toThrow(message);
  expect(await count()).toBe(1);
});
