// Types of what hosts bring along, for programs whose type libraries lack some of it: those without `DOM`, without
// @types/node, without `ESNext.Disposable`. Nothing is declared globally; where the host's own types are there, these are they.

type Globals = typeof globalThis;

/** `WebAssembly.Module`: a compiled binary. */
export type WasmModule = Globals extends { WebAssembly: { Module: { prototype: infer Module } } } ? Module : object;

/** `URL`. */
export interface Address {
  readonly href: string;
}

/** `AbortSignal`. */
export interface CancelSignal {
  readonly aborted: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: as the platform types it
  readonly reason: any;
}

/** `Response` or `Blob`. */
export interface ByteSource {
  arrayBuffer(): Promise<ArrayBuffer>;
}

type DisposeKey = SymbolConstructor extends { readonly dispose: infer Key extends symbol } ? Key : never;

/** What `using` gives back at the end of a block, where the program's libraries know of it. */
export type UsableResource = { [Key in DisposeKey]: () => void };
