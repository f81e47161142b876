import { scheduleText } from '../decisions/ingestion-schedule.ts';
import type { Plan, ServedModel } from '../plan/plan.ts';
import { counted, hours, list, span, usd } from './format.ts';

/** Where a component stands: outside everything we run, in the account, on the cluster, or among its data. */
export type Zone = 'outside' | 'cluster' | 'data';

export interface Component {
  readonly id: string;
  readonly title: string;
  /** Second and later lines of its box. */
  readonly lines: readonly string[];
  /** Said in the table only. */
  readonly detail?: string;
  readonly zone: Zone;
  readonly kind: 'people' | 'workload' | 'store' | 'service';
  /** What it is for, one sentence. */
  readonly purpose: string;
}

export interface Flow {
  readonly from: string;
  readonly to: string;
  readonly data: string;
  readonly protection: string;
  /** Not on the path of a request. */
  readonly background?: boolean;
}

/** Components and flows of a plan: the diagram and the data-flow table are both printed from it. */
export interface Topology {
  readonly account: string;
  readonly components: readonly Component[];
  readonly flows: readonly Flow[];
}

/** `Llama-3.1-8B-Instruct` of `meta-llama/Llama-3.1-8B-Instruct`. */
export const shortModel = (modelId: string) => modelId.split('/').at(-1) ?? modelId;

/** `aws, us-east-1`; one word for a cluster of your own. */
export function placeOf({ platform }: Plan): string {
  return platform.region === platform.cloud ? platform.cloud : `${platform.cloud}, ${platform.region}`;
}

/** Models that stand in for another: what a route falls back to, without cached answers and error messages. */
export function standIns(plan: Plan): readonly string[] {
  const models = new Set([
    ...plan.models.map(({ role }) => role),
    ...plan.gateway.routes.flatMap(({ model, target }) => [model, target]),
  ]);
  return [...new Set(plan.gateway.routes.flatMap(({ fallbacks }) => fallbacks))].filter((id) => models.has(id));
}

/** Takes the first call of a caller; what only stands in does not. */
export function isFirstChoice(plan: Plan, model: ServedModel): boolean {
  return plan.gateway.routes.some(({ target, weight }) => target === model.role && weight > 0);
}

/** GPU of a served model, or none where it runs on CPUs. */
export function gpuOf(plan: Plan, model: ServedModel): string | undefined {
  return model.gpusPerReplica === 0
    ? undefined
    : plan.platform.nodePools.find((pool) => pool.id === model.nodePool)?.gpuId;
}

const purposes: Readonly<Record<string, string>> = {
  chat: 'Generates the answers.',
  'chat-fallback': 'Generates answers while the first choice is not available.',
  embedding: 'Turns text into vectors, for search and for ingestion.',
  reranker: 'Orders what the search found by how well it fits the question.',
  guard: 'Judges inputs and outputs before they go on.',
};

function modelComponent(plan: Plan, model: ServedModel): Component {
  const gpu = gpuOf(plan, model);
  const replicas = span(model.replicas.minimum, model.replicas.maximum, 'replica');
  const each =
    gpu === undefined ? 'on CPUs' : `on ${model.gpusPerReplica} × ${gpu}${model.replicas.maximum > 1 ? ' each' : ''}`;
  return {
    id: model.role,
    title: model.role,
    lines: [`${shortModel(model.modelId)}, ${model.precision}`, `${replicas} ${each}`],
    zone: 'cluster',
    kind: 'workload',
    purpose: purposes[model.role] ?? 'Serves a model.',
  };
}

function zoneOfStore(target: string): Zone {
  if (target === 'kubernetes') return 'cluster';
  return target === 'external' ? 'outside' : 'data';
}

/** How much of a store there is; nothing to say of one that is paid by use alone. */
function storeExtent({ nodes, capacityUnits }: NonNullable<Plan['vectorStore']>['size']): readonly string[] {
  if (capacityUnits) return [counted(capacityUnits.indexing + capacityUnits.search, 'capacity unit')];
  return nodes > 0 ? [counted(nodes, 'node')] : [];
}

