// Files of other packages, where the host has such: Node, Bun and Deno.

/** What is used of Node's modules, which hosts that have them give without an import. */
interface Builtins {
  getBuiltinModule?(name: 'module'): { createRequire(from: string): { resolve(specifier: string): string } };
  getBuiltinModule?(name: 'fs'): { readFileSync(path: string): Uint8Array<ArrayBuffer> };
}

/**
 * The bytes of a file of an installed package, as "name/path"; undefined on hosts without files.
 * @throws Error where it isn't there
 */
export function fileOfPackage(specifier: string): Uint8Array<ArrayBuffer> | undefined {
  const builtins = (globalThis as { process?: Builtins }).process;
  if (!builtins?.getBuiltinModule || !import.meta.url?.startsWith('file:')) return undefined;
  const path = builtins
    .getBuiltinModule('module')
    .createRequire(import.meta.url)
    .resolve(specifier);
  return builtins.getBuiltinModule('fs').readFileSync(path);
}
