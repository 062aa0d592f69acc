// Whether this core works for us alone. Where its other hardware thread runs something too, which no clock and no load
// average of a virtual machine tells, both get about half of its instructions: a kernel that issues five a cycle falls to
// two thirds, while a loop of multiply-adds, two a cycle, hardly slows down. What was measured then is no share of a peak.

/** Turns of the probe: some 15 microseconds on a core of its own. */
const PROBE_TURNS = 10_000;
/** The probe warms up for so many calls. */
const WARM_UP = 1000;
/** A core is ours when the probe takes at most this many times its best time. */
const TOLERANCE = 1.1;
/** Coarsest clock, in milliseconds, that tells. */
const FINE_CLOCK = 0.001;

let best = Number.POSITIVE_INFINITY;
let isBlind: boolean | undefined;
/** What the last probe computed: the next one begins with it, so that none is left out. */
let last = 1;

/** Whether the core works for us alone right now; always true where the clock is too coarse to tell. */
export function isCoreOurs(): boolean {
  if (isBlind === undefined) {
    isBlind = clockStep() > FINE_CLOCK;
    for (let i = 0; i < WARM_UP && !isBlind; i++) best = Math.min(best, probe());
  }
  if (isBlind) return true;
  const time = probe();
  best = Math.min(best, time);
  return time <= TOLERANCE * best;
}

/** Milliseconds that as many instructions as a core can issue take: eight sums that don't wait for each other. */
function probe(): number {
  const start = performance.now();
  let [a, b, c, d, e, f, g, h] = [last, 2, 3, 4, 5, 6, 7, 8];
  for (let i = 0; i < PROBE_TURNS; i++) {
    a = (a + i) | 0;
    b ^= i;
    c = (c - i) | 0;
    d = (d + i) | 0;
    e ^= i;
    f = (f - i) | 0;
    g = (g + i) | 0;
    h ^= i;
  }
  last = a ^ b ^ c ^ d ^ e ^ f ^ g ^ h;
  return performance.now() - start;
}

/** The least difference of two readings of the clock, in milliseconds. */
function clockStep(): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 100; i++) {
    const start = performance.now();
    let now = start;
    while (now === start) now = performance.now();
    least = Math.min(least, now - start);
  }
  return least;
}
