// How threads share the steps of a plan: small steps are done by one thread, and nobody waits where nothing is to be
// waited for.

import { ALONE, OPEN } from '../layouts.generated.js';
import type { Plan, Step } from './plan.js';

// Fitted to `npm run bench -- threads`.
/** A step that takes one thread about as long as threads take to meet isn't worth sharing. */
const SMALL_STEP = 8_000;
/** A network that takes about as long as it takes to wake a thread up isn't either. */
const SMALL_NETWORK = 100_000;
/** What one thread does in a nanosecond, roughly: multiply-adds, and bytes written. */
const MULTIPLY_ADDS = 16;
const BYTES = 4;

/** `plan` for several threads. */
export function schedule(plan: Plan): Plan {
  const nanoseconds = plan.nodes.map(({ cost, bytes }) => cost / MULTIPLY_ADDS + bytes / BYTES);
  const small = nanoseconds.reduce((sum, time) => sum + time, 0) < SMALL_NETWORK;
  const alone = nanoseconds.map((time) => small || time < SMALL_STEP);
  const steps = plan.steps.map((step, index): Step => {
    const next = plan.steps[index + 1];
    // What is written inside a halo doesn't depend on it, and what reads it comes a step later.
    const open =
      next && (alone[step.node] ? alone[next.node] : step.kernel === 'clear_halo' && next.node === step.node);
    return { ...step, sharing: (alone[step.node] ? ALONE : 0) + (open ? OPEN : 0) };
  });
  return { ...plan, steps };
}
