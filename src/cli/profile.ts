// quadlane profile: where the time of a run goes.

import { modelAt, refuseToOverwrite, writeAt } from './files.js';
import { inputsFor, sizesNote, withSizes } from './inputs.js';
import { note, pair, threadsIn } from './usage.js';

export interface ProfileOptions {
  readonly dim: readonly string[];
  readonly input: readonly string[];
  readonly threads: string;
  readonly trace?: string;
}

/** The table; the Chrome trace goes to the file `trace`. */
export async function profile(path: string, { dim, input, threads, trace }: ProfileOptions): Promise<string> {
  if (trace !== undefined) refuseToOverwrite(trace, [path, ...input.map((text) => pair('input', text)[1])]);
  using model = await modelAt(path, threadsIn(threads));
  const given = inputsFor(model, dim, input);
  const found = await withSizes(given, () => model.profile(given.inputs));
  if (trace !== undefined) writeAt(trace, found.trace());
  if (given.ones.length > 0) note(sizesNote(given.ones));
  return `${found}\n`;
}
