import type { App } from 'aws-cdk-lib';
import type { Catalog } from '../../lib/catalog/catalog.ts';
import type { CostLine } from '../../lib/catalog/products.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import { complianceMatrix } from '../clouds/aws/compliance-matrix.ts';
import { priceTemplates } from '../clouds/aws/cost/price-templates.ts';
import { checkApp } from '../clouds/aws/nag/check-app.ts';
import { ownRules } from '../clouds/aws/nag/rules/index.ts';
import { asObject, at, type KubernetesObject, type StackTemplate } from '../clouds/aws/nag/world.ts';
import { withSynthesized } from '../clouds/aws/raise.ts';
import type { Check } from './report.ts';

/** The stacks of a plan against the published packs of its regimes, our own rules, the matrix and the bill. */
export function cloudChecks(plan: Plan, objects: readonly KubernetesObject[], catalog: Catalog): readonly Check[] {
  return withSynthesized(plan, (app, templates) => checksOf({ app, templates, plan, objects, catalog }));
}

export interface Synthesized {
  readonly app: App;
  readonly templates: readonly StackTemplate[];
  readonly plan: Plan;
  readonly objects: readonly KubernetesObject[];
  readonly catalog: Catalog;
}

/** The same checks on an app that is synthesized already. */
export function checksOf({ app, templates, plan, objects, catalog }: Synthesized): readonly Check[] {
  const report = checkApp(app, plan, objects);
  const matrix = complianceMatrix(plan, templates, objects);
  const priced = priceTemplates(templates, plan, catalog);
  return [
    {
      id: 'policy',
      title: `policy: ${report.packs.join(', ')} and ${ownRules.length} rules of our own`,
      problems: [
        ...report.findings.map(
          ({ rule, detail, resource, message }) =>
            `${rule}${detail === undefined ? '' : `[${detail}]`} at ${resource}: ${message}`,
        ),
        ...report.unused.map(({ rule, path }) => `the acceptance of ${rule} at ${path} accepts nothing`),
        ...report.withoutReason.map(({ rule, path }) => `the acceptance of ${rule} at ${path} gives no reason`),
      ],
      notes: [`${report.accepted.length} findings are accepted, each with a reason in docs/`],
      looked: templates.length,
    },
    {
      id: 'controls',
      title: 'controls of the regimes',
      problems: matrix.unmet.map(
        ({ id, title, note, offenders }) =>
          `${title} (${id}): ${note}${offenders.length > 0 ? `: ${offenders.join(', ')}` : ''}`,
      ),
      notes: [`${matrix.duties.length} clauses stay with you: see the compliance page`],
      looked: matrix.rows.length,
    },
    {
      id: 'bill',
      title: 'bill: the plan against the resources',
      problems: [...totalProblems(plan, priced.usdPerMonth), ...proofProblems(plan, priced.lines, objects)],
      notes: priced.gaps.map((gap) => `not priced: ${gap}`),
      looked: priced.lines.length,
    },
  ];
}

type Totals = Plan['cost']['usdPerMonth'];

function totalProblems(plan: Plan, found: Totals): readonly string[] {
  return (['minimum', 'expected', 'maximum'] as const)
    .filter((of) => Math.abs(found[of] - plan.cost.usdPerMonth[of]) > 0.01)
    .map(
      (of) =>
        `${of} load: ${found[of].toFixed(2)} USD a month over the resources, ${plan.cost.usdPerMonth[of].toFixed(2)} in the plan`,
    );
}

/** P11: the largest configuration, recomputed from the resources, stays below the ceiling, and the GPU limits agree. */
function proofProblems(
  plan: Plan,
  lines: readonly CostLine[],
  objects: readonly KubernetesObject[],
): readonly string[] {
  const problems: string[] = [];
  const sum = (wanted: (line: CostLine) => boolean) =>
    lines.filter(wanted).reduce((total, line) => total + line.usdPerMonth.maximum, 0);
  const isGpu = (line: CostLine) => line.id.startsWith('cluster.gpu.');
  const { proof } = plan.spend;
  const found = { gpuUsdAtMaximum: sum(isGpu), fixedUsd: sum((line) => !isGpu(line)), totalUsd: sum(() => true) };
  for (const key of ['gpuUsdAtMaximum', 'fixedUsd', 'totalUsd'] as const) {
    if (Math.abs(found[key] - proof[key]) > 0.02)
      problems.push(
        `proof: ${key} is ${found[key].toFixed(2)} over the resources, ${proof[key].toFixed(2)} in the plan`,
      );
  }
  if (found.totalUsd > plan.spend.ceilingUsdPerMonth)
    problems.push(`proof: ${found.totalUsd.toFixed(2)} USD is above the ceiling of ${plan.spend.ceilingUsdPerMonth}`);
  for (const pool of plan.platform.nodePools.filter((each) => each.gpusPerNode > 0)) {
    if (pool.gpuLimit !== pool.nodes.maximum * pool.gpusPerNode)
      problems.push(`proof: pool ${pool.id} may hold ${pool.gpuLimit} GPUs and pays for ${pool.nodes.maximum} nodes`);
    const asked = plan.models
      .filter((model) => model.nodePool === pool.id)
      .reduce((total, model) => total + model.replicas.maximum * model.gpusPerReplica, 0);
    if (asked > pool.gpuLimit)
      problems.push(`proof: replicas of pool ${pool.id} may ask for ${asked} GPUs of ${pool.gpuLimit}`);
    const limit = objects
      .filter((object) => object.kind === 'NodePool' && at(object, 'metadata.name') === pool.id)
      .map((object) => asObject(at(object, 'spec.limits'))['nvidia.com/gpu'])
      .find((each) => each !== undefined);
    if (limit !== undefined && Number(limit) !== pool.gpuLimit)
      problems.push(`proof: NodePool ${pool.id} is limited to ${String(limit)} GPUs, the plan says ${pool.gpuLimit}`);
  }
  return problems;
}