export function topologyOf(plan: Plan): Topology {
  const { requirements, gateway, vectorStore, retrieval, audit, models } = plan;
  const storePath =
    vectorStore?.target === 'external' && plan.platform.isolated ? 'TLS through a private endpoint' : 'TLS';
  const ownCluster = plan.platform.provisioning === 'existing';
  const hosted = gateway.routes.filter(({ kind }) => kind === 'hosted');
  const embedding = models.some(({ role }) => role === 'embedding');
  const components: Component[] = [
    {
      id: 'users',
      title: 'Users',
      lines: [counted(requirements.operations.users, 'user'), requirements.application.exposure],
      zone: 'outside',
      kind: 'people',
      purpose: 'People and programs that call the platform.',
    },
    {
      id: 'gateway',
      title: 'Gateway',
      lines: [`${gateway.id}, ${counted(gateway.replicas, 'replica')}`],
      zone: 'cluster',
      kind: 'workload',
      purpose: 'The one entry: keys, rate limits, budgets, routes and fallbacks.',
    },
    ...models.map((model) => modelComponent(plan, model)),
  ];
  const flows: Flow[] = [
    {
      from: 'users',
      to: 'gateway',
      data: 'prompts and answers',
      protection:
        `TLS; a key for each user or team; at most ${counted(gateway.rateLimitPerUser.requestsPerMinute, 'request')} ` +
        `and ${counted(gateway.rateLimitPerUser.tokensPerMinute, 'token')} a minute for each user.`,
    },
    ...models
      .filter(({ role }) => role !== 'embedding')
      .map((model) => ({
        from: 'gateway',
        to: model.role,
        data: model.role === 'reranker' ? 'questions and finds' : 'prompts',
        protection: 'Inside the cluster; the network policy admits the gateway and the metrics scraper only.',
      })),
    ...(embedding
      ? [
          {
            from: 'gateway',
            to: 'embedding',
            data: 'questions',
            protection: 'Inside the cluster; the network policy names who may call.',
          },
        ]
      : []),
  ];

  for (const route of hosted) {
    const id = `hosted ${route.target}`;
    if (components.some((component) => component.id === id)) continue;
    components.push({
      id,
      title: 'Hosted model',
      lines: [route.target],
      zone: 'outside',
      kind: 'service',
      purpose: 'A provider’s API. Prompts sent to it leave the platform.',
    });
    flows.push({
      from: 'gateway',
      to: id,
      data: 'prompts',
      protection: `TLS; the provider’s key from the secret store; at most ${usd(route.maxUsdPerCall)} a call${
        gateway.hostedFallbackUsdPerMonth > 0 ? ` and ${usd(gateway.hostedFallbackUsdPerMonth)} a month` : ''
      }.`,
    });
  }

  if (vectorStore) {
    components.push({
      id: 'vector-store',
      title: 'Vector store',
      lines: [vectorStore.id, ...storeExtent(vectorStore.size)],
      detail: `collection ${vectorStore.collection}`,
      zone: zoneOfStore(vectorStore.target),
      kind: 'store',
      purpose: 'Holds the chunks of the corpus and their vectors.',
    });
    flows.push({
      from: 'gateway',
      to: 'vector-store',
      data: 'searches',
      protection: `${storePath}; credentials from the secret store; encrypted at rest.`,
    });
  }
  if (retrieval && vectorStore) {
    components.push({
      id: 'ingestion',
      title: 'Ingestion',
      lines: [scheduleText(retrieval.ingestionSchedule)],
      zone: 'cluster',
      kind: 'workload',
      purpose: 'Your job: cuts documents into chunks, embeds them and writes them to the store.',
    });
    if (embedding)
      flows.push({
        from: 'ingestion',
        to: 'embedding',
        data: 'chunks',
        protection: 'Inside the cluster; the network policy names who may call.',
        background: true,
      });
    flows.push({
      from: 'ingestion',
      to: 'vector-store',
      data: 'vectors',
      protection: `${storePath}; its own credentials, which may write.`,
      background: true,
    });
  }
  if (audit.promptLog) {
    components.push({
      id: 'audit-log',
      title: 'Prompt audit log',
      lines: [audit.writeOnce ? 'write-once' : 'encrypted', `${counted(audit.retentionDays, 'day')}`],
      zone: 'data',
      kind: 'store',
      purpose: 'Every input and output with time, model version, latency and a hashed user id.',
    });
    flows.push({
      from: 'gateway',
      to: 'audit-log',
      data: audit.redactPii ? 'inputs and outputs, redacted' : 'inputs and outputs',
      protection: `Encrypted; ${audit.writeOnce ? 'cannot be changed or deleted' : 'kept'} for ${counted(
        audit.retentionDays,
        'day',
      )}; user ids are hashed; reading it is logged.`,
      background: true,
    });
  }
  if (models.length > 0) {
    const unpinned = models.filter(({ revision }) => revision === undefined).map(({ role }) => role);
    components.push(
      {
        id: 'artifacts',
        title: 'Model artifacts',
        lines: [list(models.map(({ role }) => role))],
        zone: 'data',
        kind: 'store',
        purpose: 'Weights at a pinned revision with checksums; the previous version is kept.',
      },
      {
        id: 'model-hub',
        title: 'Model hub',
        lines: [],
        zone: 'outside',
        kind: 'service',
        purpose: 'Where weights are copied from, once for each revision.',
      },
    );
    flows.push(
      {
        from: 'model-hub',
        to: 'artifacts',
        data: 'weights',
        protection: `Copied once by the mirror job at a pinned revision, with checksums.${
          unpinned.length === 0
            ? ''
            : ` The revision of ${list(unpinned)} is open: without it the job refuses the copy.`
        }`,
        background: true,
      },
      {
        from: 'artifacts',
        to: models[0]?.role ?? 'gateway',
        data: 'weights',
        protection: ownCluster ? 'Inside the cluster; read-only credentials.' : 'Encrypted; a role that may only read.',
        background: true,
      },
    );
  }
  if (vectorStore && vectorStore.target !== 'external') {
    components.push({
      id: 'backups',
      title: 'Backups',
      lines: [`every ${hours(vectorStore.backup.intervalHours)}, ${counted(vectorStore.backup.retentionDays, 'day')}`],
      zone: 'data',
      kind: 'store',
      purpose: `Copies of ${vectorStore.recovery ? 'the documents the store is built from' : 'the store'}${
        vectorStore.backup.crossRegion ? `, here and in ${plan.platform.recoveryRegion ?? 'a second region'}` : ''
      }.`,
    });
    flows.push({
      from: vectorStore.recovery ? 'ingestion' : 'vector-store',
      to: 'backups',
      data: vectorStore.recovery ? 'the documents it reads' : 'snapshots',
      protection: 'Encrypted with a key of the account.',
      background: true,
    });
  }
  return {
    account: ownCluster ? `${plan.name}: your own cluster` : `${plan.name}: ${placeOf(plan)}`,
    components,
    flows,
  };
}
