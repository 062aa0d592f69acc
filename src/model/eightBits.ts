// What of a network runs in 8 bits and what in floats, in one line for people.

import type { Plan } from '../plan/plan.js';

/** Most layers that the line names. */
const MOST_NAMED = 5;

/** The line for networks that have layers in 8 bits; none for others. */
export function eightBitNotes({ nodes }: Pick<Plan, 'nodes'>): string[] {
  const layers = nodes.filter(({ op, cost }) => cost > 0 && op !== 'dynamicAffine');
  const isEightBit = ({ dtype }: (typeof layers)[number]) => dtype === 'int8' || dtype === 'uint8';
  const cost = (some: typeof layers) => some.reduce((sum, layer) => sum + layer.cost, 0);
  const [inEight, inFloats] = [true, false].map((wanted) => layers.filter((layer) => isEightBit(layer) === wanted));
  if (inEight.length === 0 && !inFloats.some(({ note }) => note)) return [];
  const share = ((100 * cost(inEight)) / cost(layers)).toFixed(1);
  const named = inFloats.slice(0, MOST_NAMED).map(({ name, note }) => (note ? `${name} (${note})` : name));
  const more = inFloats.length > MOST_NAMED ? [`${inFloats.length - MOST_NAMED} more`] : [];
  const rest = inFloats.length > 0 ? `; in floats: ${[...named, ...more].join(', ')}` : '';
  return [`in 8 bits: ${inEight.length} of ${layers.length} layers, ${share} % of multiply-adds${rest}`];
}
