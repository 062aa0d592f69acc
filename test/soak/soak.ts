// npm run soak -- [--deaths N] [--rounds N] [--seed N] [--engine NAME]...: threads in the long run, on this Node and on the
// engines named (Node 20 is this one where it is; "Node 22", "Node 24", "Node 26", Bun; all). --deaths ends threads of so many
// models at random instants and at every step of a program: each call gives the right bits or says that a thread was lost, and
// none hangs. --rounds loads, runs and disposes ResNet-18 with two threads so many times: after 1, 100, 200 and 300 rounds
// resident memory is at most 1.5 times that of the first.

import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { install, programOf } from '../runtimes/installed.mjs';
import { dieOnce } from './deaths.js';
import { goRound } from './rounds.js';

/** A child that says nothing for so long hangs. */
const SILENCE_MS = 60_000;
const MOST_GROWTH = 1.5;
const MEGABYTE = 2 ** 20;

const { values } = parseArgs({
  options: {
    deaths: { type: 'string' },
    rounds: { type: 'string' },
    seed: { type: 'string' },
    engine: { type: 'string', multiple: true, default: [] as string[] },
    child: { type: 'boolean' },
  },
});
const [deaths, rounds] = [Number(values.deaths ?? 0), Number(values.rounds ?? 0)];
const seed = Number(values.seed ?? Date.now() % 2 ** 31);

if (values.child) await work();
else await command();

/** Does what the command line asks for, a line of JSON for each death and round. */
async function work(): Promise<void> {
  const tell = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
  for (let done = 0; done < deaths; done++) {
    tell({ seed: seed + done });
    tell({
      word: await dieOnce(seed + done).catch((error) => `FAILED at seed ${seed + done}: ${error.stack ?? error}`),
    });
  }
  await goRound(rounds, (round, resident) => tell({ round, resident }));
  process.exit(0);
}

/** What one engine has told. */
interface Told {
  readonly words: Map<string, number>;
  readonly resident: Map<number, number>;
  last: number | undefined;
  trouble: string;
  hangs: boolean;
}

function run(program: string, args: readonly string[]): Promise<Told> {
  const told: Told = { words: new Map(), resident: new Map(), last: undefined, trouble: '', hangs: false };
  const child = spawn(program, [process.argv[1], '--child', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let heard = Date.now();
  let rest = '';
  child.stdout.on('data', (bytes: Buffer) => {
    heard = Date.now();
    const lines = (rest + bytes).split('\n');
    rest = lines.pop()!;
    for (const line of lines.filter((text) => text.startsWith('{'))) {
      const { seed: begun, word, round, resident } = JSON.parse(line);
      if (begun !== undefined) told.last = begun;
      if (word !== undefined) told.words.set(word, (told.words.get(word) ?? 0) + 1);
      if (round !== undefined) told.resident.set(round, resident);
    }
  });
  child.stderr.on('data', (bytes: Buffer) => {
    told.trouble = (told.trouble + bytes).slice(-2000);
  });
  return new Promise((resolve) => {
    const watchdog = setInterval(() => {
      if (Date.now() - heard < SILENCE_MS) return;
      told.hangs = true;
      child.kill('SIGKILL');
    }, 1000);
    child.on('close', (code) => {
      clearInterval(watchdog);
      if (code === 0) told.trouble = '';
      else told.trouble ||= `exit code ${code}`;
      resolve(told);
    });
  });
}

async function command(): Promise<void> {
  const engines = values.engine.includes('all') ? ['this', 'Node 22', 'Node 24', 'Node 26', 'Bun'] : values.engine;
  if (engines.some((engine) => engine !== 'this')) install();
  console.log(`seed ${seed}`);
  let failed = deaths + rounds === 0;
  for (const engine of engines.length > 0 ? engines : ['this']) {
    const program = engine === 'this' ? process.execPath : programOf(engine);
    if (!program) {
      console.log(`${engine}: not installed`);
      continue;
    }
    const name = engine === 'this' ? `Node ${process.versions.node}` : engine;
    if (deaths > 0) failed = !(await soakDeaths(name, program)) || failed;
    if (rounds > 0) failed = !(await soakRounds(name, program)) || failed;
  }
  if (failed) process.exitCode = 1;
}

async function soakDeaths(name: string, program: string): Promise<boolean> {
  const words = new Map<string, number>();
  let hangs = 0;
  let trouble = '';
  for (let at = seed; at < seed + deaths; ) {
    const told = await run(program, ['--deaths', String(seed + deaths - at), '--seed', String(at)]);
    for (const [word, count] of told.words) words.set(word, (words.get(word) ?? 0) + count);
    if (told.trouble === '' && !told.hangs) break;
    if (told.hangs) hangs++;
    trouble = told.hangs ? `hangs at seed ${told.last}` : `at seed ${told.last}: ${told.trouble}`;
    console.log(`${name}: ${trouble}`);
    if (told.last === undefined) break;
    at = told.last + 1;
  }
  const dead = [...words].filter(([word]) => !/FAILED|nothing/.test(word)).reduce((sum, [, count]) => sum + count, 0);
  console.log(`${name}: ${dead} deaths, ${hangs} hangs`);
  for (const [word, count] of [...words].sort(([, a], [, b]) => b - a))
    console.log(`${String(count).padStart(7)}  ${word}`);
  return hangs === 0 && trouble === '' && dead > 0 && ![...words.keys()].some((word) => word.startsWith('FAILED'));
}

async function soakRounds(name: string, program: string): Promise<boolean> {
  const { resident, trouble, hangs } = await run(program, ['--rounds', String(rounds)]);
  const first = resident.get(1);
  if (first === undefined || trouble !== '' || hangs) {
    console.log(`${name}: ${hangs ? 'hangs' : trouble}`);
    return false;
  }
  const places = [1, 100, 200, 300, rounds].filter(
    (round, index, all) => round <= rounds && all.indexOf(round) === index,
  );
  const cells = places.map((round) => `${(resident.get(round)! / MEGABYTE).toFixed(0)} MB after ${round}`);
  const worst = Math.max(...places.map((round) => resident.get(round)! / first));
  console.log(`${name}: ${cells.join(', ')}; ${worst.toFixed(2)} times the first`);
  return worst <= MOST_GROWTH;
}
