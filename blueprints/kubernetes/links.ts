import type { Plan } from '../../lib/plan/plan.ts';
import { modelServers } from '../model-servers/index.ts';
import type { KubernetesObject } from './index.ts';
import { namespaces } from './names.ts';

type Link = Plan['links'][number];

interface Because {
  readonly from: string;
  readonly because: string;
}

/** `resource:kubernetes/<chart>/<Kind>/<name>`: what `explain` takes for an object. */
export const resourceId = (chart: string, { kind, metadata }: KubernetesObject) =>
  `resource:kubernetes/${chart}/${kind}/${metadata.name}`;

/** Why an object of a kind exists, wherever it stands; the chart adds why its product was chosen. */
const byKind: Readonly<Record<string, Because>> = {
  Namespace: { from: 'row:P14', because: 'A namespace a duty, under the restricted Pod Security level.' },
  NetworkPolicy: { from: 'row:P4', because: 'Only named callers reach a pod; everything else is denied.' },
  ResourceQuota: { from: 'row:P21', because: 'A namespace asks for no more GPUs than the pools may start.' },
  LimitRange: { from: 'row:P21', because: 'A container that names no size gets a small one.' },
  PriorityClass: { from: 'row:P4', because: 'Users who wait come before runs that do not.' },
  StorageClass: { from: 'row:P14', because: 'Volumes are encrypted with a key of the account.' },
  VolumeSnapshotClass: { from: 'row:P15', because: 'Databases are copied as snapshots of their volumes.' },
  ScheduledBackup: {
    from: 'row:P15',
    because: 'Keys, budgets and spend are copied as often as the recovery point asks.',
  },
  ClusterSecretStore: { from: 'row:P14', because: 'Secrets come from an external store, none from a file.' },
  ExternalSecret: { from: 'row:P14', because: 'A key comes from the external store and is in no file.' },
  ServiceAccount: { from: 'row:P14', because: 'One identity a workload; no token is mounted.' },
  PodDisruptionBudget: { from: 'row:P4', because: 'Maintenance takes one pod at a time.' },
  PodMonitor: { from: 'row:P10', because: 'Percentiles, queue and cache use are measured at the server.' },
  PrometheusRule: { from: 'row:P10', because: 'Every alert of the plan is a rule.' },
  ScaledObject: {
    from: 'decision:D5',
    because: 'Replicas follow waiting and running requests, between the plan’s least and most.',
  },
  NodePool: {
    from: 'decision:D11',
    because: 'Nodes are started by the controller the decision chose, up to the pool’s GPU limit.',
  },
  EC2NodeClass: { from: 'decision:D11', because: 'How a node of the pool starts: image, disks and their key.' },
  NodeClass: { from: 'decision:D11', because: 'How a node of the pool starts: its disk and the key of it.' },
  Role: { from: 'row:P11', because: 'Who puts model servers to sleep may change their replicas and nothing else.' },
  RoleBinding: { from: 'row:P11', because: 'The account’s role of the sleep, by the group of its access entry.' },
  Ingress: { from: 'row:P5', because: 'One endpoint; only the public paths have a way in.' },
  GatewayClass: { from: 'row:P5', because: 'The controller of the way in.' },
  Gateway: { from: 'row:P5', because: 'One endpoint, TLS alone.' },
  HTTPRoute: { from: 'row:P5', because: 'Only the public paths have a way in.' },
  Backend: { from: 'decision:D10', because: 'A server or provider the routes lead to.' },
  AIServiceBackend: { from: 'decision:D10', because: 'A server or provider the routes lead to.' },
  AIGatewayRoute: { from: 'decision:D10', because: 'Routes, weights and fallbacks of the plan.' },
  BackendSecurityPolicy: { from: 'row:P14', because: 'The key of a provider, from the external store.' },
  BackendTLSPolicy: { from: 'row:P14', because: 'A provider is reached by verified TLS alone.' },
  BackendTrafficPolicy: { from: 'row:P5', because: 'Requests and tokens a user may use, timeouts and backpressure.' },
  SecurityPolicy: { from: 'row:P5', because: 'A caller is known by a key.' },
  CronJob: { from: 'row:P15', because: 'The store is copied as often as the recovery point objective asks.' },
};

/** Why the workloads of a chart exist. */
function byChart(chart: string, name: string): Because {
  if (chart === 'model-mirror') {
    return { from: 'row:P3', because: 'Models come from the platform’s own bucket, pinned and checksummed.' };
  }
  if (chart.startsWith('serving-')) {
    return { from: 'decision:D3', because: 'The model server the decision chose, sized by the capacity plan.' };
  }
  if (chart === 'vector-store')
    return { from: 'decision:D7', because: 'The vector store the decision chose, at its size.' };
  if (chart === 'retrieval') {
    return { from: 'decision:D8', because: 'Chunking, search and the collection as the decision set them (P6).' };
  }
  if (chart === 'gateway' && name.startsWith('gateway-')) {
    return { from: 'row:P5', because: 'Keys, budgets and limits of the gateway are kept here.' };
  }
  if (chart === 'gateway')
    return { from: 'decision:D10', because: 'Routes, fallbacks and limits of the plan at one endpoint.' };
  throw new RangeError(`no reason is on record for ${name} in chart ${chart}`);
}

