/** Figures of a rejection as a person reads them. Fixed to one spelling, so that plans do not change with a locale. */

const format = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `16,653`: whole and grouped. */
export function grouped(value: number): string {
  return format.format(value);
}

/** `1 replica`, `4 replicas`. */
export function replicaCount(value: number): string {
  return `${grouped(value)} ${value === 1 ? 'replica' : 'replicas'}`;
}
