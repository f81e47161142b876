import { App, Chart, Yaml } from 'cdk8s';
import type { Artifact } from '../../lib/artifacts/artifact.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import type { Builders } from '../contract.ts';
import { gateways } from '../gateways/index.ts';
import { modelServers } from '../model-servers/index.ts';
import { vectorStores } from '../vector-stores/index.ts';
import { addCluster } from './cluster.ts';
import { flagLinks, resourceLinks } from './links.ts';
import { imagesOf, lockArtifacts } from './lock.ts';
import { addModelMirror } from './model-mirror.ts';
import { addMonitoring } from './monitoring.ts';
import { addNodePools } from './node-pools.ts';
import { helmfile } from './prerequisites.ts';
import { readme } from './readme.ts';
import { addRetrieval } from './retrieval.ts';
import { addSleepRole } from './sleep.ts';

export { prerequisites } from './prerequisites.ts';

async function buildWith(
  registry: Readonly<Record<string, { readonly builders: Builders }>>,
  id: string,
  app: App,
  plan: Plan,
) {
  const product = registry[id];
  if (!product) throw new RangeError(`the plan names ${id}, which is not registered`);
  const load = product.builders.kubernetes;
  if (!load) return;
  const { build } = await load();
  build(app, plan, undefined);
}

/** Adds every chart of the plan to a cdk8s app: the cluster's walls, nodes, model servers, gateway, store, monitoring. */
export async function addCharts(app: App, plan: Plan): Promise<void> {
  addCluster(app, plan);
  addNodePools(app, plan);
  addModelMirror(app, plan);
  for (const server of [...new Set(plan.models.map((model) => model.server))].sort()) {
    await buildWith(modelServers, server, app, plan);
  }
  await buildWith(gateways, plan.gateway.id, app, plan);
  if (plan.vectorStore && plan.vectorStore.target !== plan.platform.cloud) {
    await buildWith(vectorStores, plan.vectorStore.id, app, plan);
  }
  addRetrieval(app, plan);
  addMonitoring(app, plan);
  addSleepRole(app, plan);
}

/** One Kubernetes object as it is written. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** Objects by the id of their chart. */
export type Charts = ReadonlyMap<string, readonly KubernetesObject[]>;

/** The objects of every chart, in the order they are applied: walls first. */
export async function kubernetesObjects(plan: Plan): Promise<Charts> {
  const app = new App();
  await addCharts(app, plan);
  const charts = app.node.children.filter((child) => Chart.isChart(child));
  return new Map(charts.map((chart) => [chart.node.id, chart.toJson()]));
}

/**
 * The manifests, one file a chart, with what installs and locks them. Same plan, same bytes.
 *
 * @param raised - charts that are raised already; @default - they are raised here
 */
export async function kubernetesArtifacts(plan: Plan, raised?: Charts): Promise<Artifact[]> {
  const charts = [...(raised ?? (await kubernetesObjects(plan)))].filter(([, objects]) => objects.length > 0);
  const manifests = charts.map(([id, objects]) => ({
    path: `kubernetes/${id}.yaml`,
    contents: Yaml.stringify(...objects),
  }));
  const images = imagesOf(charts.flatMap(([, objects]) => objects));
  const files = charts.map(([id]) => `${id}.yaml`);
  return [...manifests, ...lockArtifacts(images, files), helmfile(plan), readme(plan, images)];
}

/**
 * The edges decision, row or answer → object and flag, for `explain`.
 *
 * @param raised - charts that are raised already; @default - they are raised here
 */
export async function kubernetesLinks(plan: Plan, raised?: Charts): Promise<Plan['links']> {
  return [...resourceLinks(raised ?? (await kubernetesObjects(plan))), ...flagLinks(plan)];
}
