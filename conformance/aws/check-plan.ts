import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { loadCatalog } from '../../blueprints/catalog.ts';
import { complianceMatrix } from '../../blueprints/clouds/aws/controls.ts';
import { kindCosts } from '../../blueprints/clouds/aws/cost/kinds.ts';
import { predictedInventory } from '../../blueprints/clouds/aws/cost/predict.ts';
import { costInputs, observedInventory, priceTemplates } from '../../blueprints/clouds/aws/cost/price-templates.ts';
import { LlmPlatform } from '../../blueprints/clouds/aws/index.ts';
import { type AppReport, checkApp, templatesOf } from '../../blueprints/clouds/aws/nag/check-app.ts';
import { type StackTemplate, worldOf } from '../../blueprints/clouds/aws/nag/world.ts';
import { products } from '../../blueprints/index.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import { manifestsOf } from './manifests.ts';

export interface PlanReport {
  readonly problems: readonly string[];
  readonly accepted: number;
  readonly templates: readonly { readonly stackName: string; readonly text: string }[];
  readonly largest: { readonly resources: number; readonly bytes: number };
}

interface Synthesized {
  readonly app: App;
  readonly templates: readonly StackTemplate[];
}

/** Runs a function on a synthesized platform in a folder of its own, which is removed again. */
async function synthesized<T>(plan: Plan, use: (platform: Synthesized) => T | Promise<T>): Promise<T> {
  const outdir = mkdtempSync(join(tmpdir(), 'groundplan-synth-'));
  try {
    const app = new App({ outdir, analyticsReporting: false });
    new LlmPlatform(app, plan);
    return await use({ app, templates: templatesOf(app) });
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** Everything one plan's AWS side is held to, as sentences; none: it passes. */
export async function checkPlan(plan: Plan): Promise<PlanReport> {
  const objects = await manifestsOf(plan);
  const first = await synthesized(plan, ({ app, templates }) => ({ templates, report: checkApp(app, plan, objects) }));
  const second = await synthesized(plan, ({ templates }) => templates);
  const templates = first.templates.map(({ stackName, template }) => ({ stackName, text: JSON.stringify(template) }));
  const sizes = first.templates.map(({ template }) => Object.keys((template.Resources ?? {}) as object).length);
  return {
    problems: [
      ...nagProblems(first.report),
      ...byteProblems(templates, second),
      ...matrixProblems(plan, first.templates, objects),
      ...costProblems(plan, first.templates),
    ],
    accepted: first.report.accepted.length,
    templates,
    largest: {
      resources: Math.max(0, ...sizes),
      bytes: Math.max(0, ...templates.map(({ text }) => Buffer.byteLength(text))),
    },
  };
}

function nagProblems(report: AppReport): readonly string[] {
  return [
    ...report.findings.map(
      ({ rule, detail, resource, message }) => `${rule}${detail ? `[${detail}]` : ''} at ${resource}: ${message}`,
    ),
    ...report.unused.map(({ rule, path }) => `acknowledgement of ${rule} at ${path} accepts nothing`),
    ...report.withoutReason.map(({ rule, path }) => `acknowledgement of ${rule} at ${path} gives no reason`),
  ];
}

function byteProblems(
  first: readonly { readonly stackName: string; readonly text: string }[],
  second: readonly StackTemplate[],
): readonly string[] {
  if (first.length !== second.length) return [`${first.length} stacks, then ${second.length}`];
  return first
    .filter(({ text }, index) => text !== JSON.stringify(second[index]?.template))
    .map(({ stackName }) => `two syntheses of ${stackName} differ`);
}

function matrixProblems(
  plan: Plan,
  templates: readonly StackTemplate[],
  objects: Awaited<ReturnType<typeof manifestsOf>>,
): readonly string[] {
  return complianceMatrix(plan, templates, objects).unmet.map(
    ({ id, note, offenders }) => `control ${id} is unmet: ${note} ${offenders.slice(0, 3).join(', ')}`,
  );
}

/** The plan's total against the sum over the synthesized resources, and what the plan predicted of them. */
function costProblems(plan: Plan, templates: readonly StackTemplate[]): readonly string[] {
  const observed = observedInventory(worldOf(plan, templates));
  const predicted = predictedInventory(costInputs(plan));
  const counts = (Object.keys(observed) as (keyof typeof observed)[])
    .filter((key) => observed[key] !== predicted[key])
    .map((key) => `bill: ${key} is ${observed[key]} in the templates, ${predicted[key]} in the plan`);
  const priced = priceTemplates(templates, plan, loadCatalog(products));
  const totals = (['minimum', 'expected', 'maximum'] as const)
    .filter((of) => Math.abs(priced.usdPerMonth[of] - plan.cost.usdPerMonth[of]) > 0.01)
    .map(
      (of) =>
        `bill: ${of} load is ${priced.usdPerMonth[of].toFixed(2)} USD over the resources, ${plan.cost.usdPerMonth[of].toFixed(2)} in the plan`,
    );
  const types = new Set(worldOf(plan, templates).resources.map(({ type }) => type));
  const unknown = [...types]
    .filter((type) => !(type in kindCosts))
    .map((type) => `bill: ${type} is in no row of kinds`);
  return [...counts, ...totals, ...unknown];
}
