// Modules of Node, which Bun and Deno have too, for bundles that run elsewhere as well and so can't import them.

/** A built-in module such as `node:fs`; undefined where the host has none. */
export function builtIn<Module>(name: string): Module | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): Module | undefined } };
  return process?.getBuiltinModule?.(name);
}
