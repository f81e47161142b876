import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type AppProps, CfnResource } from 'aws-cdk-lib';
import type { Plan } from '../../../lib/plan/plan.ts';
import { LlmPlatform } from './llm-platform.ts';
import type { StackTemplate } from './nag/world.ts';

/** A plan's stacks as constructs; nothing is synthesized yet. */
export function raise(plan: Plan, props: AppProps = {}): App {
  const app = new App({ analyticsReporting: false, ...props });
  new LlmPlatform(app, plan);
  return app;
}

/** A resource of the stacks: `Data/VectorStore` of type `AWS::RDS::DBCluster`. */
export interface RaisedResource {
  readonly path: string;
  readonly type: string;
}

/** Every resource of the platform in an app of {@link raise}, sorted by path. */
export function resourcesOf(app: App): readonly RaisedResource[] {
  return app.node
    .findAll()
    .filter((construct) => CfnResource.isCfnResource(construct))
    .map(({ node, cfnResourceType }) => ({ path: node.path.slice(node.path.indexOf('/') + 1), type: cfnResourceType }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Templates of a synthesized app by the name of their stack, sorted. */
export function templatesOf(app: App): readonly StackTemplate[] {
  const assembly = app.synth();
  return [...assembly.stacks]
    .map((stack) => ({ stackName: stack.stackName, template: stack.template as StackTemplate['template'] }))
    .sort((a, b) => (a.stackName < b.stackName ? -1 : 1));
}

/** For templates that are only read: CDK’s own validation of them takes longer than all the rest. */
export const unvalidated = { builtinCloudFormationValidation: false } as const;

/** Synthesizes a plan in a folder of its own, hands the app and its templates over, and clears the folder away. */
export function withSynthesized<T>(
  plan: Plan,
  use: (app: App, templates: readonly StackTemplate[]) => T,
  props: AppProps = {},
): T {
  const outdir = mkdtempSync(join(tmpdir(), 'groundplan-synth-'));
  try {
    const app = raise(plan, { ...props, outdir });
    return use(app, templatesOf(app));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
