// Compiled binaries, kept so that each variant is fetched and compiled once.

import type { Variant } from './platform.js';

export class CompiledModules {
  private readonly ready = new Map<Variant, WebAssembly.Module>();
  private readonly pending = new Map<Variant, Promise<WebAssembly.Module>>();

  /** The variant's module if it is compiled. */
  get(variant: Variant): WebAssembly.Module | undefined {
    return this.ready.get(variant);
  }

  /** Keeps a module that was compiled at once. */
  keep(variant: Variant, module: WebAssembly.Module): WebAssembly.Module {
    this.ready.set(variant, module);
    return module;
  }

  /** The variant's module, compiled by the first caller. A failure is forgotten, so that the next caller tries again. */
  once(variant: Variant, compile: () => Promise<WebAssembly.Module>): Promise<WebAssembly.Module> {
    const ready = this.ready.get(variant);
    if (ready) return Promise.resolve(ready);
    let pending = this.pending.get(variant);
    if (!pending) {
      pending = compile()
        .then((module) => this.keep(variant, module))
        .finally(() => this.pending.delete(variant));
      this.pending.set(variant, pending);
    }
    return pending;
  }
}
