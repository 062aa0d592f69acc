// Graphs of tests are written in everything there is, unless they say otherwise.

import type { Dialect, Graph } from '../../src/graph/graph.js';
import { training } from '../../src/train/dialect.js';

/** Every operator and every pass. */
export const everything: Dialect = training;

/** A graph that may leave its dialect open. */
export type Written = Omit<Graph, 'dialect'> & Partial<Graph>;

/** `graph` in its own dialect, or in everything. */
export const written = (graph: Written): Graph => ({ dialect: everything, ...graph });
