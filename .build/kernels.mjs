// The binaries, and the types of their kernels' arguments.

import { renameSync } from 'node:fs';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';
import { kernelAbi, writeTypes } from './abi.mjs';
import { finishBinary } from './binary.mjs';

/** Compiles one binary a target into `folder`, and writes the types of arguments, which are the same for all, to `types`. */
export async function buildKernels(folder, types) {
  const written = join(folder, 'types.ts');
  for (const target of ['strict', 'relaxed', 'debug']) {
    const abi = {};
    const transforms = [kernelAbi((kernels, codes) => Object.assign(abi, { kernels, codes }))];
    const outFile = join(folder, `quadlane.${target}.wasm`);
    const options = ['--config', 'asconfig.json', '--target', target, '--outFile', outFile];
    const { error, stdout, stderr } = await asc.main(options, { transforms });
    process.stdout.write(stdout.toString());
    process.stderr.write(stderr.toString());
    if (error) throw new Error(`asc failed for the ${target} binary: ${error.message}`);
    finishBinary(outFile, abi.kernels);
    writeTypes(written, abi.kernels, abi.codes);
  }
  renameSync(written, types);
}
