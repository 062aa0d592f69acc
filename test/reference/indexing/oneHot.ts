// One-hot vectors.

/** `depth` elements, all off but the one that `index` names, which may count from the end. */
export function oneHot(index: number, depth: number, off: number, on: number): number[] {
  return Array.from({ length: depth }, (_, i) => (i === index || i === index + depth ? on : off));
}
