import { loadCatalog } from '../../blueprints/catalog.ts';
import { kindCosts } from '../../blueprints/clouds/aws/cost/kinds.ts';
import { predictedInventory } from '../../blueprints/clouds/aws/cost/predict.ts';
import { costInputs, observedInventory } from '../../blueprints/clouds/aws/cost/price-templates.ts';
import { type StackTemplate, worldOf } from '../../blueprints/clouds/aws/nag/world.ts';
import { withSynthesized } from '../../blueprints/clouds/aws/raise.ts';
import { products } from '../../blueprints/index.ts';
import { checksOf } from '../../blueprints/verify/cloud.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import { manifestsOf } from './manifests.ts';

export interface PlanReport {
  readonly problems: readonly string[];
  readonly templates: readonly { readonly stackName: string; readonly text: string }[];
  readonly largest: { readonly resources: number; readonly bytes: number };
}

/** Everything one plan's AWS side is held to, as sentences; none: it passes. */
export async function checkPlan(plan: Plan): Promise<PlanReport> {
  const objects = await manifestsOf(plan);
  const catalog = loadCatalog(products);
  const first = withSynthesized(plan, (app, templates) => ({
    templates,
    checks: checksOf({ app, templates, plan, objects, catalog }),
  }));
  const second = withSynthesized(plan, (_app, templates) => templates);
  const texts = first.templates.map(({ stackName, template }) => ({ stackName, text: JSON.stringify(template) }));
  const sizes = first.templates.map(({ template }) => Object.keys((template.Resources ?? {}) as object).length);
  return {
    problems: [
      ...first.checks.flatMap(({ id, problems }) => problems.map((problem) => `${id}: ${problem}`)),
      ...byteProblems(texts, second),
      ...inventoryProblems(plan, first.templates),
    ],
    templates: texts,
    largest: {
      resources: Math.max(0, ...sizes),
      bytes: Math.max(0, ...texts.map(({ text }) => Buffer.byteLength(text))),
    },
  };
}

function byteProblems(first: PlanReport['templates'], second: readonly StackTemplate[]): readonly string[] {
  if (first.length !== second.length) return [`${first.length} stacks, then ${second.length}`];
  return first
    .filter(({ text }, index) => text !== JSON.stringify(second[index]?.template))
    .map(({ stackName }) => `two syntheses of ${stackName} differ`);
}

/** What the plan predicted of its stacks before they existed, figure by figure, and kinds nobody has priced. */
function inventoryProblems(plan: Plan, templates: readonly StackTemplate[]): readonly string[] {
  const world = worldOf(plan, templates);
  const observed = observedInventory(world);
  const predicted = predictedInventory(costInputs(plan));
  const counts = (Object.keys(observed) as (keyof typeof observed)[])
    .filter((key) => observed[key] !== predicted[key])
    .map((key) => `bill: ${key} is ${observed[key]} in the templates, ${predicted[key]} in the plan`);
  const types = new Set(world.resources.map(({ type }) => type));
  const unknown = [...types]
    .filter((type) => !(type in kindCosts))
    .map((type) => `bill: ${type} is in no row of kinds`);
  return [...counts, ...unknown];
}
