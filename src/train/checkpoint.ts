// Where a training stands, as the bytes of a .safetensors file: with them it goes on as if it had never stopped.

import { QuadlaneError } from '../errors.js';
import { readHeader } from '../formats/safetensors/header.js';
import { readSafetensors } from '../formats/safetensors/reader.js';
import { writeSafetensors } from '../formats/safetensors/writer.js';
import { numberIn } from '../options.js';
import { shown } from '../printable.js';
import { bytesIn, type Tensor } from '../tensor.js';
import type { BestEpoch } from './earlyStopping.js';
import { checkState, type TrainerState } from './state.js';

/** What `fit` goes on from. */
export interface Checkpoint {
  /** Epochs done. */
  readonly epoch: number;
  readonly trainer: TrainerState;
  /** What the learning-rate schedule has observed. */
  readonly schedule?: Readonly<Record<string, number>>;
  readonly best?: BestEpoch;
}

const KEY = 'quadlane.checkpoint';
const BEST = 'best:';

/** The bytes of a file that `readCheckpoint` reads back bit for bit. */
export function writeCheckpoint({ epoch, trainer, schedule, best }: Checkpoint): Uint8Array {
  const tensors = new Map(trainer.tensors);
  for (const [name, tensor] of best?.state?.tensors ?? []) tensors.set(BEST + name, tensor);
  const place = ({ step, learningRate, optimizer }: TrainerState) => ({ step, learningRate, optimizer });
  const numbers = {
    epoch,
    trainer: place(trainer),
    schedule: schedule && entriesOf(schedule),
    best: best && { value: String(best.value), bad: best.bad, state: best.state && place(best.state) },
  };
  return writeSafetensors(tensors, { [KEY]: JSON.stringify(numbers) });
}

/**
 * What `writeCheckpoint` has written, each field checked.
 * @throws QuadlaneError `ARGUMENT` for what aren't bytes, `FORMAT` for bytes that are no checkpoint, or a damaged one
 */
export function readCheckpoint(bytes: ArrayBuffer | Uint8Array): Checkpoint {
  const all = readSafetensors(bytes);
  const text = readHeader(bytesIn(bytes)!).metadata.get(KEY);
  if (text === undefined) {
    throw new QuadlaneError('FORMAT', 'this file holds no checkpoint: give the bytes that progress.checkpoint() made');
  }
  const [own, others] = [false, true].map(
    (ofBest) => new Map([...all].filter(([name]) => name.startsWith(BEST) === ofBest)),
  );
  const bestTensors = new Map([...others].map(([name, tensor]) => [name.slice(BEST.length), tensor]));
  try {
    const { epoch, trainer, schedule, best } = JSON.parse(text);
    return {
      epoch: numberIn('epoch', epoch, { from: 1, whole: true }),
      trainer: checkState('trainer', { ...trainer, tensors: own }),
      ...(schedule !== undefined && { schedule: numbersIn(schedule) }),
      ...(best !== undefined && { best: bestOf(best, bestTensors) }),
    };
  } catch (cause) {
    throw new QuadlaneError(
      'FORMAT',
      `the checkpoint is damaged: ${(cause as Error).message}; give the bytes that progress.checkpoint() made`,
      { cause },
    );
  }
}

function bestOf(best: Record<string, never> | null, tensors: ReadonlyMap<string, Tensor>): BestEpoch {
  const { value, bad, state } = best ?? ({} as Record<string, never>);
  return {
    value: numberOf(value),
    bad: numberIn('best.bad', bad, { from: 0, whole: true }),
    ...(state !== undefined && { state: checkState('best.state', { ...(state as TrainerState), tensors }) }),
  };
}

/** Numbers as text: JSON has no infinity, which is what nothing observed yet compares with. */
function entriesOf(numbers: Readonly<Record<string, number>>): [string, string][] {
  return Object.entries(numbers).map(([name, value]) => [name, String(value)]);
}

function numbersIn(entries: [string, string][]): Record<string, number> {
  if (
    !Array.isArray(entries) ||
    !entries.every((entry) => Array.isArray(entry) && entry.length === 2 && typeof entry[0] === 'string')
  ) {
    throw new QuadlaneError('FORMAT', 'schedule must be a list of names and numbers');
  }
  return Object.fromEntries(entries.map(([name, value]) => [name, numberOf(value)]));
}

function numberOf(text: string): number {
  const value = typeof text === 'string' ? Number(text) : Number.NaN;
  if (String(value) === text) return value;
  throw new QuadlaneError('FORMAT', `${shown(text)} is no number`);
}
