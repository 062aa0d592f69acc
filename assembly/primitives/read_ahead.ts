/**
 * Brings `bytes` from `from` on into the cache, up to 255 bytes at their end left out. Loads of nothing else follow
 * each other so closely that as many lines are on their way as a core can ask for; between multiply-adds it would be a
 * few.
 */
export function readAhead(from: usize, bytes: usize): void {
  for (const end = from + (bytes & -256); from < end; from += 256) {
    load<u8>(from);
    load<u8>(from, 64);
    load<u8>(from, 128);
    load<u8>(from, 192);
  }
}
