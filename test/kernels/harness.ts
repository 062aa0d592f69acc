// Calls one kernel of a binary directly: places operands in a memory whose every unused byte is NaN,
// runs the step as one or more threads in turn, and tells when a byte outside the outputs changed.
import { readFileSync } from 'node:fs';
import { instantiateSync } from '@assemblyscript/loader';
import type { KernelArguments, KernelName } from '../../src/ops/kernels.generated.js';

export const binaries = ['strict', 'relaxed', 'debug'] as const;
export type Binary = (typeof binaries)[number];

const GUARD_BYTES = 256;
const modules = new Map<Binary, WebAssembly.Module>();

/** The binaries that this engine accepts; `debug` has its assertions on. */
export const supportedBinaries = binaries.filter((binary) => WebAssembly.validate(bytesOf(binary)));

function bytesOf(binary: Binary): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`../../dist/quadlane.${binary}.wasm`, import.meta.url)));
}

/** The compiled binary, made once. */
export function moduleOf(binary: Binary): WebAssembly.Module {
  const module = modules.get(binary) ?? new WebAssembly.Module(bytesOf(binary));
  modules.set(binary, module);
  return module;
}

/** An operand placed in memory. */
export interface Operand {
  readonly address: number;
  readonly bytes: number;
}

interface Exports {
  run(program: number, steps: number, thread: number, threads: number): void;
  heap_base(): number;
  table: WebAssembly.Table;
}

/** Arguments as the harness takes them: addresses are numbers or operands. */
type PlainArguments<K extends KernelName> = { [F in keyof KernelArguments[K]]: number | Operand };

export class KernelHarness {
  readonly memory: WebAssembly.Memory;
  private readonly exports: Exports;
  /** Argument names of each kernel, as the binary lists them. */
  private readonly layouts: ReadonlyMap<string, readonly string[]>;
  private top: number;
  private readonly writable: Operand[] = [];

  /** @param pages of 64 KB to start with; every run compares all of the memory, which grows when operands need more */
  constructor(binary: Binary, pages = 16) {
    this.memory = new WebAssembly.Memory({ initial: pages });
    this.exports = instantiateSync(moduleOf(binary), { env: { memory: this.memory } }).exports as unknown as Exports;
    const [section] = WebAssembly.Module.customSections(moduleOf(binary), 'kernels');
    const lines = new TextDecoder().decode(section).split('\n');
    this.layouts = new Map(lines.map((line) => line.split(' ')).map(([name, ...fields]) => [name!, fields]));
    this.top = (this.exports.heap_base() + 63) & ~63;
    new Uint32Array(this.memory.buffer, this.top).fill(0x7fc00000);
  }

  /** Places data that the kernel reads. */
  place(data: Float32Array | Int32Array | Uint8Array | BigInt64Array): Operand {
    const operand = this.reserve(data.byteLength);
    new Uint8Array(this.memory.buffer, operand.address).set(
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    );
    return operand;
  }

  /** Places room that the kernel may write, NaN until then. */
  room(bytes: number): Operand {
    const operand = this.reserve(bytes);
    this.writable.push(operand);
    return operand;
  }

  floats(operand: Operand): Float32Array {
    return new Float32Array(this.memory.buffer, operand.address, operand.bytes >> 2).slice();
  }

  /** Runs the kernel as each of `threads` threads in turn; throws when it wrote outside its rooms. */
  run<K extends KernelName>(kernel: K, args: PlainArguments<K>, threads = 1): void {
    const fields = this.layouts.get(kernel)!;
    const encoded = this.reserve(fields.length * 4);
    const view = new DataView(this.memory.buffer, encoded.address);
    fields.forEach((field, index) => {
      const value = args[field.replace(/^[*~]/, '') as keyof PlainArguments<K>];
      const plain = typeof value === 'number' ? value : value.address;
      if (field.startsWith('~')) view.setFloat32(index * 4, plain, true);
      else view.setInt32(index * 4, plain, true);
    });
    const before = new Uint8Array(this.memory.buffer).slice();
    const call = this.kernel(kernel);
    for (let thread = 0; thread < threads; thread++) call(encoded.address, thread, threads);
    this.assertGuarded(before, kernel);
  }

  /** The last functions in the binary's table are its kernels. */
  private kernel(name: KernelName): (args: number, thread: number, threads: number) => void {
    const { table } = this.exports;
    return table.get(table.length - this.layouts.size + [...this.layouts.keys()].indexOf(name));
  }

  private assertGuarded(before: Uint8Array, kernel: string): void {
    const after = new Uint8Array(this.memory.buffer);
    const rooms = [...this.writable].sort((a, b) => a.address - b.address);
    let from = 0;
    for (const room of [...rooms, { address: after.length, bytes: 0 }]) {
      const same = Buffer.compare(before.subarray(from, room.address), after.subarray(from, room.address)) === 0;
      if (!same) {
        let at = from;
        while (before[at] === after[at]) at++;
        throw new Error(`${kernel} wrote at byte ${at}, outside its outputs (next room at ${room.address})`);
      }
      from = room.address + room.bytes;
    }
  }

  private reserve(bytes: number): Operand {
    const address = this.top + GUARD_BYTES;
    this.top = (address + bytes + GUARD_BYTES + 15) & ~15;
    const end = this.memory.buffer.byteLength;
    if (this.top > end) {
      this.memory.grow(Math.ceil((this.top - end) / 65_536));
      new Uint32Array(this.memory.buffer, end).fill(0x7fc00000);
    }
    return { address, bytes };
  }
}
