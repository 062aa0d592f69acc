// npm run build: the kernels, the kernel ABI, then the JavaScript bundles and the typings.
import { mkdirSync } from 'node:fs';
import asc from 'assemblyscript/asc';
import { kernelAbi } from './abi.mjs';
import { buildBundles, buildTypes } from './bundles.mjs';

const steps = { kernels: buildKernels, bundles: buildBundles, types: buildTypes };

/** Compiles one binary a target; the argument layouts are the same in each, so the first one writes them. */
async function buildKernels() {
  mkdirSync('dist', { recursive: true });
  for (const target of ['strict', 'relaxed', 'debug']) {
    const transforms = target === 'strict' ? [kernelAbi('src/ops/kernels.generated.ts')] : [];
    const { error, stdout, stderr } = await asc.main(['--config', 'asconfig.json', '--target', target], { transforms });
    process.stdout.write(stdout.toString());
    process.stderr.write(stderr.toString());
    if (error) throw new Error(`asc failed for the ${target} binary: ${error.message}`);
  }
}

const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : Object.keys(steps)) await steps[name]();
