/** The decision step without sizing, for every preset: processor time, and as a ratio to an empty loop of the same run. */
import { loadCatalog } from '../blueprints/catalog.ts';
import { products } from '../blueprints/index.ts';
import { presets } from '../blueprints/presets/index.ts';
import { sizeServing } from '../lib/capacity/size-serving.ts';
import type { SizingResult } from '../lib/capacity/types.ts';
import { decide } from '../lib/decisions/decide.ts';
import { machinesListUsdPerMonth } from '../lib/plan/provisioning-fee.ts';
import { reservedUsdPerMonth } from '../lib/plan/reserve.ts';
import { parseRequirements } from '../lib/requirements/parse.ts';

const catalog = loadCatalog(products);
const bound = 50;
const rounds = Number(process.argv[2] ?? 11);

/** Processor milliseconds: other work on the machine does not count. */
function milliseconds(work: () => void): number {
  const begin = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000;
}

const yardstick = Math.min(
  ...Array.from({ length: rounds }, () =>
    milliseconds(() => {
      let sum = 0;
      for (let step = 0; step < 1e7; step++) sum += Math.sqrt(step);
      if (sum < 0) throw new Error('a sum of roots is never below zero');
    }),
  ),
);

for (const [id, { answers }] of Object.entries(presets)) {
  const parsed = parseRequirements(structuredClone(answers), catalog);
  if (!parsed.ok) throw new Error(`${id}: ${JSON.stringify(parsed.reasons)}`);
  let sized: SizingResult | undefined;
  const once = (...asked: Parameters<typeof sizeServing>) => {
    sized ??= sizeServing(...asked);
    return sized;
  };
  decide(parsed.value, catalog, once, reservedUsdPerMonth, machinesListUsdPerMonth);
  const times = Array.from({ length: rounds }, () =>
    milliseconds(() => decide(parsed.value, catalog, once, reservedUsdPerMonth, machinesListUsdPerMonth)),
  );
  const median = times.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN;
  const ratio = (median / yardstick).toFixed(1);
  const verdict = median <= bound ? 'met' : 'MISSED';
  console.log(
    `${id.padEnd(28)} ${median.toFixed(1).padStart(6)} ms of ${bound}: ${verdict}; ${ratio} × ten million square roots`,
  );
}
