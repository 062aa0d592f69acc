// Jest as README says: `NODE_OPTIONS=--experimental-vm-modules npx jest`.

import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { tensorTests } from './tensors.mjs';

tensorTests({ describe, expect, test, beforeAll, afterEach, timers: jest });
