// The commands of `quadlane`: what each takes, and what it answers to a command line.

import { parseArgs } from 'node:util';
import { version } from '../../package.json';
import { classify } from './classify.js';
import { convert } from './convert.js';
import { doctor } from './doctor.js';
import { profile } from './profile.js';
import { quantize } from './quantize.js';
import { run } from './run.js';
import { summary } from './summary.js';
import { UsageError } from './usage.js';

const help = `quadlane ${version}: convolutional networks on WebAssembly

Usage
  quadlane convert <model> <output>     writes .onnx or .safetensors, by the ending of <output>
  quadlane summary <model> [options]    prints inputs, outputs and layers
  quadlane run <model> [options]        runs a model and prints its outputs
  quadlane profile <model> [options]    times every step of a run
  quadlane quantize <model> [options]   writes the model in 8 bits and tells size, speed and error
  quadlane classify <model> <pictures>  says what is in pictures: files (JPEG, PNG, WebP, AVIF), folders, or - for standard input
  quadlane doctor <model> <pictures>    tries how the model takes pictures: which way is confident, which says the same of all

Options of classify and doctor
  --labels <file>           names of the classes: a line each, a JSON list or a map from numbers
Options of classify
  --preprocessing <way>     imagenet, minus-one-to-one, zero-to-one, caffe-bgr, raw, raw-bgr, clip, or a .json file, such as
                            a preprocessor_config.json; what the model says, or the usual, where it isn't given
  --top <number>            answers for each picture; 3 where it isn't given
  --json, --jsonl, --csv    writes another form
Options of convert
  --weights <type>          stores weights in fewer bytes: int8 or float16
Options of quantize
  --calibrate <file>        sample inputs, a .npy or .json file with one a row
  --out <file>              writes .onnx or .safetensors, by its ending
  --method <name>           how ranges follow from samples: minMax, percentile, entropy or meanSquaredError, the default
  --exclude <layer>         a layer that stays in float; may be given several times
Options of summary, run and profile
  --dim <name>=<size>       a size that the model leaves open; 1 where it isn't given
Options of run and profile
  --input <name>=<file>     an input, from a .npy or .json file, its numbers converted to the input's type where it holds
                            them; zeros where it isn't given
Options of run, profile, classify and doctor
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
  quadlane quantize resnet50.onnx --calibrate photos.npy --out resnet50.int8.onnx
  quadlane classify squeezenet.onnx photos/ --labels imagenet.txt --preprocessing caffe-bgr
`;

const options = {
  dim: { type: 'string', multiple: true, default: [] as string[] },
  input: { type: 'string', multiple: true, default: [] as string[] },
  output: { type: 'string' },
  weights: { type: 'string' },
  calibrate: { type: 'string' },
  out: { type: 'string' },
  method: { type: 'string' },
  exclude: { type: 'string', multiple: true, default: [] as string[] },
  trace: { type: 'string' },
  labels: { type: 'string' },
  preprocessing: { type: 'string' },
  top: { type: 'string', default: '3' },
  json: { type: 'boolean' },
  jsonl: { type: 'boolean' },
  csv: { type: 'boolean' },
  threads: { type: 'string', default: '1' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

type Values = ReturnType<typeof parse>['values'];

interface Command {
  /** How many files it takes. */
  readonly files: number;
  /** Whether it takes more of the last kind. */
  readonly takesMore?: boolean;
  readonly options: readonly (keyof typeof options)[];
  answer(files: readonly string[], values: Values): Promise<string>;
}

const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['convert', { files: 2, options: ['weights'], answer: ([from, to], values) => convert(from, to, values) }],
  [
    'quantize',
    {
      files: 1,
      options: ['calibrate', 'out', 'method', 'exclude'],
      answer: ([file], values) => quantize(file, values),
    },
  ],
  [
    'classify',
    {
      files: 2,
      takesMore: true,
      options: ['labels', 'preprocessing', 'top', 'threads', 'json', 'jsonl', 'csv'],
      answer: ([file, ...pictures], values) => classify(file, pictures, values),
    },
  ],
  [
    'doctor',
    {
      files: 2,
      takesMore: true,
      options: ['labels', 'threads'],
      answer: ([file, ...pictures], values) => doctor(file, pictures, values),
    },
  ],
  ['summary', { files: 1, options: ['dim'], answer: ([file], values) => summary(file, values) }],
  ['run', { files: 1, options: ['dim', 'input', 'threads', 'output'], answer: ([file], values) => run(file, values) }],
  [
    'profile',
    { files: 1, options: ['dim', 'input', 'threads', 'trace'], answer: ([file], values) => profile(file, values) },
  ],
]);

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, tokens: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/**
 * What the command prints.
 * @param args the command line behind `quadlane`
 * @throws UsageError, QuadlaneError
 */
export async function answer(args: readonly string[]): Promise<string> {
  const { values, positionals, tokens } = parse(args);
  if (values.help || (positionals.length === 0 && !values.version)) return help;
  if (values.version) return `${version}\n`;
  const [name, ...files] = positionals;
  const command = commands.get(name);
  if (!command) throw new UsageError(`there is no command "${name}"`);
  if (files.length < command.files || (files.length > command.files && !command.takesMore)) {
    if (name === 'run' && files.slice(1).some((file) => /\.(jpe?g|png|webp|avif)$/i.test(file))) {
      throw new UsageError('run takes arrays, by --input <name>=<file>: for pictures there is quadlane classify');
    }
    const least = command.takesMore ? 'a model and pictures' : `${command.files} file${command.files === 1 ? '' : 's'}`;
    throw new UsageError(`${name} takes ${least}, not ${files.length}${command.takesMore ? ' files' : ''}`);
  }
  for (const token of tokens) {
    if (token.kind !== 'option' || command.options.includes(token.name as keyof typeof options)) continue;
    throw new UsageError(`${name} has no option --${token.name}`);
  }
  return command.answer(files, values);
}
