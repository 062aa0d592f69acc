// Many seeds, each tried in a child process under a watchdog: a case that hangs or ends the process is named by its seed
// like one that fails, and the others go on.

import { fork } from 'node:child_process';
import { mkdirSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** What a seed has brought to light. */
export interface Finding {
  readonly seed: number;
  /** One for all findings of one cause, as far as can be told. */
  readonly cause: string;
  readonly text: string;
  /** What reproduces it, by the names of files. */
  readonly files?: Readonly<Record<string, string>>;
}

/** What one seed's case was: words that are counted, and what is wrong. */
export interface Outcome {
  readonly counts: readonly string[];
  readonly findings: readonly Finding[];
}

export interface Fuzzer {
  /** As `npm run` knows it. */
  readonly name: string;
  /** Seeds that one child tries before another takes over. */
  readonly batch: number;
  readonly kinds: readonly string[];
  /** @param kind one of `kinds`, or undefined for any */
  start(kind: string | undefined): Promise<(seed: number) => Outcome | Promise<Outcome>>;
}

interface Task {
  readonly kind: string | undefined;
  readonly first: number;
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly until: number;
}

interface Report {
  readonly counts: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
}

/** Without a sign of life for so long a child hangs. */
const SILENCE_MS = 15_000;
/** Where a child writes the seed that it is about to try. */
const PROGRESS = 4;
/** Findings of one cause that are printed. */
const MOST_ALIKE = 2;
const CHILD = '--child-of-fuzzer';
const SEEDS = 2 ** 32;

/** Runs a fuzzer's command line, as its parent or as its child. */
export async function main(fuzzer: Fuzzer): Promise<void> {
  if (process.argv.includes(CHILD)) await obey(fuzzer);
  else await command(fuzzer);
}

async function obey({ start }: Fuzzer): Promise<void> {
  const task = JSON.parse(process.argv.at(-1)!) as Task;
  const attempt = await start(task.kind);
  const progress = new Uint32Array(1);
  let counts: Record<string, number> = {};
  let findings: Finding[] = [];
  let told = Date.now();
  const tell = (): Promise<void> =>
    new Promise((resolve) => {
      process.send!({ counts, findings } satisfies Report, () => resolve());
      counts = {};
      findings = [];
      told = Date.now();
    });
  for (let index = 0; index < task.count && Date.now() < task.until; index++) {
    const seed = (task.first + index) % SEEDS;
    progress[0] = seed;
    writeSync(PROGRESS, progress);
    const outcome = await attempt(seed);
    for (const word of ['tried', ...outcome.counts]) counts[word] = (counts[word] ?? 0) + 1;
    findings.push(...outcome.findings);
    if (outcome.findings.length > 0 || Date.now() - told > 500) await tell();
  }
  await tell();
  process.disconnect();
}

async function command(fuzzer: Fuzzer): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      seconds: { type: 'string' },
      count: { type: 'string' },
      only: { type: 'string' },
      jobs: { type: 'string', default: '1' },
      save: { type: 'string' },
    },
  });
  const whole = (name: 'seed' | 'seconds' | 'count' | 'jobs', otherwise: number): number => {
    const number = values[name] === undefined ? otherwise : Number(values[name]);
    if (Number.isSafeInteger(number) && number >= 0) return number;
    throw new Error(`--${name} takes a whole number, not ${values[name]}`);
  };
  const { only } = values;
  if (only !== undefined && !fuzzer.kinds.includes(only)) {
    throw new Error(`--only takes one of ${fuzzer.kinds.join(', ')}, not ${only}`);
  }
  const seed = whole('seed', Date.now() % SEEDS) % SEEDS;
  const isOne = values.seed !== undefined && values.count === undefined && values.seconds === undefined;
  const count = isOne ? 1 : whole('count', Number.MAX_SAFE_INTEGER);
  const seconds = whole('seconds', count === Number.MAX_SAFE_INTEGER ? 60 : 1e6);
  console.log(`seed ${seed}: npm run ${fuzzer.name} -- --seed N repeats one`);
  const run = new Run(fuzzer, only, seed, count, Date.now() + 1000 * seconds, values.save);
  await Promise.all(Array.from({ length: whole('jobs', 1) }, () => run.work()));
  run.report();
}

/** All the batches of one call. */
class Run {
  private next = 0;
  private readonly counts = new Map<string, number>();
  private readonly findings: Finding[] = [];
  private readonly began = Date.now();

