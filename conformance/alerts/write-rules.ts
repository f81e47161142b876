/** Writes the alert rules of every preset and of the situations the tests know, one file each, into a folder. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { planFrom } from '../../bin/planning.ts';
import { loadCatalog } from '../../blueprints/catalog.ts';
import { products } from '../../blueprints/index.ts';
import { presets } from '../../blueprints/presets/index.ts';
import { alertsFor } from '../../lib/plan/alerts.ts';
import type { Alert } from '../../lib/plan/plan.ts';
import { plans } from '../../test/documents/plans.ts';

const folder = process.argv[2];
if (folder === undefined) throw new Error('write-rules.ts <folder>');

function write(name: string, alerts: readonly Alert[]): void {
  const rules = alerts.map(({ id, expression, forMinutes }) => ({
    alert: id,
    expr: expression,
    for: `${forMinutes}m`,
  }));
  writeFileSync(join(folder as string, `${name.replaceAll(' ', '-')}.yaml`), stringify({ groups: [{ name, rules }] }));
}

for (const [name, plan] of Object.entries(plans)) write(name, plan.alerts);
for (const preset of Object.keys(presets)) {
  const planned = planFrom({ preset });
  if (!planned.ok) throw new Error(`${preset}: ${planned.reasons.map(({ found }) => found).join('; ')}`);
  const { plan } = planned.value;
  write(`preset-${preset}`, plan.alerts);
  const platform = { ...plan.platform, environment: 'staging', provisioning: 'karpenter' } as const;
  write(`asleep-${preset}`, alertsFor({ ...plan, platform }, loadCatalog(products)));
}
