// quadlane profile: where the time of a run goes.

import { modelAt, writeAt } from './files.js';
import { inputsFor } from './inputs.js';

export interface ProfileOptions {
  readonly dim: readonly string[];
  readonly input: readonly string[];
  readonly threads: string;
  readonly trace?: string;
}

/** The table; the Chrome trace goes to the file `trace`. */
export async function profile(path: string, { dim, input, threads, trace }: ProfileOptions): Promise<string> {
  using model = await modelAt(path, threads);
  const found = await model.profile(inputsFor(model, dim, input));
  if (trace !== undefined) writeAt(trace, found.trace());
  return `${found}\n`;
}
