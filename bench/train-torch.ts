// Training steps of PyTorch, where a Python that has it is there: Debian's python3-torch, or what the environment variable
// PYTHON names. Steps of both are measured in turns, by time of the CPU, which what else the machine runs hardly moves.

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Turns, and steps in each of them; the first turn warms up. */
const TURNS = 9;
const STEPS = { lenet5: 60, resnet18: 5 };

export type TorchNetwork = keyof typeof STEPS;

export interface TorchComparison {
  readonly version: string;
  /** Seconds of a step: medians over the turns of the fastest step of each. */
  readonly ours: number;
  readonly theirs: number;
  /** The median of the turns' ratios. */
  readonly ratio: number;
}

/** Measures `step` against PyTorch's of the same network; undefined where there is no PyTorch. */
export async function compareWithTorch(network: TorchNetwork, step: () => void): Promise<TorchComparison | undefined> {
  const script = fileURLToPath(new URL('../train-torch.py', import.meta.url));
  const child = spawn(process.env.PYTHON ?? '/usr/bin/python3', [script], { stdio: ['pipe', 'pipe', 'ignore'] });
  const absent = new Promise<undefined>((resolve) => child.once('error', () => resolve(undefined)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => (await Promise.race([lines.next(), absent]))?.value as string | undefined;
  try {
    const version = await next();
    return version === undefined ? undefined : { version, ...(await takeTurns(child, next, network, step)) };
  } finally {
    child.kill();
  }
}

async function takeTurns(
  child: ChildProcess,
  next: () => Promise<string | undefined>,
  network: TorchNetwork,
  step: () => void,
) {
  const turns: { ours: number; theirs: number }[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    let [ours, theirs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let i = 0; i < STEPS[network]; i++) {
      const before = process.cpuUsage();
      step();
      const { user, system } = process.cpuUsage(before);
      ours = Math.min(ours, (user + system) / 1e6);
    }
    for (let i = 0; i < STEPS[network]; i++) {
      child.stdin!.write(`${network}\n`);
      theirs = Math.min(theirs, Number(await next()));
    }
    if (turn > 0) turns.push({ ours, theirs });
  }
  const middle = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1];
  return {
    ours: middle(turns.map(({ ours }) => ours)),
    theirs: middle(turns.map(({ theirs }) => theirs)),
    ratio: middle(turns.map(({ ours, theirs }) => ours / theirs)),
  };
}
