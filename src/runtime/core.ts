// One instance of a binary with a memory of its own: the only place that talks to WebAssembly.

import { overLimit, QuadlaneError } from '../errors.js';
import { arrayOn, type DType, type TypedArrays } from '../tensor.js';
import { utf8Decoder } from '../utf8.js';

export const PAGE_BYTES = 65_536;
/** A 32-bit memory has at most this many pages; its last one is never asked for, so that ends of ranges stay below 2^32. */
export const MAX_PAGES = 65_535;

interface Exports {
  run(program: number, steps: number, thread: number, threads: number): void;
  await_run(pool: number, seen: number): number;
  run_together(pool: number, thread: number, patience: number): number;
  heap_base(): number;
  is_relaxed(): number;
  byte_dots(): number;
  table: WebAssembly.Table;
}

/** A kernel of a binary, as its section `kernels` has it: a model needs few of them, so the rest is read when asked for. */
class Kernel {
  private read?: { readonly name: string; readonly float: boolean }[];

  constructor(
    /** The number by which steps name it. */
    readonly number: number,
    /** Its name and its arguments, a space between them. */
    private readonly layout: string,
  ) {}

  /** Its arguments, in the order it reads them. */
  get fields(): readonly { readonly name: string; readonly float: boolean }[] {
    this.read ??= this.layout
      .split(' ')
      .slice(1)
      .map((field) => ({ name: field.replace(/^[*~]/, ''), float: field.startsWith('~') }));
    return this.read;
  }
}

/**
 * A memory for one model.
 * @throws QuadlaneError `MEMORY` when the engine gives none
 */
export function newMemory(descriptor: WebAssembly.MemoryDescriptor): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory(descriptor);
  } catch (cause) {
    throw outOfMemories(cause);
  }
}

/** Engines reserve gigabytes of addresses for each memory, however small, so that there is room for so many. */
function outOfMemories(cause: unknown): QuadlaneError {
  return new QuadlaneError(
    'MEMORY',
    'the engine has no room for the memory of another model: a page of Chromium holds about 120 models at once, of any size, Firefox 300, Node over 10,000. Call dispose() on those that are not needed any more',
    { cause },
  );
}

/** A binary in a memory. */
export interface Instance {
  readonly exports: Exports;
  readonly kernels: ReadonlyMap<string, Kernel>;
}

/**
 * Puts a binary into a memory.
 * @throws QuadlaneError `HOST` when the module is not one of this version's binaries
 */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Instance {
  try {
    const exports = exportsIn(memory, module);
    return { exports, kernels: kernelsOf(exports, readLayouts(module)) };
  } catch (cause) {
    if ((cause as Error).name === 'RangeError') throw outOfMemories(cause);
    throw new QuadlaneError(
      'HOST',
      'the given WebAssembly module is not a binary of this version of quadlane: import "quadlane/strict.wasm" or "quadlane/relaxed.wasm" from the same package',
      { cause },
    );
  }
}

/** Threads that work in the memory of a core. */
export interface Threads {
  /** How many there are, the calling one included. */
  readonly count: number;
  /** Why there is only one. */
  readonly reason?: string | undefined;
  /** Whether the calling thread takes part: where it may not block, the others do it all. */
  readonly callerWorks: boolean;
}

export class Core {
  /** Absent where the calling thread works alone. */
  readonly pool?: Threads | undefined;
  /** Whether multiply-adds are fused: faster, but the last bits depend on the CPU. */
  readonly relaxed: boolean;
  /** What the engine's dot products of bytes are exact for, an entry of ByteDots. */
  readonly byteDots: number;
  /** First address that is free for weights and programs. */
  heapBase: number;
  /** Every kernel of the binary: the number by which steps name it, and its arguments. */
  readonly kernels: ReadonlyMap<string, Kernel>;
  /** Whether the program that uses the model has views of the memory: it serves nothing else then. */
  isExposed = false;
  protected exports: Exports;

