// Why a browser has no binary, and what helps there: told by how the answer was, by what bundled the script, by where it runs.

import { QuadlaneError } from '../errors.js';
import { messageOf } from '../printable.js';
import type { Variant } from './platform.js';
import { policyAdvice } from './refusal.js';

const INLINE = 'import from "quadlane/inline", which has the binaries inside';
const FOLDER = 'put quadlane.* of its folder dist/ on your server and pass { wasmUrl: "the folder they are in" }';

/**
 * @param url where the binary was looked for; undefined where the script doesn't know where it lies itself
 * @param script where the script lies that looked for it
 */
export function missingBinary(
  variant: Variant,
  url: string | URL | undefined,
  script: string | undefined,
  cause: unknown,
): QuadlaneError {
  const place = url ?? `quadlane.${variant}.wasm, beside a script that is no module,`;
  return new QuadlaneError(
    'HOST',
    `${place} can't be loaded (${messageOf(cause)}): ${advice(url, script, cause)}. Or compile "quadlane/${variant}.wasm" yourself and pass it as { wasm }`,
    { cause },
  );
}

function advice(url: string | URL | undefined, script: string | undefined, cause: unknown): string {
  // What fetch rejects with doesn't tell a network that is down from an address that is forbidden.
  const network = url && cause instanceof TypeError;
  const check = network ? "check the network and connect-src of the page's content security policy; or " : '';
  return policyAdvice(messageOf(cause)) ?? check + adviceOn(String(url ?? ''), script);
}

function adviceOn(url: string, script: string | undefined): string {
  if (script && /\/node_modules\/\.vite\b|\/\.vite\/deps/.test(script)) {
    return `Vite's development server took the scripts of the package apart: add optimizeDeps: { exclude: ["quadlane"] } to its configuration, or ${INLINE}`;
  }
  if (script && /\/dist\/(browser|modules)\/[^/]*$/.test(script)) {
    return `serve the package's whole folder dist/, or ${FOLDER}`;
  }
  if (!url || isBeside(url, script)) {
    return `the bundler didn't carry the file along (esbuild, plain Rollup and Bun don't): ${INLINE}, or ${FOLDER}`;
  }
  return `is the folder the right one? ${FOLDER}; or ${INLINE}`;
}

/** Whether the binary was looked for where the bundle is, not in a folder that the program named. */
function isBeside(url: string, script: string | undefined): boolean {
  return script !== undefined && url === new URL(`../${url.split('/').at(-1)}`, script).href;
}
