import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { LlmPlatform } from '../blueprints/clouds/aws/index.ts';
import { presets } from '../blueprints/presets/index.ts';
import { type Plan, readPlan } from '../lib/plan/plan.ts';
import { reportFailure } from './output.ts';
import { planFrom } from './planning.ts';

/**
 * The app of cdk.json. `-c plan=plan.json` synthesizes a frozen plan, `-c answers=groundplan.yaml` plans first;
 * without either, the first preset.
 */
async function planFromContext(app: App): Promise<Plan | undefined> {
  const planFile: unknown = app.node.tryGetContext('plan');
  if (typeof planFile === 'string') return readPlan(readFileSync(resolve(planFile), 'utf8'));
  const answers: unknown = app.node.tryGetContext('answers');
  const source = typeof answers === 'string' ? { answers } : { preset: Object.keys(presets)[0] ?? '' };
  const outcome = planFrom(source);
  if (outcome.ok) return outcome.value.plan;
  reportFailure(outcome, false);
  return undefined;
}

const app = new App();
const plan = await planFromContext(app);
if (plan) {
  new LlmPlatform(app, plan);
  app.synth();
}
