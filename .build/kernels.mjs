// The binaries, the types of their kernels' arguments, and the memory layouts that both sides share.

import { renameSync } from 'node:fs';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';
import { kernelAbi, writeTypes } from './abi.mjs';
import { finishBinary } from './binary.mjs';
import { writeLayouts } from './layouts.mjs';

/**
 * Compiles one binary a target into `folder`; writes what is the same for all, the types of arguments, to `types`, and
 * layouts to `layouts`.
 */
export async function buildKernels(folder, types, layouts) {
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
  const writtenLayouts = join(folder, 'layouts.ts');
  writeLayouts('assembly', writtenLayouts);
  renameSync(writtenLayouts, layouts);
}
