import { ApiObject, type App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-34';
import type { Plan } from '../../lib/plan/plan.ts';
import { volumeKey } from '../clouds/aws/security/key-names.ts';
import { labels, namespaces, priorityClasses, secretStore, serviceAccounts } from './names.ts';
import { serviceAccount } from './network.ts';
import { port, quantity } from './pod.ts';

/** Pod Security level of each namespace. Node agents of the observability stack read the host, so that one is exempt. */
const podSecurityLevel = {
  serving: 'restricted',
  gateway: 'restricted',
  retrieval: 'restricted',
  observability: 'privileged',
} as const satisfies Record<keyof typeof namespaces, 'restricted' | 'privileged'>;

/** Namespaces with their walls: pod security, quotas, default limits, nothing in or out but names (P4, P14, P21). */
export function addCluster(app: App, plan: Plan): void {
  const chart = new Chart(app, 'cluster', { disableResourceNameHashes: true });
  for (const [key, name] of Object.entries(namespaces)) {
    const level = podSecurityLevel[key as keyof typeof namespaces];
    addNamespace(chart, plan, name, level);
    if (level === 'restricted') addWalls(chart, plan, name);
  }
  serviceAccount(chart, plan, serviceAccounts.modelServer, namespaces.serving);
  addPriorities(chart, plan);
  if (plan.platform.cloud === 'aws') {
    addStorageClass(chart, plan);
    addSnapshotClass(chart, plan);
    addSecretStore(chart, plan);
  }
}

function addNamespace(chart: Chart, plan: Plan, name: string, level: 'restricted' | 'privileged'): void {
  const modes = ['enforce', 'audit', 'warn'].flatMap((mode) => [
    [`pod-security.kubernetes.io/${mode}`, level],
    [`pod-security.kubernetes.io/${mode}-version`, `v${plan.platform.kubernetesVersion}`],
  ]);
  new k8s.KubeNamespace(chart, `Namespace-${name}`, {
    metadata: { name, labels: { ...labels(plan, name, 'namespace'), ...Object.fromEntries(modes) } },
  });
}

/** GPUs all pools of the plan may start: what the namespace that serves may ask for. */
const gpuLimit = (plan: Plan) => plan.platform.nodePools.reduce((sum, pool) => sum + pool.gpuLimit, 0);

function addWalls(chart: Chart, plan: Plan, namespace: string): void {
  const metadata = (name: string) => ({ name, namespace, labels: { ...labels(plan, namespace, 'walls') } });
  new k8s.KubeNetworkPolicy(chart, `DefaultDeny-${namespace}`, {
    metadata: metadata('default-deny'),
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  });
  new k8s.KubeNetworkPolicy(chart, `Names-${namespace}`, {
    metadata: metadata('allow-names'),
    spec: {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        {
          to: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
              podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
            },
          ],
          ports: [
            { protocol: 'UDP', port: port(53) },
            { protocol: 'TCP', port: port(53) },
          ],
        },
      ],
    },
  });
  const gpus = namespace === namespaces.serving ? gpuLimit(plan) : 0;
  new k8s.KubeResourceQuota(chart, `Quota-${namespace}`, {
    metadata: metadata('quota'),
    spec: {
      hard: {
        'requests.nvidia.com/gpu': quantity(String(gpus)),
        'services.loadbalancers': quantity('0'),
        'services.nodeports': quantity('0'),
        pods: quantity('200'),
      },
    },
  });
  new k8s.KubeLimitRange(chart, `Limits-${namespace}`, {
    metadata: metadata('defaults'),
    spec: {
      limits: [
        {
          type: 'Container',
          defaultRequest: { cpu: quantity('100m'), memory: quantity('128Mi') },
          default: { memory: quantity('512Mi') },
        },
      ],
    },
  });
}

/** Users who wait come before runs that do not; runs never push anything out. */
function addPriorities(chart: Chart, plan: Plan): void {
  const classes = [
    [priorityClasses.platform, 200_000, 'PreemptLowerPriority', 'Gateway and stores: without them nothing is served.'],
    [priorityClasses.interactive, 100_000, 'PreemptLowerPriority', 'Model servers with a latency goal.'],
    [priorityClasses.batch, 1_000, 'Never', 'Runs that can wait.'],
  ] as const;
  for (const [name, value, preemptionPolicy, description] of classes) {
    new k8s.KubePriorityClass(chart, `Priority-${name}`, {
      metadata: { name, labels: { ...labels(plan, name, 'priority') } },
      value,
      preemptionPolicy,
      description,
      globalDefault: false,
    });
  }
}

export const storageClass = 'gp3-encrypted';

const ebsDriver = (plan: Plan) =>
  plan.platform.provisioning === 'auto-mode' ? 'ebs.csi.eks.amazonaws.com' : 'ebs.csi.aws.com';

function addStorageClass(chart: Chart, plan: Plan): void {
  new k8s.KubeStorageClass(chart, 'StorageClass', {
    metadata: { name: storageClass, labels: { ...labels(plan, storageClass, 'storage') } },
    provisioner: ebsDriver(plan),
    parameters: { type: 'gp3', encrypted: 'true', kmsKeyId: volumeKey(plan) },
    volumeBindingMode: 'WaitForFirstConsumer',
    allowVolumeExpansion: true,
    reclaimPolicy: 'Retain',
  });
}

export const snapshotClass = 'volume-snapshots';

/** Snapshots outlive the objects that asked for them. */
function addSnapshotClass(chart: Chart, plan: Plan): void {
  new ApiObject(chart, 'SnapshotClass', {
    apiVersion: 'snapshot.storage.k8s.io/v1',
    kind: 'VolumeSnapshotClass',
    metadata: { name: snapshotClass, labels: { ...labels(plan, snapshotClass, 'storage') } },
    driver: ebsDriver(plan),
    deletionPolicy: 'Retain',
  });
}

/** Secrets come from the account's store by External Secrets' own role; no key is in any file (P14). */
function addSecretStore(chart: Chart, plan: Plan): void {
  new ApiObject(chart, 'SecretStore', {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ClusterSecretStore',
    metadata: { name: secretStore, labels: { ...labels(plan, secretStore, 'secret') } },
    spec: {
      provider: { aws: { service: 'SecretsManager', region: plan.platform.region } },
      conditions: [{ namespaces: [namespaces.serving, namespaces.gateway, namespaces.retrieval] }],
    },
  });
}
