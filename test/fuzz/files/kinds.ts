// The kinds of files and command lines that are damaged: where sound ones come from, and what is done with damaged ones.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { answer } from '../../../src/cli/commands.js';
import { UsageError } from '../../../src/cli/usage.js';
import { valueAt } from '../../../src/cli/values.js';
import { dense, input, sequential } from '../../../src/layers/index.js';
import { loadModelSync } from '../../../src/model/load.js';
import { dtypes, tensor } from '../../../src/tensor.js';
import {
  createTrainer,
  losses,
  optimizers,
  readCheckpoint,
  schedules,
  type Trainer,
} from '../../../src/train/index.js';
import { Dice } from '../dice.js';
import { drawNetwork, fileOf } from '../networks/random.js';
import { drawArray, drawCommand, drawJson } from './arrays.js';
import { checkText, examineModel, Fault, judge, programFault } from './examine.js';
import { damageNative, type Native, parseNative } from './native.js';
import { damageOnnx, parseOnnx } from './onnx.js';
import type { Message } from './wire.js';

export interface Kind {
  /** The file of a seed, or what stands for it as text. */
  draw(dice: Dice): Uint8Array | Promise<Uint8Array>;
  /**
   * @returns words that tell how far it came
   * @throws Fault
   */
  examine(dice: Dice, file: Uint8Array): string[] | Promise<string[]>;
}

const fixtures = fileURLToPath(new URL('../../test/fixtures', import.meta.url));
/** Larger ones would take most of the time. */
const LARGEST = 60_000;

/** Sound ONNX files: fixtures, and as many random networks. */
class Corpus {
  private readonly paths = readdirSync(fixtures, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('model.onnx'))
    .sort();
  private readonly known = new Map<string, Message | undefined>();

  bytes(dice: Dice): Uint8Array {
    for (;;) {
      const bytes = dice.once(2)
        ? fileOf(drawNetwork(dice.integer(20_000)))
        : readFileSync(join(fixtures, dice.any(this.paths)));
      if (bytes.length <= LARGEST) return new Uint8Array(bytes);
    }
  }

  message(dice: Dice): Message {
    const key = String(dice.integer(1200));
    if (!this.known.has(key)) this.known.set(key, parseOnnx(this.bytes(new Dice(Number(key)))));
    return this.known.get(key) ?? this.message(dice);
  }
}

/** Saved models: those of the corpus that load, one after the other as they are asked for. */
class Saved {
  private readonly known = new Map<number, Promise<Native | undefined>>();

  constructor(private readonly corpus: Corpus) {}

  async native(dice: Dice): Promise<Native> {
    for (;;) {
      const key = dice.integer(600);
      if (!this.known.has(key)) this.known.set(key, this.save(key));
      const found = await this.known.get(key);
      if (found) return found;
    }
  }

  private async save(key: number): Promise<Native | undefined> {
    try {
      const model = loadModelSync(this.corpus.bytes(new Dice(key)), { limits: { memory: 2 ** 26 } });
      const saved = await model.save();
      model.dispose();
      return saved.length <= LARGEST ? parseNative(saved) : undefined;
    } catch {
      return undefined;
    }
  }
}

const data = { inputs: tensor(new Float32Array(16).fill(0.5), [8, 2]), targets: [0, 1, 0, 1, 0, 1, 0, 1] };
const rules = [optimizers.adam(), optimizers.sgd({ momentum: 0.9 }), optimizers.rmsprop()];

function trainerOf(which: number): Promise<Trainer> {
  const network = sequential([input([2], { name: 'x' }), dense({ units: 2 })]);
  return createTrainer(network, { loss: losses.crossEntropy(), optimizer: rules[which] });
}

const fitting = (resume?: Uint8Array, epochs = 2) => ({
  train: data,
  epochs,
  batchSize: 8,
  earlyStopping: { patience: 3 },
  schedule: schedules.reduceOnPlateau({ learningRate: 0.01 }),
  ...(resume && { resume }),
});

/** Checkpoints of a small training, and going on from damaged ones. */
class Checkpoints implements Kind {
  private readonly sound = rules.map((_, which) => this.make(which));
  private readonly trainers = rules.map((_, which) => trainerOf(which));

