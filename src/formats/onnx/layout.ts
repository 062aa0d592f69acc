// The order of axes on both sides: ONNX has channels first, quadlane last.

/** Brings [N, C, spatial..] to [N, spatial.., C]. */
export function channelsLast(rank: number): number[] {
  return rank < 3 ? [...Array(rank).keys()] : [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];
}

/** Brings [N, spatial.., C] to [N, C, spatial..]. */
export function channelsFirst(rank: number): number[] {
  return rank < 3 ? [...Array(rank).keys()] : [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)];
}

/** Whether `permutation` leaves every axis where it is. */
export function isIdentity(permutation: readonly number[]): boolean {
  return permutation.every((axis, position) => axis === position);
}
