// npm run build: the kernels, the kernel ABI, then the JavaScript bundles and the typings.
import { mkdirSync } from 'node:fs';
import asc from 'assemblyscript/asc';
import { kernelAbi, writeTypes } from './abi.mjs';
import { finishBinary } from './binary.mjs';
import { buildBundles, buildTypes } from './bundles.mjs';

const steps = { kernels: buildKernels, bundles: buildBundles, types: buildTypes };

/** Compiles one binary a target; the types of kernels' arguments are the same for all. */
async function buildKernels() {
  mkdirSync('dist', { recursive: true });
  for (const target of ['strict', 'relaxed', 'debug']) {
    const abi = {};
    const transforms = [kernelAbi((kernels, codes) => Object.assign(abi, { kernels, codes }))];
    const { error, stdout, stderr } = await asc.main(['--config', 'asconfig.json', '--target', target], { transforms });
    process.stdout.write(stdout.toString());
    process.stderr.write(stderr.toString());
    if (error) throw new Error(`asc failed for the ${target} binary: ${error.message}`);
    finishBinary(`dist/quadlane.${target}.wasm`, abi.kernels);
    writeTypes('src/ops/kernels.generated.ts', abi.kernels, abi.codes);
  }
}

const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : Object.keys(steps)) await steps[name]();
