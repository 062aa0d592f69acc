// Constants on their way into linear memory: each in the forms that kernels read, each form once for all plans.

import { SLACK_BYTES } from '../layouts.generated.js';
import { bytesOf, denseView } from '../ops/lowering/views.js';
import type { Lowering, View } from '../ops/operator.js';
import type { Pointer, Region } from '../ops/pointer.js';
import type { Tensor } from '../tensor.js';
import { align } from './arena.js';
import type { Step, Table } from './plan.js';

/** A constant in one form: made by `steps` from `sources`, which are uploaded for it and dropped after. */
export interface Weight extends Region {
  /** Bytes that it takes, with what kernels may load past its end. */
  readonly bytes: number;
  readonly form: string;
  /** Names the form and what it is made of. */
  readonly key: string;
  readonly sources: readonly { readonly region: Region; readonly tensor: Tensor }[];
  readonly steps: readonly Step[];
  readonly tables: readonly Table[];
}

/** Bytes that `bytes` of a constant take in memory. */
export function placeBytes(bytes: number): number {
  return align(bytes + SLACK_BYTES);
}

export class WeightStore {
  readonly all: Weight[] = [];
  /** Bytes of all weights so far. */
  bytes = 0;
  private readonly found = new Map<string, Weight>();
  private readonly ids = new WeakMap<Tensor, number>();
  private nextId = 0;

  /** A constant as it is, in row-major order. */
  dense(tensor: Tensor): View {
    const weight = this.weight([tensor], 'row-major', bytesOf(tensor), () => {});
    return denseView({ region: weight, offset: 0 }, tensor);
  }

  /** Constants in another form; see `Lowering.packed`. */
  packed(
    tensors: readonly (Tensor | undefined)[],
    form: string,
    bytes: number,
    pack: (target: Pointer, sources: readonly View[], step: Lowering['step'], table: Lowering['table']) => void,
  ): Pointer {
    return { region: this.weight(tensors, form, bytes, pack), offset: 0 };
  }

  /** Bytes of the weights in each form. */
  bytesByForm(): Record<string, number> {
    const bytes: Record<string, number> = {};
    for (const { form, bytes: more } of this.all) {
      const [name] = form.split(' ');
      bytes[name] = (bytes[name] ?? 0) + more;
    }
    return bytes;
  }

  /** Drops the weights that came after the first `count`. */
  forget(count: number): void {
    for (const weight of this.all.splice(count)) {
      this.bytes -= weight.bytes;
      this.found.delete(weight.key);
    }
  }

  private weight(
    tensors: readonly (Tensor | undefined)[],
    form: string,
    bytes: number,
    pack: (target: Pointer, sources: readonly View[], step: Lowering['step'], table: Lowering['table']) => void,
  ): Weight {
    const key = `${form} ${tensors.map((tensor) => (tensor ? this.id(tensor) : '-')).join(' ')}`;
    const known = this.found.get(key);
    if (known) return known;
    const steps: Step[] = [];
    const tables: Table[] = [];
    const sources = tensors.filter((tensor) => tensor !== undefined).map((tensor) => ({ region: { base: 0 }, tensor }));
    const weight: Weight = { base: 0, bytes: placeBytes(bytes), form, key, sources, steps, tables };
    pack(
      { region: weight, offset: 0 },
      sources.map(({ region, tensor }) => denseView({ region, offset: 0 }, tensor)),
      (kernel, args) => steps.push({ kernel, args: args as unknown as Step['args'], node: -1 }),
      (values) => {
        const table = { base: 0, values };
        tables.push(table);
        return { region: table, offset: 0 };
      },
    );
    this.bytes += weight.bytes;
    this.all.push(weight);
    this.found.set(key, weight);
    return weight;
  }

  private id(tensor: Tensor): number {
    const id = this.ids.get(tensor) ?? this.nextId++;
    this.ids.set(tensor, id);
    return id;
  }
}
