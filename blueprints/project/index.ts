import type { Artifact } from '../../lib/artifacts/artifact.ts';
import { type DocumentExtras, documentArtifacts, type RunbookRow, type Templates } from '../../lib/documents/index.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import type { KubernetesObject } from '../clouds/aws/nag/index.ts';
import { gateways } from '../gateways/index.ts';
import { modelServers } from '../model-servers/index.ts';
import { vectorStores } from '../vector-stores/index.ts';
import { skeleton } from './skeleton.ts';

/** Rows the chosen products add to runbooks, each once. */
function runbookRows(plan: Plan): RunbookRow[] {
  const chosen = (
    registry: Readonly<Record<string, { title: string; runbook: readonly RunbookRow[] }>>,
    ids: readonly string[],
  ) =>
    [...new Set(ids)].sort().flatMap((id) => {
      const product = registry[id];
      return product ? product.runbook.map((row) => ({ ...row, product: product.title })) : [];
    });
  return [
    ...chosen(
      modelServers,
      plan.models.map((model) => model.server),
    ),
    ...chosen(gateways, [plan.gateway.id]),
    ...chosen(vectorStores, plan.vectorStore ? [plan.vectorStore.id] : []),
  ];
}

/** What a cloud adds to a project: files, reasons of its resources, and what its documents say of them. */
interface CloudPart {
  readonly artifacts: readonly Artifact[];
  readonly links: Plan['links'];
  readonly extras: Partial<DocumentExtras>;
}

/**
 * Every file of a made plan's project, sorted by path: skeleton, manifests, documents, runbooks, and what the cloud
 * adds. Charts and stacks are raised once: files, documents and the links of `plan.json` all read those. Nothing here
 * decides; the same plan and templates give the same bytes.
 */
export async function projectArtifacts(made: Plan, templates: Templates): Promise<readonly Artifact[]> {
  const { kubernetesArtifacts, kubernetesLinks, kubernetesObjects } = await import('../kubernetes/index.ts');
  const charts = await kubernetesObjects(made);
  const manifests = await kubernetesArtifacts(made, charts);
  let cloud: CloudPart = { artifacts: [], links: [], extras: {} };
  if (made.platform.cloud === 'aws') {
    const { awsProject } = await import('../clouds/aws/project.ts');
    cloud = awsProject(made, [...charts.values()].flat() as unknown as readonly KubernetesObject[]);
  }
  const plan = { ...made, links: [...made.links, ...cloud.links, ...(await kubernetesLinks(made, charts))] };
  const documents = documentArtifacts(plan, templates, { runbookRows: runbookRows(plan), ...cloud.extras });
  return [...skeleton(plan, templates), ...manifests, ...cloud.artifacts, ...documents].sort((a, b) =>
    a.path < b.path ? -1 : 1,
  );
}
