// How files come into dist/, and go. Programs may run from it at any time.

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { outputsOf, recordedFiles, writeWhole } from './stamps.mjs';

/** So long, in milliseconds, a file stays that no step makes any longer: a program from before may yet import it lazily. */
const KEEP_MS = 600_000;

/** Moves the files of `folder` into dist/, each at once and entries last; returns where they lie now. */
export function install(folder) {
  const isChunk = (file) => /-[\w-]{8}\.js$/.test(file);
  const files = filesBelow(folder).sort((a, b) => isChunk(b) - isChunk(a));
  return files.map((file) => {
    const place = join('dist', file);
    mkdirSync(dirname(place), { recursive: true });
    renameSync(join(folder, file), place);
    return place;
  });
}

/** Marks those of the files that a step made before and makes no longer: from now on they are out of use. */
export function retire(name, before) {
  const outputs = outputsOf(name);
  const now = new Date();
  const retired = Object.keys(before).filter((file) => !(file in outputs) && existsSync(file));
  for (const file of retired) utimesSync(file, now, now);
}

/** Removes what has been out of use for a while. dist/.npmignore keeps the rest out of the package. */
export function removeStale() {
  const used = recordedFiles();
  const isOld = (file) => Date.now() - statSync(file).mtimeMs > KEEP_MS;
  const stale = filesBelow('dist').filter((file) => !file.startsWith('.') && !used.has(join('dist', file)));
  for (const file of stale) if (isOld(join('dist', file))) rmSync(join('dist', file));
  writeWhole('dist/.npmignore', ['.*', ...stale].map((file) => `/${file}\n`).join(''));
}

function filesBelow(folder) {
  const entries = readdirSync(folder, { recursive: true }).map((entry) => entry.replaceAll('\\', '/'));
  return entries.filter((entry) => statSync(join(folder, entry)).isFile());
}
