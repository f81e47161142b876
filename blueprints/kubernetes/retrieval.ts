import { type App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-34';
import type { Plan } from '../../lib/plan/plan.ts';
import { workloads } from '../../lib/plan/workloads.ts';
import type { VectorStoreBlueprint } from '../contract.ts';
import { vectorStores } from '../vector-stores/index.ts';
import { labels, namespaces, ports, serviceAccounts } from './names.ts';
import { allowTraffic, serviceAccount, tlsOut } from './network.ts';

/** Ports a store answers on, whichever it is: SQL, HTTP and gRPC of those in the registry. */
const storePorts = [ports.postgres, 6333, 6334, 8080, 50_051, 9200];
const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

/**
 * What ingestion and the application read of the plan, and the walls around them (P6): the collection's definition, the
 * way documents are cut and searched, an identity and the connections it needs. The programs are the user's own.
 */
export function addRetrieval(app: App, plan: Plan): void {
  const { retrieval, vectorStore: store } = plan;
  if (!retrieval || !store) return;
  const namespace = namespaces.retrieval;
  const component = workloads.ingestion;
  const chart = new Chart(app, 'retrieval', { disableResourceNameHashes: true });
  const product: VectorStoreBlueprint | undefined = Object.entries(vectorStores).find(([id]) => id === store.id)?.[1];
  const definition = product?.collection?.(plan);
  const settings = {
    collection: store.collection,
    dimension: store.dimension,
    embeddingModel: retrieval.embeddingModelId,
    chunking: { kind: retrieval.chunking, tokens: retrieval.chunkTokens, overlapTokens: retrieval.chunkOverlapTokens },
    search: { hybrid: retrieval.hybrid, alpha: retrieval.alpha, hyde: retrieval.hyde, mmr: retrieval.mmr },
    ...(retrieval.rerank ? { rerank: { from: retrieval.rerank.from, to: retrieval.rerank.to } } : {}),
    schedule: retrieval.ingestionSchedule,
  };
  new k8s.KubeConfigMap(chart, 'Settings', {
    metadata: { name: 'retrieval', namespace, labels: { ...labels(plan, component, 'retrieval') } },
    data: {
      'settings.json': `${JSON.stringify(settings, null, 2)}\n`,
      ...(definition ? { [definition.file]: definition.contents } : {}),
    },
  });
  serviceAccount(chart, plan, serviceAccounts.ingestion, namespace);
  const inCluster = store.target === 'kubernetes';
  allowTraffic(chart, plan, {
    component,
    role: 'retrieval',
    namespace,
    from: [],
    to: [
      { namespace: namespaces.serving, ports: [ports.modelServer] },
      { namespace: namespaces.gateway, component: workloads.gateway, ports: [ports.gateway] },
      inCluster
        ? { component: workloads.vectorStore, ports: storePorts }
        : { cidrs: privateRanges, ports: [ports.postgres, 443] },
      tlsOut,
    ],
    cloudRole: true,
  });
}
