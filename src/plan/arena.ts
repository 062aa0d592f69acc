// Where activations lie: slots whose lifetimes don't overlap share the same bytes.

import { QuadlaneError } from '../errors.js';
import { SLACK_BYTES } from '../layouts.generated.js';
import type { Region } from '../ops/pointer.js';

const ALIGNMENT = 64;
/** Addresses are 32 bits, and offsets in a slot are signed. */
const MAX_BYTES = 2 ** 31;

/** Memory for the steps of the nodes from `first` to `last`. */
export class Slot implements Region {
  base = 0;
  /** Bytes from the arena's start. */
  offset = 0;
  first = Number.POSITIVE_INFINITY;
  last = Number.NEGATIVE_INFINITY;

  constructor(public bytes: number) {}

  /** Keeps the slot through the steps of `node`. */
  use(node: number): void {
    this.first = Math.min(this.first, node);
    this.last = Math.max(this.last, node);
  }
}

export function align(bytes: number, alignment = ALIGNMENT): number {
  return Math.ceil(bytes / alignment) * alignment;
}

/**
 * Gives every slot its offset: the largest first, each at the lowest place that is free throughout its life.
 * @returns bytes of the whole arena
 * @throws QuadlaneError `MEMORY` when a 32-bit address space can't hold it
 */
export function arrange(slots: readonly Slot[]): number {
  const placed: Slot[] = [];
  let end = 0;
  for (const slot of [...slots].sort((a, b) => b.bytes - a.bytes)) {
    const bytes = align(slot.bytes + SLACK_BYTES);
    const rivals = placed.filter((other) => other.first <= slot.last && slot.first <= other.last);
    let offset = 0;
    for (const rival of rivals.sort((a, b) => a.offset - b.offset)) {
      if (rival.offset - offset >= bytes) break;
      offset = Math.max(offset, align(rival.offset + rival.bytes + SLACK_BYTES));
    }
    slot.offset = offset;
    end = Math.max(end, offset + bytes);
    placed.push(slot);
  }
  if (end > MAX_BYTES) {
    throw new QuadlaneError(
      'MEMORY',
      `the activations need ${end} bytes, more than a 32-bit memory has; use a smaller batch or input`,
    );
  }
  return end;
}
