import type { Catalog } from '../catalog/catalog.ts';
import { infeasible, type Outcome, ok, type Reason } from '../outcome.ts';

/**
 * The gateway in front of every model: the first by id that meets its limits, those with budgets in USD first (a token
 * limit alone cannot hold a ceiling).
 */
export function chooseGateway(catalog: Catalog, hostedFallback: boolean): Outcome<string> {
  const entries = Object.entries(catalog.products.gateways).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const meets = (usdBudgets: boolean) =>
    entries.find(([, facts]) => facts.unmet({ usdBudgets, hostedFallback }).length === 0)?.[0];
  const chosen = meets(true) ?? meets(false);
  if (chosen !== undefined) return ok(chosen);
  const [first, ...rest] = entries.flatMap(([, facts]): readonly Reason[] =>
    facts.unmet({ usdBudgets: false, hostedFallback }),
  );
  if (first) return infeasible([first, ...rest]);
  throw new Error('the catalogue has no gateway');
}
