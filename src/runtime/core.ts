// One instance of a binary with a memory of its own: the only place that talks to WebAssembly.

import { QuadlaneError } from '../errors.js';
import { arrayOn, type DType, type TypedArrays } from '../tensor.js';

const PAGE_BYTES = 65_536;
/** A 32-bit memory has at most this many pages; its last one is never asked for, so that ends of ranges stay below 2^32. */
const MAX_PAGES = 65_535;

interface Exports {
  run(program: number, steps: number, thread: number, threads: number): void;
  heap_base(): number;
  is_relaxed(): number;
  table: WebAssembly.Table;
}

interface Kernel {
  readonly number: number;
  readonly fields: readonly { readonly name: string; readonly float: boolean }[];
}

export class Core {
  /** Whether multiply-adds are fused: faster, but the last bits depend on the CPU. */
  readonly relaxed: boolean;
  /** First address that is free for weights and programs. */
  readonly heapBase: number;
  private readonly memory: WebAssembly.Memory;
  private readonly exports: Exports;
  /** Every kernel of the binary: the number by which steps name it, and its arguments. */
  readonly kernels: ReadonlyMap<string, Kernel>;

  /**
   * @param module one of the binaries
   * @param limit most bytes that the memory may have
   * @throws QuadlaneError `HOST` when the module is not one of this version's binaries
   */
  constructor(
    readonly module: WebAssembly.Module,
    private readonly limit: number,
  ) {
    this.memory = new WebAssembly.Memory({ initial: 1 });
    try {
      this.exports = new WebAssembly.Instance(module, { env: { memory: this.memory } }).exports as unknown as Exports;
      this.kernels = fillTable(this.exports, readLayouts(module));
    } catch (cause) {
      throw new QuadlaneError(
        'HOST',
        'the given WebAssembly module is not a binary of this version of quadlane: import "quadlane/strict.wasm" or "quadlane/relaxed.wasm" from the same package',
        { cause },
      );
    }
    this.relaxed = this.exports.is_relaxed() === 1;
    this.heapBase = this.exports.heap_base();
  }

  /** Bytes of the memory. */
  get bytes(): number {
    return this.memory.buffer.byteLength;
  }

  /** The memory's buffer: a new object after growth, so never to be kept. */
  get buffer(): ArrayBuffer {
    return this.memory.buffer;
  }

  /**
   * Makes the memory at least `bytes` long. Views made before are dead afterwards.
   * @throws QuadlaneError `LIMIT` beyond the limit, `MEMORY` when the engine has no more
   */
  ensure(bytes: number): void {
    if (bytes <= this.bytes) return;
    if (bytes > this.limit) {
      throw new QuadlaneError(
        'LIMIT',
        `the model needs ${bytes} bytes of memory, more than limits.memory allows (${this.limit}): raise the limit, or use a smaller batch or input`,
      );
    }
    const pages = Math.ceil(bytes / PAGE_BYTES);
    try {
      if (pages > MAX_PAGES) throw new RangeError(`${pages} pages are more than a 32-bit memory has`);
      this.memory.grow(pages - this.bytes / PAGE_BYTES);
    } catch (cause) {
      throw new QuadlaneError(
        'MEMORY',
        `the engine can't give ${bytes} bytes of memory: use a smaller batch or input`,
        { cause },
      );
    }
  }

  /** A live view of `length` elements at `address`; dead once the memory grows. */
  view<D extends DType>(dtype: D, address: number, length: number): TypedArrays[D] {
    return arrayOn(dtype, this.memory.buffer, address, length);
  }

  /** Copies bytes into the memory. */
  write(address: number, bytes: ArrayBufferView): void {
    this.view('uint8', address, bytes.byteLength).set(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  /** Does the share of `thread` of `threads` of a program of `steps` steps. */
  run(program: number, steps: number, thread = 0, threads = 1): void {
    this.exports.run(program, steps, thread, threads);
  }
}

/** Names of the kernels, each with its arguments, as the binary's section `kernels` lists them. */
function readLayouts(module: WebAssembly.Module): string[][] {
  const [section] = WebAssembly.Module.customSections(module, 'kernels');
  return new TextDecoder()
    .decode(section)
    .split('\n')
    .map((line) => line.split(' '));
}

/** Puts the kernels into the table that steps index. */
function fillTable(exports: Exports, layouts: readonly string[][]): Map<string, Kernel> {
  const first = exports.table.grow(layouts.length);
  return new Map(
    layouts.map(([name, ...fields], index) => {
      const kernel = (exports as unknown as Record<string, unknown>)[name];
      if (typeof kernel !== 'function') throw new TypeError(`no kernel ${name}`);
      exports.table.set(first + index, kernel);
      const read = fields.map((field) => ({ name: field.replace(/^[*~]/, ''), float: field.startsWith('~') }));
      return [name, { number: first + index, fields: read }];
    }),
  );
}
