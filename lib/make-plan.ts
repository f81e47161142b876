import { sizeServing } from './capacity/size-serving.ts';
import type { Catalog } from './catalog/catalog.ts';
import { decide } from './decisions/index.ts';
import { decisionLinks } from './explain/index.ts';
import { type Outcome, ok } from './outcome.ts';
import { alertLinks } from './plan/alerts.ts';
import { freezePlan } from './plan/freeze.ts';
import type { Plan } from './plan/plan.ts';
import { machinesListUsdPerMonth } from './plan/provisioning-fee.ts';
import { reservedUsdPerMonth } from './plan/reserve.ts';
import { parseRequirements } from './requirements/parse.ts';

/**
 * Answers in, plan out: the whole planner, with no I/O, no clock and no random numbers. The same answers and catalogue
 * give the same bytes.
 */
export function makePlan(answers: unknown, catalog: Catalog): Outcome<Plan> {
  const requirements = parseRequirements(answers, catalog);
  if (!requirements.ok) return requirements;
  const decided = decide(requirements.value, catalog, sizeServing, reservedUsdPerMonth, machinesListUsdPerMonth);
  if (!decided.ok) return decided;
  const plan = freezePlan(requirements.value, decided.value, catalog);
  if (!plan.ok) return plan;
  return ok({ ...plan.value, links: [...decisionLinks(plan.value), ...alertLinks(plan.value, catalog)] });
}
