// Figures as text.

/** Seconds in the unit that suits them. */
export function formatTime(seconds: number): string {
  if (seconds < 1e-3) return `${(1e6 * seconds).toPrecision(3)} us`;
  return seconds < 1 ? `${(1e3 * seconds).toPrecision(3)} ms` : `${seconds.toPrecision(3)} s`;
}

/** Three significant digits, without an exponent. */
export function formatNumber(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** What `markDisturbed` means, for the reader of a table. */
export const DISTURBED = '~: something else used the core during most samples, although such are taken again.';

/** The name of what was measured, marked where most of its samples were disturbed. */
export function markDisturbed(name: string, disturbed: boolean): string {
  return disturbed ? `~ ${name}` : name;
}
