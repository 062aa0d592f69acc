/**
 * Jest's page: browsers' globals and quadlane's bundle for browsers, in Node.
 * @jest-environment jsdom
 */

import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { tensorTests } from './tensors.mjs';

test('there is a page', () => {
  expect(document.createElement('p').tagName).toBe('P');
});

tensorTests({ describe, expect, test, beforeAll, afterEach, timers: jest, threads: 1 });
