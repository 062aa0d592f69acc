import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { tensorTests } from './tensors.mjs';

tensorTests({ describe, expect, test, beforeAll, afterEach, timers: vi });
