// Measures on an engine of the terminal and prints what it found as one line of JSON.

import { platform } from '#platform';
import { hasRelaxedSimd } from '../../src/runtime/features.js';
import { measureShares } from './shares.js';

const variant = hasRelaxedSimd() ? 'relaxed' : 'strict';
console.log(JSON.stringify(await measureShares(await platform.compile(variant), variant, process.argv[2])));
