import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { cachePrefix } from '../delivery/image-mirror.ts';
import type { Acknowledgement } from './acknowledgement.ts';
import { acknowledgements } from './acknowledgements.ts';
import { packsFor } from './packs.ts';

/** Ids of a row for a plan: names filled in, packs that are not run left out. */
function idsOf(row: Acknowledgement, plan: Plan): readonly string[] {
  const prefixes = [...packsFor(plan.compliance.frameworks), 'Groundplan'];
  return row.rules
    .filter((rule) => prefixes.some((prefix) => rule.startsWith(`${prefix}-`)))
    .map((rule) =>
      rule
        .replaceAll('{name}', plan.name)
        .replaceAll('{recovery}', plan.platform.recoveryRegion ?? '')
        .replaceAll('{store}', plan.vectorStore?.id ?? '')
        .replaceAll(/\{cache:(\w+)\}/g, (_, registry: string) => cachePrefix(plan, registry)),
    );
}

/**
 * Records the accepted findings on the constructs of a platform, in the form cdk-nag reads. Called when the platform is
 * complete; what a user adds later is never accepted by us.
 */
export function acknowledgeFindings(
  platform: IConstruct,
  plan: Plan,
  rows: readonly Acknowledgement[] = acknowledgements,
): void {
  for (const row of rows) {
    if (row.when?.(plan) === false) continue;
    const ids = idsOf(row, plan);
    for (const path of row.at) {
      const node = path
        .split('/')
        .reduce<IConstruct | undefined>((scope, id) => scope?.node.tryFindChild(id), platform);
      if (node) Validations.of(node).acknowledge(...ids.map((id) => ({ id, reason: row.reason })));
    }
  }
}
