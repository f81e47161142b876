import { App, CfnResource } from 'aws-cdk-lib';
import type { Artifact } from '../../../lib/artifacts/artifact.ts';
import type { DocumentExtras } from '../../../lib/documents/index.ts';
import type { Plan } from '../../../lib/plan/plan.ts';
import { awsArtifacts } from './artifacts.ts';
import { complianceMatrix } from './controls.ts';
import { LlmPlatform } from './llm-platform.ts';
import { checkApp, templatesOf } from './nag/check-app.ts';
import type { KubernetesObject } from './nag/index.ts';

/** What a project on AWS holds beside the manifests, and what its documents say of the synthesized resources. */
export interface AwsProject {
  readonly artifacts: readonly Artifact[];
  readonly extras: Partial<DocumentExtras>;
}

/** Raises the stacks in memory: the documents name what was synthesized, not what was meant. */
export function awsProject(plan: Plan, manifests: readonly KubernetesObject[]): AwsProject {
  const app = new App({ analyticsReporting: false });
  const platform = new LlmPlatform(app, plan);
  const resources = platform.node
    .findAll()
    .filter((construct): construct is CfnResource => CfnResource.isCfnResource(construct))
    .map((resource) => ({
      path: `aws/${resource.node.path.slice(platform.node.path.length + 1)}`,
      type: resource.cfnResourceType,
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const report = checkApp(app, plan, manifests);
  return {
    artifacts: awsArtifacts(plan),
    extras: {
      complianceMatrix: complianceMatrix(plan, templatesOf(app), manifests).rows,
      suppressions: report.accepted.map(({ rule, resource, reason }) => ({ rule, resource, reason })),
      resources,
      clusterAccess: `aws eks update-kubeconfig --name ${plan.platform.existing.clusterName ?? plan.name} --region ${plan.platform.region}`,
    },
  };
}
