// The typings of the package: declarations of all that its entries reach, and of the binaries as modules.

import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { entries } from './entries.mjs';

/** Writes `folder`/types/. */
export function buildTypes(folder) {
  const outDir = join(folder, 'types');
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  const emission = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    stripInternal: true,
    rootDir: resolve('src'),
    outDir,
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, process.cwd(), emission);
  const ambient = ['src/platform/wasm.d.ts'];
  const program = ts.createProgram([...Object.values(entries), ...ambient], options);
  const problems = [...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics];
  if (problems.length > 0) {
    const host = { getCurrentDirectory: () => '', getCanonicalFileName: (name) => name, getNewLine: () => '\n' };
    throw new Error(ts.formatDiagnostics(problems, host));
  }
  const module =
    "import type { WasmModule } from './hostTypes.js';\ndeclare const module: WasmModule;\nexport default module;\n";
  writeFileSync(join(outDir, 'wasm.d.ts'), module);
}
