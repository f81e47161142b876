/** Numbers to text, each with its unit. Fixed to one spelling, so that documents do not change with a locale. */

const groups = (digits: string) => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** `1,234.5`; at most so many decimals, none that say nothing. */
export function decimal(value: number, decimals = 0): string {
  const [whole = '0', fraction = ''] = Math.abs(value).toFixed(decimals).split('.');
  const kept = fraction.replace(/0+$/, '');
  const text = kept === '' ? groups(whole) : `${groups(whole)}.${kept}`;
  return value < 0 && Number(text.replace(/,/g, '')) !== 0 ? `−${text}` : text;
}

/** Three significant digits below a hundred, whole numbers above: `0.0123`, `4.2`, `3,273`. */
export function figure(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  return size >= 100 ? decimal(value) : decimal(value, Math.min(12, Math.max(0, 2 - Math.floor(Math.log10(size)))));
}

const scales = [
  [1e12, 'trillion'],
  [1e9, 'billion'],
  [1e6, 'million'],
] as const;

/** `2.2 million`; whole numbers below a million. */
export function count(value: number): string {
  const [scale, word] = scales.find(([limit]) => Math.abs(value) >= limit) ?? [1, ''];
  return word === '' ? decimal(value) : `${figure(value / scale)} ${word}`;
}

/** `1 replica`, `3 replicas`. */
export function counted(value: number, singular: string, plural = `${singular}s`): string {
  return `${count(value)} ${value === 1 ? singular : plural}`;
}

/** Whole dollars from 100 up, cents below, more digits below a cent. */
export function usd(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0 USD';
  if (size >= 100) return `${decimal(value)} USD`;
  if (size < 0.01) return `${figure(value)} USD`;
  return `${value < 0 ? '−' : ''}${size.toFixed(2).replace('.00', '')} USD`;
}

/** `180 ms`, `4.2 s`, `2 min 20 s`, `3 h 30 min`, `5 days`. */
export function seconds(value: number): string {
  if (value === 0) return '0 s';
  if (value < 0.9995) return `${figure(value * 1000)} ms`;
  if (value < 119.5) return `${figure(value)} s`;
  const pair = (big: number, bigUnit: string, small: number, smallUnit: string) =>
    small === 0 ? `${decimal(big)} ${bigUnit}` : `${decimal(big)} ${bigUnit} ${small} ${smallUnit}`;
  const whole = Math.round(value);
  if (whole < 3600) return pair(Math.floor(whole / 60), 'min', whole % 60, 's');
  const minutes = Math.round(value / 60);
  if (minutes < 48 * 60) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  return `${decimal(value / 86_400, 1)} days`;
}

export function hours(value: number): string {
  return seconds(value * 3600);
}

/** Decimal units: 1 GB is 10⁹ bytes. */
export function bytes(value: number): string {
  if (value >= 1e12) return `${figure(value / 1e12)} TB`;
  if (value >= 1e9) return `${figure(value / 1e9)} GB`;
  return value >= 1e6 ? `${figure(value / 1e6)} MB` : `${decimal(value / 1e3, 1)} kB`;
}

/** 0.153 to `15.3%`. */
export function percent(share: number, decimals = 1): string {
  return `${decimal(share * 100, decimals)}%`;
}

/** A value with the range that its error band allows: `252 ms (214 ms to 290 ms)`. */
export function withBand(value: number, band: number, print: (value: number) => string): string {
  return band > 0 ? `${print(value)} (${print(value * (1 - band))} to ${print(value * (1 + band))})` : print(value);
}

/** `a`, `a and b`, `a, b and c`. */
export function list(items: readonly string[], last = 'and'): string {
  if (items.length < 2) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1)}`;
}

/** `2 to 3 replicas`, or one number where both are equal. */
export function span(low: number, high: number, singular: string, plural = `${singular}s`): string {
  return low === high ? counted(low, singular, plural) : `${count(low)} to ${count(high)} ${plural}`;
}

/** `reserved 1y no upfront and on demand`. */
export function purchaseName(purchase: string): string {
  return purchase.replaceAll('-', ' ').replace('+', ' and ');
}

/** First letter in upper case. */
export function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** One full stop at the end, whether or not the text brought its own. */
export function asSentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?:]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** The anchor of a heading, as code hosts make it. */
export function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}
