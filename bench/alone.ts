// Whether this core works for us alone. Where its other hardware thread runs something too, which no load average of a
// virtual machine tells, both get about half of its instructions: a kernel that issues five a cycle falls to two thirds,
// while a loop of multiply-adds, two a cycle, hardly slows down. What was measured then is no share of a peak.

/** Turns of the probe's loop: some 10 microseconds on a core of its own. */
const TURNS = 10_000;
/** The probe warms up for so many calls. */
const WARM_UP = 1000;
/** A core is ours when the probe takes at most this many times its best time. */
const TOLERANCE = 1.25;
/** The core counts as ours for a while after so many looks in a row that found it ours, a millisecond between them. */
const LOOKS = 25;
/** Coarsest clock, in milliseconds, that tells: a fraction of the probe's time. */
const FINE_CLOCK = 0.001;

const [ADD, SUB, XOR] = [0x6a, 0x6b, 0x73];
/** What a turn does to each of its sums: none waits for another, and no compiler makes one of two. */
const turn = [ADD, XOR, SUB, ADD, XOR, SUB, ADD, XOR].flatMap((operation, index) => {
  return [0x20, index + 1, 0x20, 0, operation, 0x21, index + 1]; // sum = operation(sum, turns)
});
const body = [
  ...[0x01, 8, 0x7f], // locals: eight sums of type i32
  ...[0x03, 0x40, ...turn, 0x20, 0, 0x41, 1, SUB, 0x22, 0, 0x0d, 0, 0x0b], // loop: a turn, turns - 1, until that is 0
  ...[0x20, 1, ...[2, 3, 4, 5, 6, 7, 8].flatMap((index) => [0x20, index, XOR]), 0x0b], // the sums, as one number
];
// As many instructions as a core can issue, in WebAssembly: what JavaScript becomes depends on where it is called.
const module = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // "\0asm", version 1
  ...[0x01, 0x06, 0x01, 0x60, 0x01, 0x7f, 0x01, 0x7f], // types: (func (param i32) (result i32))
  ...[0x03, 0x02, 0x01, 0x00], // functions: one, of type 0
  ...[0x07, 0x07, 0x01, 0x03, 0x72, 0x75, 0x6e, 0x00, 0x00], // exports: "run", function 0
  ...[0x0a, body.length + 2, 0x01, body.length, ...body], // code: one body
]);

type Run = (turns: number) => number;

/** The probe; false where the clock is too coarse for it. */
let run: Run | false | undefined;
let best = Number.POSITIVE_INFINITY;

/** Whether the core works for us alone right now; always true where the clock is too coarse to tell. */
export function isCoreOurs(): boolean {
  run ??= clockStep() <= FINE_CLOCK && warmRun();
  if (!run) return true;
  const time = probe(run);
  best = Math.min(best, time);
  return time <= TOLERANCE * best;
}

/** Waits until the core works for us alone, at most `patience` milliseconds; returns how long that took. */
export async function waitUntilAlone(patience: number): Promise<number> {
  const start = performance.now();
  for (let looks = 0; looks < LOOKS && performance.now() - start < patience; ) {
    looks = isCoreOurs() ? looks + 1 : 0;
    if (!run) break;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return performance.now() - start;
}

function warmRun(): Run {
  const run = new WebAssembly.Instance(new WebAssembly.Module(module)).exports.run as Run;
  for (let i = 0; i < WARM_UP; i++) best = Math.min(best, probe(run));
  return run;
}

/** Milliseconds that the probe takes. */
function probe(run: Run): number {
  const start = performance.now();
  run(TURNS);
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
