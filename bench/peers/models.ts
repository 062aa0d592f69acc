// Where exported networks are kept. They are made once; delete the folder after a change of the zoo or a writer.

import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { NetworkFormat } from './export.js';

// Bundles lie in bench/dist/.
const folder = fileURLToPath(new URL('../../bench/dist/models/', import.meta.url));

/** Path of a network's file, in a folder that is there. */
export function modelFile(network: string, format: NetworkFormat): string {
  mkdirSync(folder, { recursive: true });
  return `${folder}${network}.${format}`;
}
