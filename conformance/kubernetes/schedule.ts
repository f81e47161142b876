/**
 * Schedules every pod of every preset, at the plan's most, with a real scheduler on the machines the plan buys: pools at
 * their largest, each node as large as its smallest type leaves it to pods. A pod that finds no place is a failure.
 *
 *   node conformance/kubernetes/schedule.ts          needs `go`; the first run builds the programs (some minutes)
 */
import { loadCatalog } from '../../blueprints/catalog.ts';
import { products } from '../../blueprints/index.ts';
import { type KubernetesObject, kubernetesObjects } from '../../blueprints/kubernetes/index.ts';
import { field, type PodTemplate, workloadsOf } from '../../blueprints/kubernetes/workload-view.ts';
import { presets } from '../../blueprints/presets/index.ts';
import type { Offer } from '../../lib/catalog/catalog.ts';
import { makePlan } from '../../lib/make-plan.ts';
import type { NodePool, Plan } from '../../lib/plan/plan.ts';
import { type ApiServer, startApiServer } from './api-server.ts';

const catalog = loadCatalog(products);
/** Agents on every node: log shipper, metrics, network, storage. */
const daemons = { millicores: 300, memoryBytes: 1.5 * 2 ** 30 };

async function post(api: ApiServer, path: string, body: object): Promise<void> {
  const answer = await api.call('POST', path, body);
  if (answer.status !== 201 && answer.status !== 409) throw new Error(`${path}: ${answer.body.message}`);
}

/** What the smallest type of a pool leaves to pods; a machine of one's own is taken as ample but for its GPUs. */
function allocatable(pool: NodePool): Readonly<Record<string, string>> {
  const offers = pool.instanceTypes
    .map((type) => catalog.offers.find((offer) => offer.instanceType === type))
    .filter((offer): offer is Offer => offer !== undefined);
  const least = (value: (offer: Offer) => number, ample: number) =>
    offers.length > 0 ? Math.min(...offers.map(value)) : ample;
  const millicores = least((offer) => offer.allocatableMillicores ?? offer.vcpus * 970, 64_000) - daemons.millicores;
  const memory =
    least((offer) => offer.allocatableMemoryBytes ?? offer.memoryBytes * 0.92, 256 * 2 ** 30) - daemons.memoryBytes;
  return {
    cpu: `${millicores}m`,
    memory: `${Math.floor(memory / 2 ** 20)}Mi`,
    pods: '50',
    'ephemeral-storage': `${Math.max(pool.diskGiB, 2000)}Gi`,
    ...(pool.gpusPerNode > 0 ? { 'nvidia.com/gpu': String(pool.gpusPerNode) } : {}),
    ...(pool.efa ? { 'vpc.amazonaws.com/efa': '32', 'hugepages-2Mi': '10240Mi' } : {}),
  };
}

async function addNodes(api: ApiServer, plan: Plan): Promise<readonly string[]> {
  const names: string[] = [];
  for (const pool of plan.platform.nodePools) {
    for (let index = 0; index < pool.nodes.maximum; index += 1) {
      const name = `${pool.id}-${index}`;
      const labels = {
        'groundplan/pool': pool.id,
        'kubernetes.io/hostname': name,
        'kubernetes.io/arch': pool.architecture,
        'topology.kubernetes.io/zone': `zone-${index % Math.max(1, plan.platform.availabilityZones)}`,
      };
      const taints = pool.gpuId ? [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }] : [];
      await post(api, '/api/v1/nodes', {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name, labels },
        spec: { taints },
      });
      const resources = allocatable(pool);
      const status = { allocatable: resources, capacity: resources, conditions: [{ type: 'Ready', status: 'True' }] };
      const merge = 'application/merge-patch+json';
      await api.call('PATCH', `/api/v1/nodes/${name}/status`, { status }, merge);
      // The server marks a new node until its kubelet reports; none runs here.
      await api.call('PATCH', `/api/v1/nodes/${name}`, { spec: { taints } }, merge);
      names.push(name);
    }
  }
  return names;
}

interface Wanted {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: object;
}

/** Every long-running pod at the plan's most; claims of a StatefulSet are left out, since no driver makes volumes here. */
async function pods(plan: Plan): Promise<readonly Wanted[]> {
  const objects = [...(await kubernetesObjects(plan)).values()].flat();
  const own = workloadsOf(objects)
    .filter(({ kind }) => ['Deployment', 'StatefulSet', 'LeaderWorkerSet'].includes(kind))
    .flatMap((workload) => {
      const model = plan.models.find(({ role }) => workload.id === `serving/${workload.kind}/${role}`);
      const copies = model?.replicas.maximum ?? workload.replicas ?? 1;
      const claims = (field(
        objects.find(({ kind, metadata }) => kind === workload.kind && metadata.name === workload.name),
        'spec',
        'volumeClaimTemplates',
      ) ?? []) as { metadata: { name: string } }[];
      return Array.from({ length: copies }, (_, copy) =>
        workload.templates.map(({ metadata, spec }: PodTemplate, rank) => {
          const { serviceAccountName: _account, ...rest } = spec;
          const volumes = [
            ...(spec.volumes ?? []),
            ...claims.map(({ metadata: { name } }) => ({ name, emptyDir: {} })),
          ];
          return {
            name: `${workload.name}-${copy}-${rank}`,
            namespace: workload.namespace,
            labels: metadata.labels,
            spec: { ...rest, volumes },
          };
        }),
      ).flat();
    });
  return [...own, ...objects.flatMap(operated)];
}

