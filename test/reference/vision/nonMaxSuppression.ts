// Non-maximum suppression as its definition reads.

export type Box = readonly [number, number, number, number];

/** [low, high] of a box on the axis whose coordinates are entries `axis` and `axis + 2`. */
function span(box: Box, axis: 0 | 1, centred: boolean): [number, number] {
  const [a, b] = [box[axis], box[axis + 2]];
  return centred ? [a - b / 2, a + b / 2] : [Math.min(a, b), Math.max(a, b)];
}

/** Intersection over union; 0 where it is empty. */
export function overlap(a: Box, b: Box, centred: boolean): number {
  const lengths = ([0, 1] as const).map((axis) => {
    const [own, other] = [span(a, axis, centred), span(b, axis, centred)];
    return {
      own: own[1] - own[0],
      other: other[1] - other[0],
      shared: Math.min(own[1], other[1]) - Math.max(own[0], other[0]),
    };
  });
  const area = (of: 'own' | 'other' | 'shared') =>
    lengths.reduce((product, axis) => product * Math.max(0, axis[of]), 1);
  return area('shared') > 0 ? area('shared') / (area('own') + area('other') - area('shared')) : 0;
}

/** The boxes of one class that stay, best first. */
export function chosen(
  boxes: readonly Box[],
  scores: readonly number[],
  most: number,
  threshold: number,
  least: number | undefined,
  centred: boolean,
): number[] {
  const byScore = [...boxes.keys()].filter((i) => (least === undefined ? !Number.isNaN(scores[i]) : scores[i] > least));
  byScore.sort((i, j) => scores[j] - scores[i] || i - j);
  const kept: number[] = [];
  for (const box of byScore) {
    if (kept.length === most) break;
    if (kept.every((other) => overlap(boxes[box], boxes[other], centred) <= threshold)) kept.push(box);
  }
  return kept;
}
