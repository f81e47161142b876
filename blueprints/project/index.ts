import { parseAllDocuments } from 'yaml';
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

/**
 * Every file of a project, sorted by path: skeleton, manifests, documents, runbooks, and what the cloud adds. Nothing
 * here decides; the same plan and templates give the same bytes.
 */
export async function projectArtifacts(plan: Plan, templates: Templates): Promise<readonly Artifact[]> {
  const { kubernetesArtifacts } = await import('../kubernetes/index.ts');
  const manifests = await kubernetesArtifacts(plan);
  const objects = manifests
    .filter((artifact) => artifact.path.endsWith('.yaml'))
    .flatMap((artifact) => parseAllDocuments(artifact.contents).map((document) => document.toJS() as { kind?: string }))
    .filter((value) => value?.kind !== undefined);
  let cloud: { readonly artifacts: readonly Artifact[]; readonly extras: Partial<DocumentExtras> } = {
    artifacts: [],
    extras: {},
  };
  if (plan.platform.cloud === 'aws') {
    const { awsProject } = await import('../clouds/aws/project.ts');
    cloud = awsProject(plan, objects as unknown as readonly KubernetesObject[]);
  }
  const documents = documentArtifacts(plan, templates, { runbookRows: runbookRows(plan), ...cloud.extras });
  return [...skeleton(plan, templates), ...manifests, ...cloud.artifacts, ...documents].sort((a, b) =>
    a.path < b.path ? -1 : 1,
  );
}
