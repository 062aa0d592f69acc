// What each step of the build was made from, and what it made: dist/.<step>.json.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A hash of all that a step reads, names and contents. */
export function hashOf({ sources }) {
  const hash = createHash('sha256');
  for (const file of sources.flatMap(filesIn)) hash.update(`${file}\0`).update(digest(file));
  return hash.digest('hex');
}

/** Whether a step was made from what is there now, and all that it made is there still. */
export function isUpToDate(name, step) {
  const stamp = stampOf(name);
  return (
    stamp?.sources === hashOf(step) &&
    Object.entries(stamp.outputs).every(([file, content]) => existsSync(file) && digest(file) === content)
  );
}

/** Keeps what a step has made from the sources with this hash. */
export function record(name, sources, files) {
  const outputs = Object.fromEntries(files.map((file) => [file, digest(file)]));
  writeWhole(`dist/.${name}.json`, JSON.stringify({ sources, outputs }, null, 1));
}

/** What a step has made: files and the hashes of their contents. */
export function outputsOf(name) {
  return stampOf(name)?.outputs ?? {};
}

/** The files that all steps have made. */
export function recordedFiles() {
  const names = readdirSync('dist').flatMap((file) => file.match(/^\.(\w+)\.json$/)?.[1] ?? []);
  return new Set(names.flatMap((name) => Object.keys(outputsOf(name))));
}

/** Writes a file that nobody sees half written. */
export function writeWhole(file, content) {
  const part = `${file}.${process.pid}`;
  writeFileSync(part, content);
  renameSync(part, file);
}

function stampOf(name) {
  const file = `dist/.${name}.json`;
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

function digest(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** A file itself, or all files in a folder, sorted. */
function filesIn(path) {
  if (!statSync(path).isDirectory()) return [path];
  const entries = readdirSync(path, { recursive: true }).sort();
  return entries.map((entry) => join(path, entry)).filter((file) => statSync(file).isFile());
}
