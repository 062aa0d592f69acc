// What an engine says that compiles no WebAssembly, or not this.

import { QuadlaneError } from '../errors.js';
import { messageOf } from '../printable.js';
import type { Variant } from './platform.js';

/** What a page needs whose content security policy forbids WebAssembly; undefined where something else is the matter. */
export function policyAdvice(reason: string): string | undefined {
  return /content security policy|unsafe-eval|disallowed by embedder|blocked by CSP/i.test(reason)
    ? "the content security policy has to allow it: add 'wasm-unsafe-eval' to its directive script-src"
    : undefined;
}

/** A binary that is there and can't be compiled. */
export function refusal(variant: Variant, cause: unknown): QuadlaneError {
  const reason = messageOf(cause);
  const advice = policyAdvice(reason) ?? 'it takes an engine with WebAssembly SIMD';
  return new QuadlaneError('HOST', `the ${variant} binary can't be compiled (${reason}): ${advice}`, { cause });
}
