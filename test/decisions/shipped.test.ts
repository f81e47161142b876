import { describe, expect, test } from 'vitest';
import { loadCatalog } from '../../blueprints/catalog.ts';
import { products } from '../../blueprints/index.ts';
import { presets } from '../../blueprints/presets/index.ts';
import { sizeServing } from '../../lib/capacity/size-serving.ts';
import type { SizingResult } from '../../lib/capacity/types.ts';
import { decide, type SizeServing } from '../../lib/decisions/decide.ts';
import { comparePlans } from '../../lib/explain/index.ts';
import { freezePlan } from '../../lib/plan/freeze.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import { machinesListUsdPerMonth } from '../../lib/plan/provisioning-fee.ts';
import { reservedUsdPerMonth } from '../../lib/plan/reserve.ts';
import { parseRequirements } from '../../lib/requirements/parse.ts';
import type { Requirements } from '../../lib/requirements/schema.ts';
import { overlaid } from '../fixtures/answers.ts';

const catalog = loadCatalog(products);
const ample = { infrastructure: { costCeilingUsdPerMonth: 300_000 } };

describe.each(Object.entries(presets))('preset %s on the shipped market', (_id, preset) => {
  const parsed = parseRequirements(overlaid(preset.answers, ample), catalog);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.reasons));
  const requirements = parsed.value;

  let sized: SizingResult | undefined;
  const once = (...asked: Parameters<typeof sizeServing>) => {
    sized ??= sizeServing(...asked);
    return sized;
  };

  test('one changed answer yields a comparison that names exactly what moved', () => {
    const longer = { ...requirements.operations, rtoHours: requirements.operations.rtoHours + 1 };
    const comparison = comparePlans(
      planOn(requirements, once),
      planOn({ ...requirements, operations: longer }, once),
      () => undefined,
    );
    expect(comparison.answers.map((change) => change.path)).toEqual(['operations.rtoHours']);
    expect(comparison.differences.filter((difference) => difference.kind === 'decision')).toEqual([]);
    expect(comparison.differences.every((difference) => difference.causes.join() === 'operations.rtoHours')).toBe(true);
  });
});

/** The plan on sizes that are known: the answer changed here is none a sizer reads. */
function planOn(requirements: Requirements, size: SizeServing): Plan {
  const decided = decide(requirements, catalog, size, reservedUsdPerMonth, machinesListUsdPerMonth);
  if (!decided.ok) throw new Error(JSON.stringify(decided.reasons));
  const plan = freezePlan(requirements, decided.value, catalog);
  if (!plan.ok) throw new Error(JSON.stringify(plan.reasons));
  return plan.value;
}
