#!/usr/bin/env node
// The command `quadlane`: converts models, shows what is in them, runs and times them.

import { parseArgs } from 'node:util';
import { version } from '../../package.json';
import { QuadlaneError } from '../index.js';
import { convert } from './convert.js';
import { profile } from './profile.js';
import { run } from './run.js';
import { summary } from './summary.js';
import { UsageError } from './usage.js';

const help = `quadlane ${version}: convolutional networks on WebAssembly

Usage
  quadlane convert <model> <output>     writes .onnx or .safetensors, by the ending of <output>
  quadlane summary <model> [options]    prints inputs, outputs and layers
  quadlane run <model> [options]        runs a model and prints its outputs
  quadlane profile <model> [options]    times every step of a run

Options of summary, run and profile
  --dim <name>=<size>       a size that the model leaves open; 1 where it isn't given
Options of run and profile
  --input <name>=<file>     an input, from a .npy or .json file; zeros where it isn't given
  --threads <number>        threads that work on a run, with the same result; 1 where it isn't given
Options of run
  --output <file>           writes the outputs as JSON
Options of profile
  --trace <file>            writes a trace that chrome://tracing and ui.perfetto.dev open

  --help                    prints this
  --version                 prints the version

Examples
  quadlane convert resnet50.onnx resnet50.safetensors
  quadlane summary resnet50.onnx --dim batch=8
  quadlane run lenet5.onnx --input image=digit.npy
  quadlane profile resnet50.onnx --trace resnet50.json
`;

const options = {
  dim: { type: 'string', multiple: true, default: [] as string[] },
  input: { type: 'string', multiple: true, default: [] as string[] },
  output: { type: 'string' },
  trace: { type: 'string' },
  threads: { type: 'string', default: '1' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

/** Files that each command takes. */
const filesOf = new Map([
  ['convert', 2],
  ['summary', 1],
  ['run', 1],
  ['profile', 1],
]);

function parse() {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** What the command prints. */
async function answer(): Promise<string> {
  const { values, positionals } = parse();
  if (values.help || (positionals.length === 0 && !values.version)) return help;
  if (values.version) return `${version}\n`;
  const [command, ...files] = positionals;
  const expected = filesOf.get(command);
  if (expected === undefined) throw new UsageError(`there is no command "${command}"`);
  if (files.length !== expected) {
    throw new UsageError(`${command} takes ${expected} file${expected === 1 ? '' : 's'}, not ${files.length}`);
  }
  if (command === 'convert') return convert(files[0], files[1]);
  if (command === 'summary') return summary(files[0], values.dim);
  if (command === 'profile') return profile(files[0], values);
  return run(files[0], values);
}

try {
  process.stdout.write(await answer());
} catch (error) {
  const isExpected = error instanceof QuadlaneError || error instanceof UsageError;
  const hint = error instanceof UsageError ? '\nquadlane --help tells how it is used' : '';
  console.error(isExpected ? `quadlane: ${error.message}${hint}` : error);
  process.exitCode = 1;
}
