import type { Artifact } from '../../../lib/artifacts/artifact.ts';
import type { DocumentExtras, Page } from '../../../lib/documents/index.ts';
import type { Plan } from '../../../lib/plan/plan.ts';
import { preparationArtifact } from './account-preparation.ts';
import { awsArtifacts } from './artifacts.ts';
import { clusterAccess } from './cluster-access.ts';
import { complianceMatrix } from './compliance-matrix.ts';
import { awsLinks } from './links.ts';
import { checkApp } from './nag/check-app.ts';
import type { KubernetesObject } from './nag/index.ts';
import { quotaArtifact } from './quotas.ts';
import { resourcesOf, unvalidated, withSynthesized } from './raise.ts';

/** What a project on AWS holds beside the manifests, and what its plan and documents say of the synthesized resources. */
export interface AwsProject {
  readonly artifacts: readonly Artifact[];
  readonly links: Plan['links'];
  readonly extras: Partial<DocumentExtras>;
}

/**
 * Raises the stacks in memory, once: links and documents name what was synthesized, not what was meant. The templates
 * are only read here; `cdk synth` and `groundplan verify` validate them.
 */
export function awsProject(plan: Plan, manifests: readonly KubernetesObject[]): AwsProject {
  return withSynthesized(
    plan,
    (app, templates) => {
      const resources = resourcesOf(app);
      const report = checkApp(app, plan, manifests);
      return {
        artifacts: awsArtifacts(plan),
        links: awsLinks(plan, resources),
        extras: {
          complianceMatrix: complianceMatrix(plan, templates, manifests).rows,
          suppressions: report.accepted.map(({ rule, resource, reason }) => ({ rule, resource, reason })),
          resources: resources.map(({ path, type }) => ({ path: `aws/${path}`, type })),
          pages: [
            { title: 'Capacity to request', ...page(quotaArtifact(plan)) },
            { title: 'First deployment', ...page(preparationArtifact(plan)) },
          ],
          clusterAccess: clusterAccess(plan),
        },
      };
    },
    unvalidated,
  );
}

/** A document of the cloud as a page of the site, before all others but the overview. */
function page({ path, contents }: Artifact): Omit<Page, 'title'> {
  return { path, group: 'Start', markdown: contents };
}
