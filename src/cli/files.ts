// Models and other files by their paths.

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { loadModel, type Model } from '../index.js';
import { UsageError } from './usage.js';

/**
 * Loads a model, and the files beside it that its tensors lie in.
 * @param threads a number as it was written
 */
export function modelAt(path: string, threads = '1'): Promise<Model> {
  const folder = dirname(path);
  return loadModel(path, {
    threads: Number(threads),
    externalData(location) {
      const file = join(folder, location);
      const way = relative(folder, file);
      if (isAbsolute(location) || way.startsWith('..')) {
        throw new UsageError(`${path} asks for ${location}, which isn't in its folder: move it there`);
      }
      return readAt(file);
    },
  });
}

export function readAt(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(`${path} can't be read: ${(error as Error).message}`);
  }
}

export function writeAt(path: string, content: Uint8Array | string): void {
  try {
    writeFileSync(path, content);
  } catch (error) {
    throw new UsageError(`${path} can't be written: ${(error as Error).message}`);
  }
}
