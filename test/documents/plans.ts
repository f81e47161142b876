import { gateways } from '../../blueprints/gateways/index.ts';
import { modelServers } from '../../blueprints/model-servers/index.ts';
import { type AlertProducts, alertsFor } from '../../lib/plan/alerts.ts';
import type { Plan, ServedModel } from '../../lib/plan/plan.ts';
import { fixturePlan } from '../fixtures/plan.ts';

/** Metric names as the shipped products export them: a renamed meaning shows here. */
export const metricCatalog: AlertProducts = { products: { modelServers, gateways } };

function withAlerts(plan: Plan): Plan {
  return { ...plan, alerts: alertsFor(plan, metricCatalog) };
}

function variant(change: (plan: Plan) => void): Plan {
  const plan = structuredClone(fixturePlan());
  change(plan);
  return withAlerts(plan);
}

const hostedRoute: Plan['gateway']['routes'][number] = {
  model: 'chat',
  kind: 'hosted',
  target: 'anthropic/claude-sonnet',
  fallbacks: [],
  weight: 100,
  timeoutSeconds: 60,
  maxOutputTokens: 2048,
  maxUsdPerCall: 0.1,
};

function replaceChat(plan: Plan, change: Partial<ServedModel>): void {
  plan.models = plan.models.map((model) => (model.role === 'chat' ? { ...model, ...change } : model));
}

/** Situations that read differently in the documents and alert differently. */
export const plans = {
  'support chat': variant(() => {}),
  'store on the cluster': variant((plan) => {
    if (plan.vectorStore) {
      plan.vectorStore.target = 'kubernetes';
      plan.vectorStore.id = 'qdrant';
    }
  }),
  'overnight batch': variant((plan) => {
    plan.requirements.latency = { streaming: false };
    plan.requirements.throughput = {
      ...plan.requirements.throughput,
      pattern: 'batch',
      requestsPerSecond: undefined,
      batch: { requestsPerRun: 400_000, finishWithinHours: 8, runsPerMonth: 22 },
    };
    plan.vectorStore = undefined;
    plan.retrieval = undefined;
    plan.models = plan.models.filter(({ role }) => role === 'chat');
    plan.requirements.retrieval = { ...plan.requirements.retrieval, needed: false, corpus: undefined };
  }),
  homelab: variant((plan) => {
    plan.requirements.operations = { ...plan.requirements.operations, environment: 'homelab', onCall: undefined };
    plan.requirements.throughput = {
      ...plan.requirements.throughput,
      pattern: 'single-user',
      requestsPerSecond: undefined,
      concurrency: 2,
    };
    plan.requirements.infrastructure = { ...plan.requirements.infrastructure, cloud: 'on-premises', regions: [] };
    plan.platform = {
      ...plan.platform,
      cloud: 'on-premises',
      region: 'on-premises',
      environment: 'homelab',
      availabilityZones: 1,
      natGateways: 0,
      provisioning: 'existing',
    };
    plan.audit = { ...plan.audit, promptLog: false, writeOnce: false };
    plan.requirements.compliance = {
      ...plan.requirements.compliance,
      frameworks: [],
      pii: 'none',
      auditLog: { required: false },
    };
    plan.compliance = { ...plan.compliance, frameworks: [], controls: [] };
    plan.gateway.replicas = 1;
    replaceChat(plan, { replicas: { minimum: 1, expected: 1, maximum: 1 } });
    plan.models = plan.models.filter(({ role }) => role === 'chat');
    plan.vectorStore = undefined;
    plan.retrieval = undefined;
    plan.skippedSafeguards = [
      { what: 'Several zones', risk: 'The loss of the one machine stops the service.', row: 'Q9' },
      { what: 'On-call', risk: 'Nobody is woken; an outage lasts until somebody looks.', row: 'Q9' },
    ];
  }),
  'hosted only': variant((plan) => {
    plan.models = [];
    plan.capacity = undefined;
    plan.platform.nodePools = plan.platform.nodePools.filter(({ gpusPerNode }) => gpusPerNode === 0);
    plan.gateway.routes = [hostedRoute];
    plan.gateway.hostedFallbackUsdPerMonth = 4000;
    plan.vectorStore = undefined;
    plan.retrieval = undefined;
  }),
  'several machines a replica': variant((plan) => {
    replaceChat(plan, {
      nodesPerReplica: 2,
      gpusPerReplica: 16,
      loadSeconds: 640,
      layout: { tensorParallelSize: 8, pipelineParallelSize: 2, dataParallelSize: 1, expertParallelSize: 1 },
    });
    plan.platform.existing = { vpcId: 'vpc-0abc', clusterName: 'shared' };
    plan.platform.isolated = true;
    plan.platform.natGateways = 0;
    plan.gateway.routes = [
      ...plan.gateway.routes.map((route) => ({ ...route, fallbacks: ['chat-hosted'] })),
      { ...hostedRoute, model: 'chat-hosted', weight: 0 },
    ];
    plan.gateway.hostedFallbackUsdPerMonth = 500;
  }),
} as const satisfies Record<string, Plan>;