/** Pods an operator makes of its own kind: databases and search nodes, with their resources and their place. */
function operated({ kind, metadata, spec }: KubernetesObject): readonly Wanted[] {
  const named = (copies: number, pod: object) =>
    Array.from({ length: copies }, (_, copy) => ({
      name: `${metadata.name}-${copy}`,
      namespace: metadata.namespace ?? 'default',
      labels: metadata.labels ?? {},
      spec: pod,
    }));
  if (kind === 'Cluster') {
    const cluster = spec as {
      instances: number;
      imageName: string;
      resources: object;
      affinity: { nodeSelector?: object };
    };
    const containers = [{ name: 'postgres', image: cluster.imageName, resources: cluster.resources, securityContext }];
    return named(cluster.instances, { ...podSecurity, nodeSelector: cluster.affinity.nodeSelector, containers });
  }
  if (kind === 'Elasticsearch') {
    const { image, nodeSets } = spec as {
      image: string;
      nodeSets: { count: number; podTemplate: { spec: PodTemplate['spec'] } }[];
    };
    return nodeSets.flatMap(({ count, podTemplate }) => {
      const { serviceAccountName: _account, ...rest } = podTemplate.spec;
      return named(count, { ...rest, containers: rest.containers.map((each) => ({ ...each, image })) });
    });
  }
  return [];
}

const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
const podSecurity = {
  securityContext: { runAsNonRoot: true, runAsUser: 26, seccompProfile: { type: 'RuntimeDefault' } },
};

/** Pods without a node after half a minute, with the scheduler's own words. */
async function unscheduled(api: ApiServer, wanted: readonly Wanted[]): Promise<readonly string[]> {
  let left = [...wanted];
  const words = new Map<string, string>();
  for (let attempt = 0; attempt < 30 && left.length > 0; attempt += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const still: Wanted[] = [];
    for (const each of left) {
      const { body } = await api.call('GET', `/api/v1/namespaces/${each.namespace}/pods/${each.name}`);
      if (field(body, 'spec', 'nodeName')) continue;
      const conditions = (field(body, 'status', 'conditions') ?? []) as { type: string; message?: string }[];
      words.set(
        each.name,
        conditions.find(({ type }) => type === 'PodScheduled')?.message ?? 'not seen by the scheduler',
      );
      still.push(each);
    }
    left = still;
  }
  return left.map(({ name }) => `${name}: ${words.get(name)}`);
}

async function schedule(
  api: ApiServer,
  plan: Plan,
): Promise<{ readonly pods: number; readonly problems: readonly string[] }> {
  const nodes = await addNodes(api, plan);
  for (const object of (await kubernetesObjects(plan)).get('cluster') ?? []) {
    if (object.kind === 'Namespace') {
      const open = { ...object, metadata: { name: object.metadata.name } };
      await post(api, '/api/v1/namespaces', open);
      const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
      await post(api, `/api/v1/namespaces/${object.metadata.name}/serviceaccounts`, account);
    }
    if (object.kind === 'PriorityClass') await post(api, '/apis/scheduling.k8s.io/v1/priorityclasses', object);
  }
  const wanted = await pods(plan);
  for (const { name, namespace, labels, spec } of wanted) {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels }, spec };
    await post(api, `/api/v1/namespaces/${namespace}/pods`, pod);
  }
  const problems = await unscheduled(api, wanted);
  const now = '?gracePeriodSeconds=0';
  for (const { name, namespace } of wanted)
    await api.call('DELETE', `/api/v1/namespaces/${namespace}/pods/${name}${now}`);
  for (const name of nodes) await api.call('DELETE', `/api/v1/nodes/${name}`);
  return { pods: wanted.length, problems };
}

const api = await startApiServer();
try {
  api.startScheduler();
  let failures = 0;
  for (const [name, preset] of Object.entries(presets)) {
    const planned = makePlan(preset.answers, catalog);
    if (!planned.ok) throw new Error(`${name}: ${JSON.stringify(planned.reasons)}`);
    const { pods: count, problems } = await schedule(api, planned.value);
    failures += problems.length;
    const nodes = planned.value.platform.nodePools.map((pool) => `${pool.nodes.maximum} ${pool.id}`).join(', ');
    console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${name}: ${count} pods on ${nodes}`);
    for (const problem of problems) console.log(`       ${problem}`);
  }
  process.exitCode = failures === 0 ? 0 : 1;
} finally {
  api.stop();
}