  constructor(
    private readonly fuzzer: Fuzzer,
    private readonly kind: string | undefined,
    private readonly seed: number,
    private readonly count: number,
    private readonly until: number,
    private readonly folder: string | undefined,
  ) {}

  /** Starts one child after the other until all is done. */
  async work(): Promise<void> {
    while (this.next < this.count && Date.now() < this.until) {
      const first = this.next;
      const end = Math.min(this.count, first + this.fuzzer.batch);
      this.next = end;
      for (let at = first; at < end && Date.now() < this.until; ) at = await this.batch(at, end);
    }
  }

  report(): void {
    const seconds = (Date.now() - this.began) / 1000;
    const tried = this.counts.get('tried') ?? 0;
    console.log(`${tried} tried from seed ${this.seed} on, ${(tried / seconds).toFixed(0)} a second`);
    for (const [word, count] of [...this.counts].sort(([, a], [, b]) => b - a)) {
      if (word !== 'tried') console.log(`${String(count).padStart(9)}  ${word}`);
    }
    const causes = new Map<string, number>();
    for (const { cause } of this.findings) causes.set(cause, (causes.get(cause) ?? 0) + 1);
    for (const [cause, count] of causes) console.log(`FOUND ${count} x ${cause}`);
    // What .ci/run adds up.
    console.log(`${tried - this.findings.length} passed, ${this.findings.length} failed`);
    if (causes.size > 0 || tried === 0) process.exitCode = 1;
  }

  /**
   * Lets a child try from `first` to before `end`.
   * @returns where to go on
   */
  private batch(first: number, end: number): Promise<number> {
    const task: Task = { kind: this.kind, first: this.seed + first, count: end - first, until: this.until };
    const child = fork(process.argv[1], [CHILD, JSON.stringify(task)], {
      execArgv: [...process.execArgv, '--stack-trace-limit=30'],
      stdio: ['ignore', 'inherit', 'pipe', 'ipc', 'pipe'],
    });
    const trouble: Buffer[] = [];
    child.stderr!.on('data', (bytes: Buffer) => trouble.push(bytes));
    const last = { seed: undefined as number | undefined, at: Date.now() + SILENCE_MS };
    child.stdio[PROGRESS]!.on('data', (bytes: Buffer) => {
      if (bytes.length >= 4) last.seed = bytes.readUInt32LE(bytes.length - 4);
      last.at = Date.now();
    });
    let hangs = false;
    const watchdog = setInterval(() => {
      hangs = Date.now() - last.at > SILENCE_MS;
      if (hangs) child.kill('SIGKILL');
    }, 500);
    child.on('message', ({ counts, findings }: Report) => {
      for (const [word, count] of Object.entries(counts)) this.counts.set(word, (this.counts.get(word) ?? 0) + count);
      for (const finding of findings) this.found(finding);
    });
    return new Promise((resolve) => {
      child.on('close', (code, signal) => {
        clearInterval(watchdog);
        if (code === 0) resolve(end);
        else if (last.seed === undefined) {
          throw new Error(`the fuzzer can't start: ${Buffer.concat(trouble).toString().slice(-2000)}`);
        } else {
          const cause = hangs ? 'hangs' : `ends the process (${signal ?? code})`;
          const text = `${cause}: ${Buffer.concat(trouble).toString().slice(-1500)}`;
          this.counts.set('tried', (this.counts.get('tried') ?? 0) + 1);
          this.found({ seed: last.seed, cause, text });
          resolve(((last.seed - this.seed + SEEDS) % SEEDS) + 1);
        }
      });
    });
  }

  private found(finding: Finding): void {
    const alike = this.findings.filter(({ cause }) => cause === finding.cause).length;
    this.findings.push(finding);
    if (alike >= MOST_ALIKE) return;
    const only = this.kind ? ` --only ${this.kind}` : '';
    console.log(`\n--- npm run ${this.fuzzer.name} -- --seed ${finding.seed}${only}\n${finding.text}`);
    const folder = this.folder ?? fileURLToPath(new URL('../../test/dist/found', import.meta.url));
    mkdirSync(folder, { recursive: true });
    for (const [name, content] of Object.entries(finding.files ?? {})) {
      const path = join(folder, `${finding.seed}-${name}`);
      writeFileSync(path, Buffer.from(content, 'base64'));
      console.log(`saved ${path}`);
    }
  }
}
