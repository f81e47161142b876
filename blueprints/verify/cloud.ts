import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import type { Catalog } from '../../lib/catalog/catalog.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import { complianceMatrix } from '../clouds/aws/controls.ts';
import { priceTemplates } from '../clouds/aws/cost/price-templates.ts';
import { LlmPlatform } from '../clouds/aws/llm-platform.ts';
import { checkApp, templatesOf } from '../clouds/aws/nag/check-app.ts';
import { ownRules } from '../clouds/aws/nag/rules/index.ts';
import type { KubernetesObject, StackTemplate } from '../clouds/aws/nag/world.ts';
import type { Check } from './report.ts';

/** Synthesizes a plan in a folder of its own and hands the app and its templates over. */
export function withSynthesized<T>(plan: Plan, use: (app: App, templates: readonly StackTemplate[]) => T): T {
  const outdir = mkdtempSync(join(tmpdir(), 'groundplan-verify-'));
  try {
    const app = new App({ outdir, analyticsReporting: false });
    new LlmPlatform(app, plan);
    return use(app, templatesOf(app));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** The stacks of a plan against the published packs of its regimes, our own rules, the matrix and the bill. */
export function cloudChecks(plan: Plan, objects: readonly KubernetesObject[], catalog: Catalog): readonly Check[] {
  return withSynthesized(plan, (app, templates) => {
    const report = checkApp(app, plan, objects);
    const matrix = complianceMatrix(plan, templates, objects);
    const priced = priceTemplates(templates, plan, catalog);
    const differs = (['minimum', 'expected', 'maximum'] as const).filter(
      (of) => Math.abs(priced.usdPerMonth[of] - plan.cost.usdPerMonth[of]) > 0.01,
    );
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
        problems: differs.map(
          (of) =>
            `${of} load: ${priced.usdPerMonth[of].toFixed(2)} USD a month over the resources, ${plan.cost.usdPerMonth[of].toFixed(2)} in the plan`,
        ),
        notes: priced.gaps.map((gap) => `not priced: ${gap}`),
        looked: priced.lines.length,
      },
    ];
  });
}
