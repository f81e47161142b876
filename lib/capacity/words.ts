/** Figures of a rejection as a person reads them. Fixed to one spelling, so that plans do not change with a locale. */

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `16,653`: whole dollars, grouped. */
export function dollars(value: number): string {
  return grouped.format(value);
}

/** `1 replica`, `4 replicas`. */
export function replicaCount(value: number): string {
  return `${grouped.format(value)} ${value === 1 ? 'replica' : 'replicas'}`;
}
