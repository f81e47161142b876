/**
 * `npm start`: the main job once, on a preset (the first, or the one named): plan, generate, synthesize, and say where
 * the documents are. Needs no credentials and no network.
 */
import { join, relative } from 'node:path';
import { reportFailure } from '../bin/output.ts';
import { planFrom } from '../bin/planning.ts';
import { printPlan } from '../bin/print-plan.ts';
import { projectArtifacts } from '../bin/project-artifacts.ts';
import { presets } from '../blueprints/presets/index.ts';
import { writeProject } from '../lib/artifacts/write.ts';

const preset = process.argv[2] ?? Object.keys(presets)[0] ?? '';
const outcome = planFrom({ preset });
if (!outcome.ok) {
  reportFailure(outcome, false);
} else {
  const { answersText, plan } = outcome.value;
  const root = join(import.meta.dirname, '../out', preset);
  writeProject(root, await projectArtifacts(plan), [{ path: 'groundplan.yaml', contents: answersText }]);
  process.stdout.write(printPlan(plan));
  const shown = (path: string) => relative(process.cwd(), join(root, path));
  const lines = [
    '',
    `project    ${shown('')}`,
    `documents  ${shown('docs/index.html')}`,
    `runbooks   ${shown('runbooks')}`,
  ];
  if (plan.platform.cloud === 'aws') {
    const { App } = await import('aws-cdk-lib');
    const { LlmPlatform } = await import('../blueprints/clouds/aws/index.ts');
    const app = new App({ outdir: join(root, 'cdk.out') });
    new LlmPlatform(app, plan);
    const stacks = app.synth().stacks;
    lines.push(`stacks     ${shown('cdk.out')}: ${stacks.map((stack) => stack.stackName).join(', ')}`);
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}
