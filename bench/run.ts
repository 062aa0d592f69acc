// The benchmark's command line: which families, how thorough, which binary, where results go.

import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { platform } from '#platform';
import { hasRelaxedSimd } from '../src/runtime/features.js';
import { measureFamily } from './families.js';
import { DISTURBED, formatNumber } from './format.js';
import { type Family, families } from './layers.js';
import { measureLeNet } from './lenet.js';
import { measureLoad } from './load.js';
import { type Effort, measure, median, quick, thorough } from './measure.js';
import { PEAK_PROGRAM, Program } from './program.js';
import { measureQuantized } from './quantized.js';
import { style } from './table.js';
import { measureThreads } from './threads.js';
import { measureTraining } from './train.js';

/** What is measured besides single layers. */
const sections = {
  quantized: measureQuantized,
  lenet: measureLeNet,
  train: (module: WebAssembly.Module, _variant: 'strict' | 'relaxed', effort: Effort) =>
    measureTraining(module, effort),
  load: (module: WebAssembly.Module, _variant: 'strict' | 'relaxed', effort: Effort) => measureLoad(module, effort),
  threads: (_module: WebAssembly.Module, variant: 'strict' | 'relaxed', effort: Effort) =>
    measureThreads(variant, effort),
};

const HEAD = `Times are those of the steps that compute a layer, run in linear memory as a model runs them: one call into WebAssembly, one
thread, batch 1, input and output in place. Not counted is the copy that brings an input into its halo: in a
network the layer before writes there. Contestants alternate; medians. GFLOP/s counts a multiply-add as two, and as many
of them as direct convolution takes, so that Winograd's algorithm can pass the peak; Gop/s counts window cells or
elements. The peak is that of a loop of multiply-adds in the same binary and the same rounds. naive: the
layer as plain loops over Float32Arrays, for big layers over their first rows and scaled up.
${DISTURBED}`;

function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        strict: { type: 'boolean', default: false },
        relaxed: { type: 'boolean', default: false },
        json: { type: 'string' },
      },
    });
    const unknown = positionals.filter((name) => !(name in sections) && !(name in families));
    if (unknown.length > 0) throw new Error(`there is no family ${unknown.join(', ')}`);
    if (values.relaxed && !hasRelaxedSimd()) throw new Error('this engine has no relaxed SIMD');
    return { ...values, wanted: positionals };
  } catch (error) {
    console.error(`${(error as Error).message}\nnpm run bench -- --help  tells what there is`);
    process.exit(2);
  }
}

const options = readOptions();
const effort = options.quick ? quick : thorough;
const variant = options.relaxed || (!options.strict && hasRelaxedSimd()) ? 'relaxed' : 'strict';
const module = await platform.compile(variant);

const engine = process.versions.bun ? `Bun ${process.versions.bun}` : `Node ${process.versions.node}`;
const peak = Program.ofPeak(module);
const peakSeconds = median((await measure({ peak: () => peak.run() }, effort)).peak);
const peakRate = PEAK_PROGRAM / peakSeconds;
console.log(style('dim', HEAD));
console.log(
  `\n${engine}, ${cpus()[0]?.model.trim() || 'unknown CPU'}, ${variant} binary; multiply-add peak ${formatNumber(peakRate / 1e9)} GFLOP/s`,
);

const everything = [...Object.keys(families), ...Object.keys(sections)];
const wanted = options.wanted.length > 0 ? options.wanted : everything.filter((name) => name !== 'threads');
const results: Record<string, unknown> = { engine, variant, peak: peakRate };
for (const name of wanted) {
  results[name] =
    name in sections
      ? await sections[name as keyof typeof sections](module, variant, effort)
      : await measureFamily(name as Family, module, effort);
}
if (options.json) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
