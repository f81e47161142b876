import { vectorStores } from '../../blueprints/vector-stores/index.ts';
import type { Plan, ServedModel } from '../../lib/plan/plan.ts';
import { fixturePlan } from '../fixtures/plan.ts';

const base = fixturePlan();
const [chat, embedding] = base.models as [ServedModel, ServedModel];

/** A new store is tested here as soon as it is registered. */
const storesWithCharts = Object.entries(vectorStores).filter(([, store]) => 'kubernetes' in store.builders);

/** A store in the cluster instead of the cloud's. */
function withStore(id: string): Plan {
  const store = base.vectorStore;
  if (!store) throw new Error('the fixture has a store');
  const { instanceClass: _class, ...size } = store.size;
  return fixturePlan({ vectorStore: { ...store, id, target: 'kubernetes', size: { ...size, nodes: 3 } } });
}

const onPremises = (overrides: Partial<Plan> = {}): Plan => {
  const plan = fixturePlan(overrides);
  return {
    ...plan,
    platform: {
      ...plan.platform,
      cloud: 'on-premises',
      region: 'on-premises',
      partition: 'none',
      provisioning: 'existing',
    },
    vectorStore: plan.vectorStore && { ...plan.vectorStore, target: 'kubernetes' },
  };
};

const servedBy = (server: string, change: Partial<ServedModel> = {}): Plan =>
  fixturePlan({ models: [{ ...chat, server, ...change }], alerts: [] });

/** A model over two machines of eight GPUs with every optional flag. */
const large: ServedModel = {
  ...chat,
  modelId: 'deepseek-ai/DeepSeek-V3.1',
  precision: 'fp8',
  kvPrecision: 'fp8',
  layout: { tensorParallelSize: 8, pipelineParallelSize: 2, dataParallelSize: 1, expertParallelSize: 8 },
  gpusPerReplica: 16,
  nodesPerReplica: 2,
  limits: { ...chat.limits, gpuMemoryUtilization: 0.9, prefixCaching: false },
  speculative: { draftModelId: 'org/draft', draftRevision: '1'.repeat(40), tokens: 4 },
  weightBytes: 690e9,
  sharedMemoryGiB: 20,
  loadSeconds: 900,
};

const groupPool = {
  ...(base.platform.nodePools[1] as Plan['platform']['nodePools'][number]),
  gpuId: 'H200',
  gpusPerNode: 8,
  instanceTypes: ['p5en.48xlarge', 'p5e.48xlarge'],
  nodes: { minimum: 4, expected: 4, maximum: 6 },
  gpuLimit: 48,
  efa: true,
};

const grouped = (): Plan => {
  const [general, , retrieval] = base.platform.nodePools;
  return fixturePlan({
    models: [large, embedding],
    platform: {
      ...base.platform,
      provisioning: 'karpenter',
      nodePools: [general, groupPool, retrieval].filter((pool) => pool !== undefined),
    },
  });
};

const hosted = (): Plan => {
  const [route] = base.gateway.routes;
  if (!route) throw new Error('the fixture has a route');
  return fixturePlan({
    gateway: {
      ...base.gateway,
      cache: { kind: 'exact', ttlSeconds: 600 },
      hostedFallbackUsdPerMonth: 300,
      routes: [
        { ...route, fallbacks: ['chat-hosted'] },
        { ...route, model: 'chat-hosted', kind: 'hosted', target: 'anthropic/claude-sonnet-4-5', fallbacks: [] },
        { ...route, model: 'chat-bedrock', kind: 'hosted', target: 'bedrock/anthropic.claude-3-haiku', fallbacks: [] },
      ],
    },
  });
};

/** A development platform that sleeps at night: replicas start from zero. */
const asleep = (): Plan => ({
  ...fixturePlan({ models: [{ ...chat, replicas: { minimum: 0, expected: 1, maximum: 2 } }] }),
  platform: { ...base.platform, environment: 'dev', provisioning: 'auto-mode' },
  spend: { ...base.spend, scaleToZero: true },
});

/** Every kind of workload that is put to sleep: scaled, of fixed size, over several machines. */
const asleepUnderKarpenter = (): Plan => {
  const plan = grouped();
  return {
    ...plan,
    models: [
      { ...large, replicas: { minimum: 2, expected: 2, maximum: 2 } },
      { ...chat, role: 'guard', nodePool: embedding.nodePool, replicas: { minimum: 0, expected: 1, maximum: 1 } },
      { ...embedding, replicas: { minimum: 1, expected: 1, maximum: 1 } },
    ],
    platform: { ...plan.platform, environment: 'dev', nodeOperatingSystem: 'al2023' },
    spend: { ...plan.spend, scaleToZero: true },
  };
};

const noRetrieval = (): Plan => {
  const { vectorStore: _store, retrieval: _retrieval, ...plan } = fixturePlan({ models: [chat] });
  return plan;
};

/** One plan for every way the charts can go; each test runs on all of them. */
export const plans: Readonly<Record<string, Plan>> = {
  'aws, pgvector in the cloud': base,
  ...Object.fromEntries(storesWithCharts.map(([id, { title }]) => [`aws, ${title}`, withStore(id)])),
  'on-premises, pgvector in the cluster': onPremises(),
  'a replica over two machines': grouped(),
  'hosted fallbacks': hosted(),
  'replicas from zero': asleep(),
  'asleep under Karpenter, on Amazon Linux': asleepUnderKarpenter(),
  'no retrieval': noRetrieval(),
  'Envoy AI Gateway': fixturePlan({ gateway: { ...base.gateway, id: 'envoy-ai-gateway' } }),
  TGI: servedBy('tgi'),
  Triton: servedBy('triton'),
  Ollama: onPremises({
    models: [{ ...chat, server: 'ollama', replicas: { minimum: 1, expected: 1, maximum: 1 } }],
    alerts: [],
  }),
  'llama.cpp on premises': onPremises({
    models: [{ ...chat, server: 'llama-cpp', gpusPerReplica: 0, nodePool: 'general', precision: 'q4_k_m' }],
    alerts: [],
  }),
  'llama.cpp on processors': servedBy('llama-cpp', { gpusPerReplica: 0, nodePool: 'general', precision: 'q4_k_m' }),
};
