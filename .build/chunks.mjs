// How bundles are cut into chunks, told by entries: modules may move in src/ as they like.

import { relative, resolve } from 'node:path';
import { basics, entries, needed, reader } from './entries.mjs';

/**
 * Few files load faster than many, so these chunks are larger than each program needs; bundlers drop from them what a program
 * doesn't use. `core` is all that the main entry imports; `operators` is what opening an ONNX file shares with other entries,
 * and `opener` what is left of it. `basics`, where it is apart from `core`, imports nothing: most bundlers keep all of a file
 * that a lazy import needs, so what a program can use alone (errors, tensors, what optimisers check options with) would have
 * `core` along. The rest is the bundler's to cut: a chunk for each lazy import, and for each set of entries
 * that share modules.
 * @param isLazy whether anything is imported lazily; else `core` has the reader already
 * @param isBundled whether programs are mostly bundled: a file more delays those that aren't
 */
export function chunkGroups(isLazy, isBundled) {
  let chunks;
  const names = [...(isBundled ? ['basics'] : []), 'core', ...(isLazy ? ['operators', 'opener'] : [])];
  return names.map((name) => ({
    debugName: name,
    name(module, context) {
      chunks ??= findChunks((id) => context.getModuleInfo(id), isLazy);
      return chunks[name].has(module) ? name : null;
    },
  }));
}

/**
 * How modules are cut for bundlers: each is a file, so that programs get what they use of it, but for two groups that are used
 * as a whole. `basics` is as above; `running` is what any operator needs to run, so every program that computes. Neither has
 * what entries import themselves: esbuild loads whatever lies in the same files as that.
 */
export function moduleGroups() {
  const sources = Object.values(entries).map((source) => resolve(source));
  let groups;
  const name = (module, context) => {
    if (sources.includes(module)) return null;
    groups ??= findGroups((id) => context.getModuleInfo(id), sources);
    const group = Object.keys(groups).find((name) => groups[name].has(module));
    return group ?? fileOf(module);
  };
  return [{ debugName: 'modules', name }];
}

function findGroups(infoOf, entries) {
  const reachedBy = (modules) =>
    reachable(
      modules.map((module) => resolve(module)),
      infoOf,
    );
  const exporting = entries.flatMap((entry) => infoOf(entry).importedIds);
  const found = { basics: reachedBy(basics), running: reachedBy(needed) };
  const apart = new Set(exporting.filter((module) => !found.basics.has(module)));
  // What imports such a file stays apart too: files don't import each other in a circle.
  for (const module of apart) {
    found.running.delete(module);
    for (const other of found.running) if (infoOf(other).importedIds.includes(module)) apart.add(other);
  }
  return found;
}

/** A name for the file of a module: all lie in one folder, as near to the binaries as the bundles. */
function fileOf(module) {
  const path = module.replace(/^.*\/node_modules\//, '').replaceAll('\0', '');
  return relative(resolve('src'), resolve('src', path))
    .replace(/\.\w+$/, '')
    .replaceAll(/[\\/]/g, '-');
}

function findChunks(infoOf, isLazy) {
  const reachedBy = (...sources) =>
    reachable(
      sources.map((source) => resolve(source)),
      infoOf,
    );
  if (!isLazy) return { core: reachedBy(entries.index) };
  const read = reachedBy(reader);
  const others = reachedBy(...Object.values(entries));
  return {
    basics: reachedBy(...basics),
    core: reachedBy(entries.index),
    operators: new Set([...read].filter((module) => others.has(module))),
    opener: read,
  };
}

/** The modules that `modules` import, themselves among them; lazy imports aside. */
function reachable(modules, infoOf) {
  const seen = new Set(modules);
  for (const module of seen) for (const imported of infoOf(module).importedIds) seen.add(imported);
  return seen;
}
