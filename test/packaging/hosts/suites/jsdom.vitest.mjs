// @vitest-environment jsdom

import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { tensorTests } from './tensors.mjs';

test('there is a page', () => {
  expect(document.createElement('p').tagName).toBe('P');
});

tensorTests({ describe, expect, test, beforeAll, afterEach, timers: vi });
