// Where and with what a comparison ran.

import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly engine: string;
  /** Libraries with their versions, quadlane first. */
  readonly versions: readonly string[];
  /** Day of the comparison, ISO 8601. */
  readonly date: string;
}

// Bundles lie in bench/dist/.
const root = new URL('../../', import.meta.url);

export function machine(): Machine {
  const versionOf = (folder: string): string =>
    JSON.parse(readFileSync(new URL(`${folder}package.json`, root), 'utf8')).version;
  return {
    cpu: cpus()[0]?.model.trim() || 'unknown CPU',
    cores: cpus().length,
    engine: `Node ${process.versions.node}`,
    versions: [
      `quadlane ${versionOf('')}`,
      `onnxruntime-web ${versionOf('bench/node_modules/onnxruntime-web/')}`,
      `tfjs-wasm ${versionOf('bench/node_modules/@tensorflow/tfjs-backend-wasm/')}`,
    ],
    date: new Date().toISOString().slice(0, 10),
  };
}
