// Models and other files by their paths; what is written is written whole, and never over what is read.

import {
  chmodSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { loadModel, type Model } from '../index.js';
import { UsageError } from './usage.js';

/**
 * Loads a model, and the files beside it that its tensors lie in.
 * @param threads as many threads work on a run
 */
export function modelAt(path: string, threads = 1): Promise<Model> {
  const folder = dirname(path);
  return loadModel(path, {
    threads,
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

/** @param path a path, or an open file's descriptor */
export function readAt(path: string | number): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(`${path === 0 ? 'standard input' : path} can't be read: ${(error as Error).message}`);
  }
}

/**
 * Throws where writing `path` would overwrite what the command reads, by whatever name.
 * @param read paths of files
 */
export function refuseToOverwrite(path: string, read: readonly string[]): void {
  const target = statOf(path);
  const same = read.find((other) => {
    const file = target && statOf(other);
    return file && file.ino === target.ino && file.dev === target.dev;
  });
  if (same !== undefined) {
    throw new UsageError(`${path} is the same file as ${same}, which is read: write to another one`);
  }
}

/** Writes a file beside `path` and then puts it in its place, so that there is never half of one. */
export function writeAt(path: string, content: Uint8Array | string): void {
  const present = statOf(path);
  try {
    // What is no file, as /dev/stdout, can't be replaced.
    if (present && !present.isFile()) writeFileSync(path, content);
    else replace(present ? realpathSync(path) : path, content, present);
  } catch (error) {
    throw new UsageError(`${path} can't be written: ${(error as Error).message}`);
  }
}

function replace(path: string, content: Uint8Array | string, present: Stats | undefined): void {
  const beside = `${path}.${process.pid}.part`;
  try {
    writeFileSync(beside, content, { flag: 'wx', flush: true });
    if (present) chmodSync(beside, present.mode);
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/** Undefined where there is no such file, or can't be one: reading or writing it tells why. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
