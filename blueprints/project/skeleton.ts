import type { Artifact } from '../../lib/artifacts/artifact.ts';
import { Renderer, type Templates } from '../../lib/documents/index.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import { answersJsonSchema, schemaPath } from '../../lib/requirements/json-schema.ts';
import { toolchain } from './toolchain.ts';

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

const app = `import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { readPlan } from 'groundplan';
import { LlmPlatform } from 'groundplan/aws';

const app = new App();
const plan = readPlan(readFileSync(new URL('../plan.json', import.meta.url), 'utf8'));
new LlmPlatform(app, plan);
// Stacks of your own go here; they may use what the platform's stacks expose.
app.synth();
`;

function packageJson(plan: Plan, hasStacks: boolean): string {
  const { groundplan, node, ...cdk } = toolchain;
  return json({
    name: plan.name,
    version: '0.0.0',
    private: true,
    type: 'module',
    scripts: {
      ...(hasStacks && { synth: 'cdk synth', diff: 'cdk diff', deploy: 'cdk deploy --all' }),
      plan: 'groundplan plan groundplan.yaml',
      generate: 'groundplan generate groundplan.yaml',
      verify: 'groundplan verify .',
    },
    dependencies: {
      ...(hasStacks && { 'aws-cdk-lib': cdk['aws-cdk-lib'], constructs: cdk.constructs }),
      groundplan,
    },
    devDependencies: { ...(hasStacks && { 'aws-cdk': cdk['aws-cdk'] }), node },
    // The pinned Node unpacks itself when it is installed; nothing else may run a script.
    allowScripts: { node: true },
  });
}

/** The files around the plan that make it a project: what `npx cdk synth` needs, and nothing that decides. */
export function skeleton(plan: Plan, templates: Templates): Artifact[] {
  const hasStacks = plan.platform.cloud === 'aws';
  const files: Artifact[] = [
    { path: 'package.json', contents: packageJson(plan, hasStacks) },
    { path: 'plan.json', contents: json(plan) },
    { path: schemaPath, contents: json(answersJsonSchema()) },
    {
      path: 'README.md',
      contents: new Renderer(templates).markdown('project/README.md', {
        name: plan.name,
        hasStacks,
        stacks: ['network', 'security', 'data', 'cluster', 'audit', 'delivery', 'spend']
          .map((id) => `${plan.name}-${id}`)
          .join(', '),
      }),
    },
    { path: '.gitignore', contents: ['node_modules/', 'cdk.out/', '.groundplan/staging/', ''].join('\n') },
  ];
  if (hasStacks) {
    files.push({ path: 'bin/app.ts', contents: app });
    files.push({ path: 'cdk.json', contents: json({ app: 'node bin/app.ts', requireApproval: 'broadening' }) });
  }
  return files;
}
