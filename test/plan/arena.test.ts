import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrange, Slot } from '../../src/plan/arena.js';

/** A slot for the nodes from `first` to `last`. */
function slot(bytes: number, first: number, last: number): Slot {
  const made = new Slot(bytes);
  made.use(first);
  made.use(last);
  return made;
}

const LOAD_BYTES = 16;

describe('arena', () => {
  it('keeps slots that live at the same time apart, with room for a load past each end', () => {
    const life = fc.tuple(
      fc.integer({ min: 0, max: 5000 }),
      fc.integer({ min: -1, max: 30 }),
      fc.integer({ min: 0, max: 12 }),
    );
    fc.assert(
      fc.property(fc.array(life, { maxLength: 40 }), (lives) => {
        const slots = lives.map(([bytes, first, length]) => slot(bytes, first, first + length));
        const total = arrange(slots);
        for (const a of slots) {
          expect(a.offset % 64).toBe(0);
          expect(a.offset + a.bytes + LOAD_BYTES).toBeLessThanOrEqual(total);
          for (const b of slots) {
            const together = a !== b && a.first <= b.last && b.first <= a.last;
            const apart = a.offset + a.bytes + LOAD_BYTES <= b.offset || b.offset + b.bytes + LOAD_BYTES <= a.offset;
            expect(!together || apart).toBe(true);
          }
        }
      }),
    );
  });

  it('8,000 slots that live at the same time lie one after the other', () => {
    const slots = Array.from({ length: 8000 }, (_, i) => slot(1 + (i % 300), 0, 1));
    const total = arrange(slots);
    const byOffset = slots.toSorted((a, b) => a.offset - b.offset);
    byOffset.forEach(({ offset, bytes }, i) => {
      const end = byOffset[i + 1]?.offset ?? total;
      expect(end - offset, `slot ${i}`).toBeGreaterThanOrEqual(bytes + LOAD_BYTES);
      expect(end - offset, `slot ${i}`).toBeLessThan(bytes + LOAD_BYTES + 128);
    });
  });

  it('uses the same bytes again', () => {
    const slots = Array.from({ length: 10 }, (_, node) => slot(1000, node, node + 1));
    expect(arrange(slots)).toBeLessThan(3 * 1100);
    expect(arrange([])).toBe(0);
  });

  it('is a MEMORY error where 32 bits end', () => {
    const slots = [slot(2 ** 30, 0, 1), slot(2 ** 30, 0, 1)];
    expect(() => arrange(slots)).toThrow(
      expect.objectContaining({ code: 'MEMORY', message: expect.stringContaining('smaller batch') }),
    );
  });
});
