/** How many of the field's unit one written unit is; by the field's unit. */
const written = {
  ms: {
    ms: 1,
    msec: 1,
    millisecond: 1,
    milliseconds: 1,
    us: 0.001,
    s: 1000,
    sec: 1000,
    secs: 1000,
    second: 1000,
    seconds: 1000,
    m: 60_000,
    min: 60_000,
    minute: 60_000,
    minutes: 60_000,
    h: 3_600_000,
    hour: 3_600_000,
    hours: 3_600_000,
  },
  hours: {
    s: 1 / 3600,
    sec: 1 / 3600,
    seconds: 1 / 3600,
    min: 1 / 60,
    m: 1 / 60,
    minutes: 1 / 60,
    h: 1,
    hr: 1,
    hrs: 1,
    hour: 1,
    hours: 1,
    d: 24,
    day: 24,
    days: 24,
    w: 168,
    week: 168,
    weeks: 168,
  },
  days: {
    h: 1 / 24,
    hours: 1 / 24,
    d: 1,
    day: 1,
    days: 1,
    w: 7,
    week: 7,
    weeks: 7,
    month: 30,
    months: 30,
    y: 365,
    yr: 365,
    year: 365,
    years: 365,
  },
  GB: { mb: 0.001, mib: 0.001048576, gb: 1, g: 1, gib: 1.073741824, tb: 1000, t: 1000, tib: 1099.511627776 },
  '%': { '%': 1, percent: 1 },
  USD: { usd: 1, $: 1, dollar: 1, dollars: 1, k: 1000, kusd: 1000, m: 1e6 },
  count: {
    k: 1000,
    m: 1e6,
    million: 1e6,
    b: 1e9,
    bn: 1e9,
    billion: 1e9,
    rps: 1,
    qps: 1,
    tokens: 1,
    token: 1,
    tok: 1,
    requests: 1,
    req: 1,
    users: 1,
    documents: 1,
    docs: 1,
    gpus: 1,
    gpu: 1,
    examples: 1,
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, number>>>>;

const counts = written.count;

function familyOf(unit: string | undefined): Readonly<Record<string, number>> {
  if (unit === undefined) return counts;
  const [main = unit] = unit.split(/[ /]/);
  return Object.hasOwn(written, main) ? written[main as keyof typeof written] : counts;
}

/**
 * The number a person meant by a text with a unit (`2s`, `200ms`, `1,500 USD`, `10k`), in the field's own unit.
 * Undefined: not to be read safely; commas are thousands only where they group three digits.
 */
export function readQuantity(text: string, unit: string | undefined): number | undefined {
  const match =
    /^\s*(\$)?\s*(-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*([a-z%$]*)(?:\s*\/\s*[a-z]+)?\s*$/i.exec(
      text,
    );
  if (!match) return undefined;
  const number = Number(match[2]?.replaceAll(',', ''));
  const suffix = (match[3] ?? '').toLowerCase();
  const factor = suffix === '' ? 1 : familyOf(unit)[suffix];
  if (factor === undefined || !Number.isFinite(number)) return undefined;
  return Number((number * factor).toPrecision(12));
}
