// What operators need before they can answer at once.

import { prepareBinaries, type ReadyOptions } from '../model/load.js';

/**
 * Prepares what operators on tensors and `compileSync` need; what reads files, for `loadModelSync`, comes with `ready` of
 * `quadlane` alone.
 * @throws QuadlaneError `HOST` where the binary can't be loaded, `ARGUMENT`
 */
export function ready(options?: ReadyOptions): Promise<void>;
export async function ready(): Promise<void> {
  // Without a parameter, as test runners want their hooks: `beforeAll(ready)`.
  // biome-ignore lint/complexity/noArguments: there is no parameter
  await prepareBinaries(arguments[0]);
}
