/**
 * Synthesizes one preset into a folder, for a deployment: `node conformance/aws/synth.ts <preset> <folder>`.
 */
import { writeFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { LlmPlatform } from '../../blueprints/clouds/aws/index.ts';
import { awsPresets, planFor } from './cases.ts';

const [preset, folder] = process.argv.slice(2);
const known = awsPresets.find((id) => id === preset);
if (!known || !folder) throw new Error(`usage: synth.ts ${awsPresets.join('|')} <folder>`);
const plan = planFor({ preset: known, regime: 'soc2', vpc: 'new', path: 'internet', system: 'bottlerocket' });
if (!plan.ok) throw new Error(JSON.stringify(plan.reasons));
const app = new App({ outdir: folder, analyticsReporting: false });
new LlmPlatform(app, plan.value);
const assembly = app.synth();
const stacks = assembly.stacks.map((stack) => stack.stackName);
writeFileSync(
  `${folder}/expected.json`,
  JSON.stringify({
    name: plan.value.name,
    region: plan.value.platform.region,
    recoveryRegion: plan.value.platform.recoveryRegion,
    stacks,
  }),
);
