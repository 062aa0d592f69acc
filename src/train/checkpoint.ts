// Where a training stands, as the bytes of a .safetensors file: with them it goes on as if it had never stopped.

import { QuadlaneError } from '../errors.js';
import { readHeader } from '../formats/safetensors/header.js';
import { readSafetensors } from '../formats/safetensors/reader.js';
import { writeSafetensors } from '../formats/safetensors/writer.js';
import type { BestEpoch } from './earlyStopping.js';
import type { TrainerState } from './state.js';

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
  const place = ({ step, learningRate }: TrainerState) => ({ step, learningRate });
  const numbers = {
    epoch,
    trainer: place(trainer),
    schedule: schedule && entriesOf(schedule),
    best: best && { value: String(best.value), bad: best.bad, state: best.state && place(best.state) },
  };
  return writeSafetensors(tensors, { [KEY]: JSON.stringify(numbers) });
}

/** @throws QuadlaneError `FORMAT` for bytes that are no checkpoint, or a damaged one */
export function readCheckpoint(bytes: Uint8Array): Checkpoint {
  const text = readHeader(bytes).metadata.get(KEY);
  if (text === undefined) {
    throw new QuadlaneError('FORMAT', 'this file holds no checkpoint: give the bytes that progress.checkpoint() made');
  }
  const all = readSafetensors(bytes);
  const own = new Map([...all].filter(([name]) => !name.startsWith(BEST)));
  const others = [...all].filter(([name]) => name.startsWith(BEST));
  try {
    const { epoch, trainer, schedule, best } = JSON.parse(text);
    return {
      epoch,
      trainer: { ...trainer, tensors: own },
      ...(schedule && {
        schedule: Object.fromEntries(schedule.map(([name, value]: string[]) => [name, Number(value)])),
      }),
      ...(best && {
        best: {
          value: Number(best.value),
          bad: best.bad,
          ...(best.state && {
            state: {
              ...best.state,
              tensors: new Map(others.map(([name, tensor]) => [name.slice(BEST.length), tensor])),
            },
          }),
        },
      }),
    };
  } catch (cause) {
    throw new QuadlaneError('FORMAT', 'the checkpoint is damaged: its metadata is no JSON of quadlane', { cause });
  }
}

/** Numbers as text: JSON has no infinity, which is what nothing observed yet compares with. */
function entriesOf(numbers: Readonly<Record<string, number>>): [string, string][] {
  return Object.entries(numbers).map(([name, value]) => [name, String(value)]);
}