  async draw(dice: Dice): Promise<Uint8Array> {
    return damageNative(dice, parseNative((await dice.any(this.sound))!));
  }

  async examine(dice: Dice, file: Uint8Array): Promise<string[]> {
    try {
      readCheckpoint(file);
      const trainer = await dice.any(this.trainers);
      const { epoch } = readCheckpoint(file);
      let steps = 0;
      for await (const progress of trainer.fit(fitting(file, Math.min(epoch, 50) + 1))) {
        if (progress.epochDone) progress.checkpoint();
        if (++steps > 3) break;
      }
      return ['gone on from'];
    } catch (error) {
      return [`checkpoint: ${judge('checkpoint', error).code}`];
    }
  }

  private async make(which: number): Promise<Uint8Array | undefined> {
    let saved: Uint8Array | undefined;
    const trainer = await trainerOf(which);
    for await (const progress of trainer.fit(fitting())) if (progress.epochDone) saved = progress.checkpoint();
    trainer.dispose();
    return saved;
  }
}

/** @throws Fault for what the command must not end with */
function judgeUsage(doing: string, error: unknown): string {
  if (!(error instanceof UsageError)) return judge(doing, error).code;
  checkText(doing, error.message);
  const [found] = programFault.exec(error.message) ?? [];
  if (found) throw new Fault(`${doing}: says "${found}"`, `${doing}: ${error.message}`);
  return 'usage';
}

/** Arrays from files, as inputs of the command. */
class Arrays implements Kind {
  private readonly folder = temporary();

  draw(dice: Dice): Uint8Array {
    return dice.once(4) ? drawJson(dice) : drawArray(dice);
  }

  examine(dice: Dice, file: Uint8Array): string[] {
    const path = join(this.folder, 'x.npy');
    writeFileSync(path, file);
    try {
      valueAt(path, dice.any(dtypes));
      return ['read'];
    } catch (error) {
      return [`array: ${judgeUsage('array', error)}`];
    }
  }
}

/** Command lines over a folder of a few files, sound and damaged; what stands for the file is the line as JSON. */
class Commands implements Kind {
  private readonly folder = temporary();
  private readonly paths: string[] = [];

  constructor(corpus: Corpus) {
    const dice = new Dice(1);
    const add = (name: string, bytes: Uint8Array) => {
      this.paths.push(join(this.folder, name));
      writeFileSync(this.paths.at(-1)!, bytes);
    };
    for (let i = 0; i < 6; i++) {
      const bytes = corpus.bytes(dice);
      add(`${i}.onnx`, bytes);
      add(`cut${i}.onnx`, bytes.subarray(0, dice.integer(bytes.length)));
      add(`${i}.npy`, drawArray(dice));
      add(`${i}.json`, drawJson(dice));
    }
    this.paths.push(join(this.folder, 'none.onnx'), '', '.', '/dev/null');
  }

  draw(dice: Dice): Uint8Array {
    const line = drawCommand(dice, this.paths, this.folder).map((word) => word.replaceAll(this.folder, '<folder>'));
    return new TextEncoder().encode(JSON.stringify(line));
  }

  async examine(_: Dice, file: Uint8Array): Promise<string[]> {
    const words: string[] = JSON.parse(new TextDecoder().decode(file));
    const { error: say } = console;
    console.error = () => {};
    // What it writes under a name of no folder lands there too.
    const here = process.cwd();
    process.chdir(this.folder);
    try {
      const text = await answer(words.map((word) => word.replaceAll('<folder>', this.folder)));
      for (const line of text.split('\n')) checkText('answer', line);
      return ['answered'];
    } catch (error) {
      return [`command: ${judgeUsage('command', error)}`];
    } finally {
      console.error = say;
      process.chdir(here);
    }
  }
}

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'quadlane-fuzz-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** All kinds, by name. */
export function kinds(): Readonly<Record<string, Kind>> {
  const corpus = new Corpus();
  const saved = new Saved(corpus);
  return {
    onnx: {
      draw: (dice) => damageOnnx(dice, corpus.message(dice), corpus.message(dice)),
      examine: examineModel,
    },
    safetensors: {
      draw: async (dice) => damageNative(dice, await saved.native(dice)),
      examine: examineModel,
    },
    checkpoint: new Checkpoints(),
    array: new Arrays(),
    command: new Commands(corpus),
  };
}
