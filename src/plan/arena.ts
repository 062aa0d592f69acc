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

/** Up to so many slots are compared with each other; the time for more has to grow with their number alone. */
const MOST_COMPARED = 2 ** 13;

/**
 * Gives every slot its offset.
 * @returns bytes of the whole arena
 * @throws QuadlaneError `MEMORY` when a 32-bit address space can't hold it
 */
export function arrange(slots: readonly Slot[]): number {
  const end = slots.length > MOST_COMPARED ? arrangeInTurn(slots) : arrangeBySize(slots);
  if (end > MAX_BYTES) {
    throw new QuadlaneError(
      'MEMORY',
      `the activations need ${end} bytes, more than a 32-bit memory has; use a smaller batch or input`,
    );
  }
  return end;
}

function bytesOf(slot: Slot): number {
  return align(slot.bytes + SLACK_BYTES);
}

/** The largest first, each at the lowest place that is free throughout its life. */
function arrangeBySize(slots: readonly Slot[]): number {
  const byOffset: Slot[] = [];
  let end = 0;
  for (const slot of [...slots].sort((a, b) => b.bytes - a.bytes)) {
    const bytes = bytesOf(slot);
    let offset = 0;
    for (const other of byOffset) {
      if (other.first > slot.last || slot.first > other.last) continue;
      if (other.offset - offset >= bytes) break;
      offset = Math.max(offset, other.offset + bytesOf(other));
    }
    slot.offset = offset;
    end = Math.max(end, offset + bytes);
    const after = byOffset.findIndex((other) => other.offset > offset);
    byOffset.splice(after < 0 ? byOffset.length : after, 0, slot);
  }
  return end;
}

/** In the order of their lives: each where one of at least its size, rounded up to a power of two, has ended, or at the end. */
function arrangeInTurn(slots: readonly Slot[]): number {
  const free = new Map<number, number[]>();
  const used = slots.filter(({ first, last }) => first <= last);
  const ending = [...used].sort((a, b) => a.last - b.last);
  const room = (slot: Slot) => 2 ** Math.ceil(Math.log2(bytesOf(slot)));
  let [ended, end] = [0, 0];
  for (const slot of [...used].sort((a, b) => a.first - b.first)) {
    for (; ending[ended].last < slot.first; ended++) {
      const bytes = room(ending[ended]);
      const places = free.get(bytes) ?? [];
      places.push(ending[ended].offset);
      free.set(bytes, places);
    }
    const place = free.get(room(slot))?.pop();
    slot.offset = place ?? end;
    if (place === undefined) end += room(slot);
  }
  return end;
}