  /**
   * @param module one of the binaries
   * @param limit most bytes that the memory may have
   * @throws QuadlaneError `HOST` when the module is not one of this version's binaries, `MEMORY` when the engine gives none
   */
  constructor(
    readonly module: WebAssembly.Module,
    protected readonly limit: number,
    protected memory = newMemory({ initial: 1 }),
  ) {
    const { exports, kernels } = instantiate(module, memory);
    this.exports = exports;
    this.kernels = kernels;
    this.relaxed = exports.is_relaxed() === 1;
    this.byteDots = exports.byte_dots();
    this.heapBase = exports.heap_base();
  }

  /** Another instance of the binary on the calling thread alone, with a memory of its own. */
  sibling(limit = Number.POSITIVE_INFINITY): Core {
    return new Core(this.module, limit);
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
    if (bytes > this.limit) throw overLimit(bytes, this.limit);
    const pages = Math.ceil(bytes / PAGE_BYTES);
    try {
      if (pages > MAX_PAGES) throw new RangeError(`${pages} pages are more than a 32-bit memory has`);
      this.grow(pages);
    } catch (cause) {
      if (cause instanceof QuadlaneError) throw cause;
      throw new QuadlaneError(
        'MEMORY',
        `the engine can't give ${bytes} bytes of memory: use a smaller batch or input`,
        { cause },
      );
    }
  }

  /**
   * Makes the memory `pages` long, or a little longer. The first one gives way to one of that size: some engines don't count
   * what a memory grows by when they decide whether to collect.
   */
  protected grow(pages: number): void {
    if (this.bytes > PAGE_BYTES) this.memory.grow(pages - this.bytes / PAGE_BYTES);
    else this.moveTo(new WebAssembly.Memory({ initial: pages }));
  }

  /** Goes on in another memory, with what is in this one. */
  protected moveTo(memory: WebAssembly.Memory): void {
    new Uint8Array(memory.buffer).set(new Uint8Array(this.memory.buffer));
    this.memory = memory;
    this.exports = exportsIn(memory, this.module);
  }

  /** A live view of `length` elements at `address`; dead once the memory grows. */
  view<D extends DType>(dtype: D, address: number, length: number): TypedArrays[D] {
    return arrayOn(dtype, this.memory.buffer, address, length);
  }

  /** Copies bytes into the memory. */
  write(address: number, bytes: ArrayBufferView): void {
    this.view('uint8', address, bytes.byteLength).set(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  /** Copies bytes within the memory. */
  move(from: number, to: number, bytes: number): void {
    if (from !== to) this.view('uint8', 0, this.bytes).copyWithin(to, from, from + bytes);
  }

  /** Does the share of `thread` of `threads` of a program of `steps` steps. */
  run(program: number, steps: number, thread = 0, threads = 1): void {
    this.exports.run(program, steps, thread, threads);
  }

  /** Runs a program; where threads do it, in turns with what else the calling thread does. */
  async runInTurns(program: number, steps: number): Promise<void> {
    this.run(program, steps);
  }

  /** Gives back what the engine doesn't collect: threads, and memory that they share. */
  dispose(): void {}
}

function exportsIn(memory: WebAssembly.Memory, module: WebAssembly.Module): Exports {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports;
}

/** Names of the kernels, each with its arguments, as the binary's section `kernels` lists them. */
function readLayouts(module: WebAssembly.Module): string[] {
  const [section] = WebAssembly.Module.customSections(module, 'kernels');
  if (!section) throw new TypeError('the module has no kernels');
  return utf8Decoder().decode(section).split('\n');
}

/** The kernels, which are the last in the table that steps index. */
function kernelsOf({ table }: Exports, layouts: readonly string[]): Map<string, Kernel> {
  const first = table.length - layouts.length;
  if (typeof table.get(first) !== 'function') throw new TypeError('the table lacks the kernels');
  return new Map(layouts.map((layout, index) => [layout.split(' ', 1)[0], new Kernel(first + index, layout)]));
}
