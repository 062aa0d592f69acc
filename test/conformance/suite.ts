// All cases of a folder with every binary that the engine accepts.

import { hasRelaxedSimd } from '../../src/runtime/features.js';
import { type Case, listCases, runCase } from './case.js';
import { reasonOf } from './exceptions.js';
import { runNetwork } from './network.js';
import type { Entry } from './report.js';

const binaries = hasRelaxedSimd() ? ['strict', 'relaxed'] : ['strict'];

/** Runs the cases that `wanted` accepts; `ready()` must have been awaited. */
export function runSuite(folder: string, wanted: (test: Case) => boolean = () => true): Entry[] {
  const cases = listCases(folder).filter(wanted);
  return cases.flatMap((test) =>
    binaries.map((binary) => {
      const run = test.op === 'Network' ? runNetwork : runCase;
      const outcome = run(folder, test, binary === 'strict');
      const reason = reasonOf(folder, test, outcome);
      return { binary, outcome, ...(reason !== undefined && { reason }) };
    }),
  );
}
