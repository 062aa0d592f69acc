// Names for what a network is made of: given ones are kept, the others number the layers of a kind in building order.

import { QuadlaneError } from '../errors.js';
import { describe, type LayerIdentity } from './layer.js';

/** A name for each layer, in the order of `layers`: the one in which they were built. */
export function nameLayers(layers: Iterable<LayerIdentity>): Map<LayerIdentity, string> {
  const named = new Map<LayerIdentity, string>();
  const taken = new Map<string, LayerIdentity>();
  const all = [...layers];
  for (const layer of all) {
    if (layer.name === undefined) continue;
    const other = taken.get(layer.name);
    if (other) {
      throw new QuadlaneError(
        'ARGUMENT',
        `two layers share a name, ${describe(other)} and ${describe(layer)}: rename one`,
      );
    }
    taken.set(layer.name, layer);
    named.set(layer, layer.name);
  }
  const counts = new Map<string, number>();
  for (const layer of all) {
    if (layer.name !== undefined) continue;
    let name: string;
    do {
      const count = (counts.get(layer.kind) ?? 0) + 1;
      counts.set(layer.kind, count);
      name = `${layer.kind}_${count}`;
    } while (taken.has(name));
    taken.set(name, layer);
    named.set(layer, name);
  }
  return new Map(all.map((layer) => [layer, named.get(layer)!]));
}

/** Names that no two values or parameters share. */
export class UniqueNames {
  private readonly taken = new Set<string>();

  /** Takes `name`; false when it was taken before. */
  claim(name: string): boolean {
    if (this.taken.has(name)) return false;
    this.taken.add(name);
    return true;
  }

  /** `name`, with a number behind it when it was taken. */
  fresh(name: string): string {
    let free = name;
    for (let count = 2; !this.claim(free); count++) free = `${name}_${count}`;
    return free;
  }
}
