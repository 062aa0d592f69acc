// Pictures by their paths, folders of them and standard input; and how a model takes them, as options say it.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { decodeImage } from '../decode/index.js';
import {
  type Picture,
  type Preprocessing,
  type PresetName,
  parseLabels,
  preprocessingFrom,
  presets,
} from '../vision/index.js';
import { readAt } from './files.js';
import { note, UsageError } from './usage.js';

/** Endings of files that a folder is looked through for. */
const PICTURE = /\.(jpe?g|png|webp|avif)$/i;

/** What stands for standard input. */
const STANDARD_INPUT = '-';

/**
 * The pictures that arguments name: of a folder those right in it, by name.
 * @throws UsageError where there is none
 */
export function picturePaths(given: readonly string[]): string[] {
  return given.flatMap((path) => {
    if (path === STANDARD_INPUT || !statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
    const inside = readdirSync(path).filter((name) => PICTURE.test(name));
    if (inside.length === 0) throw new UsageError(`${path} holds no pictures (.jpg, .png, .webp, .avif)`);
    return inside.sort().map((name) => join(path, name));
  });
}

/** @throws UsageError naming the file */
export async function pictureAt(path: string): Promise<Picture> {
  // The descriptor of standard input.
  const bytes = readAt(path === STANDARD_INPUT ? 0 : path);
  try {
    return await decodeImage(bytes);
  } catch (error) {
    throw new UsageError(`${path}: ${(error as Error).message}`);
  }
}

/**
 * What `answer` gives for each picture. One that can't be read is told of and left out, and the command ends with 1; where it is
 * the only one, that is its error. On a terminal it is shown how far it is.
 */
export async function forEachPicture<T>(
  paths: readonly string[],
  answer: (picture: Picture, path: string) => Promise<T>,
): Promise<T[]> {
  const answers: T[] = [];
  for (const [index, path] of paths.entries()) {
    try {
      answers.push(await answer(await pictureAt(path), path));
    } catch (error) {
      if (!(error instanceof UsageError) || paths.length === 1) throw error;
      note(error.message);
      process.exitCode = 1;
    }
    if (process.stderr.isTTY && paths.length > 1) {
      process.stderr.write(`\r${index + 1} of ${paths.length}${index + 1 === paths.length ? '\n' : ''}`);
    }
  }
  return answers;
}

/** The labels in a file. */
export function labelsAt(path: string): string[] {
  return parseLabels(new TextDecoder().decode(readAt(path)));
}

/** A preset, or what a JSON file says: preprocessor_config.json, or an object of quadlane/vision. */
export function preprocessingNamed(text: string): Preprocessing | PresetName {
  if (Object.hasOwn(presets, text)) return text as PresetName;
  if (!/\.json$/i.test(text)) {
    throw new UsageError(
      `--preprocessing takes one of ${Object.keys(presets).join(', ')}, or a .json file, not "${text}"`,
    );
  }
  let value: object;
  try {
    value = JSON.parse(new TextDecoder().decode(readAt(text)));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${text} is no JSON: ${(error as Error).message}`);
  }
  // Its keys are those of Hugging Face's image processors.
  const isConfiguration = Object.keys(value ?? {}).some((key) => /^(do_|image_|rescale_|crop_)/.test(key));
  return isConfiguration ? preprocessingFrom(value) : (value as Preprocessing);
}