/** An edge to every object of the manifests. Throws on an object nobody gave a reason for. */
export function resourceLinks(charts: ReadonlyMap<string, readonly KubernetesObject[]>): Link[] {
  return [...charts].flatMap(([chart, objects]) =>
    objects.flatMap((object) => {
      const to = resourceId(chart, object);
      const reason = byKind[object.kind] ?? byChart(chart, object.metadata.name);
      const role = chart.startsWith('serving-') && object.metadata.namespace === namespaces.serving;
      return [
        { ...reason, to },
        ...(role && object.kind in byKind
          ? [{ from: 'decision:D3', to, because: `Belongs to ${chart.slice('serving-'.length)}.` }]
          : []),
      ];
    }),
  );
}

/** Decision, row or answer behind each flag of a model server. */
const byFlag: Readonly<Record<string, Because>> = {
  '--served-model-name': { from: 'row:P5', because: 'The name callers use at the gateway.' },
  '--runner': { from: 'decision:D8', because: 'An embedding or reranking model pools instead of generating.' },
  '--max-model-len': {
    from: 'answer:model.maxContextTokens',
    because: 'KV cache is kept for the longest context asked.',
  },
  '--max-num-seqs': {
    from: 'decision:D5',
    because: 'Sequences a replica runs at once, from the capacity plan (D5.1).',
  },
  '--max-num-batched-tokens': {
    from: 'decision:D5',
    because: 'Tokens of one engine step, from the capacity plan (D5.1).',
  },
  '--gpu-memory-utilization': {
    from: 'decision:D5',
    because: 'The memory ledger of the plan is reckoned with this share.',
  },
  '--tensor-parallel-size': { from: 'decision:D3', because: 'The layout the capacity plan chose.' },
  '--pipeline-parallel-size': { from: 'decision:D3', because: 'The layout the capacity plan chose.' },
  '--data-parallel-size': { from: 'decision:D3', because: 'The layout the capacity plan chose.' },
  '--enable-expert-parallel': { from: 'decision:D3', because: 'The layout the capacity plan chose.' },
  '--nnodes': { from: 'decision:D3', because: 'The model outgrows one machine (P4).' },
  '--node-rank': { from: 'decision:D3', because: 'The model outgrows one machine (P4).' },
  '--master-addr': { from: 'decision:D3', because: 'The model outgrows one machine (P4).' },
  '--headless': { from: 'decision:D3', because: 'Only the first machine of a replica answers requests.' },
  '--dtype': { from: 'decision:D4', because: 'The precision the decision chose.' },
  '--quantization': { from: 'decision:D4', because: 'The 16-bit checkpoint is quantized while loading.' },
  '--kv-cache-dtype': { from: 'decision:D5', because: 'Precision of the KV cache in the capacity plan (D5.5).' },
  '--no-enable-prefix-caching': { from: 'decision:D5', because: 'No prefix repeats in these answers (D5.2).' },
  '--speculative-config': { from: 'decision:D5', because: 'Long outputs of low diversity at a small batch (D5.3).' },
  '--enable-auto-tool-choice': { from: 'decision:D9', because: 'Typed calls are parsed by the server (D9.3).' },
  '--tool-call-parser': { from: 'decision:D9', because: 'Typed calls are parsed by the server (D9.3).' },
  '--max-num-queued-reqs': {
    from: 'row:P5',
    because: 'Backpressure: beyond one more full batch a request goes elsewhere.',
  },
  '--shutdown-timeout': { from: 'row:P4', because: 'A drain waits for the longest generation of the plan.' },
  '--disable-fastapi-docs': { from: 'row:P14', because: 'The server shows no pages of its own.' },
  '--disable-access-log-for-endpoints': { from: 'row:P10', because: 'Probes and scrapes would drown the log.' },
};

/** Flags of the other servers say the same things in other words. */
const byTopic: readonly (readonly [RegExp, Because])[] = [
  [/quant|dtype/, { from: 'decision:D4', because: 'The precision the decision chose.' }],
  [/shard|gpu-layers|threads/, { from: 'decision:D3', because: 'The layout the capacity plan chose.' }],
  [
    /tokens|concurrent|batch|parallel|ctx|memory/,
    { from: 'decision:D5', because: 'Limits of the capacity plan (D5.1).' },
  ],
  [/model|alias|tokenizer|repository/, { from: 'decision:D3', because: 'The model this server serves.' }],
  [/embedding|rerank/, { from: 'decision:D8', because: 'The retrieval step this server takes.' }],
  [/jinja/, { from: 'decision:D9', because: 'Typed calls are parsed by the server (D9.3).' }],
  [/host|port|frontend/, { from: 'row:P4', because: 'Where the service and the probes find the server.' }],
  [/metrics/, { from: 'row:P10', because: 'Queue and tokens are measured at the server.' }],
];

function becauseOf(flag: string): Because {
  const known = byFlag[flag] ?? byTopic.find(([pattern]) => pattern.test(flag))?.[1];
  if (!known) throw new RangeError(`no reason is on record for flag ${flag}`);
  return known;
}

/** An edge to every flag the model servers are started with: `flag:<role>/<flag>`. */
export function flagLinks(plan: Plan): Link[] {
  return plan.models.flatMap((model) => {
    const server = Object.entries(modelServers).find(([id]) => id === model.server)?.[1];
    const flags = (server?.arguments(model, plan) ?? []).filter((each) => each.startsWith('--'));
    return flags.map((each) => {
      const [flag = each] = each.split('=');
      return { ...becauseOf(flag), to: `flag:${model.role}/${flag}` };
    });
  });
}
