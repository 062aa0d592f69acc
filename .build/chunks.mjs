// How bundles are cut into chunks, told by entries: modules may move in src/ as they like.

import { resolve } from 'node:path';
import { basics, entries, reader } from './entries.mjs';

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
