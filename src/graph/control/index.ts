// What takes other nodes' places, or is computed between two stretches of a program, by the names of its operators.

import type { Control } from '../graph.js';
import { branches } from './branches.js';
import { loop, scan } from './loops.js';
import { compress, nonZero, unique } from './selection.js';

export const controls: Readonly<Record<string, Control>> = { if: branches, loop, scan, nonZero, compress, unique };
