import { stringify } from 'yaml';
import type { Artifact } from '../../lib/artifacts/artifact.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import { type ComponentVersion, versions } from '../versions.ts';
import { namespaces, ports } from './names.ts';

interface Release {
  readonly component: keyof typeof versions;
  readonly namespace: string;
  readonly because: string;
  readonly values: Readonly<Record<string, unknown>>;
}

const all = { includeAll: true } as const;
/** Envoy Gateway asks the AI gateway's controller to finish the proxies' configuration. */
const aiExtension = {
  hooks: {
    xdsTranslator: {
      translation: { listener: all, route: all, cluster: all, secret: all },
      post: ['Translation', 'Cluster', 'Route'],
    },
  },
  service: {
    fqdn: { hostname: 'ai-gateway-controller.envoy-ai-gateway-system.svc.cluster.local', port: 1063 },
  },
} as const;

const onGpuNodes = {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'groundplan/gpu', operator: 'Exists' }] }],
    },
  },
};

/** Controllers the manifests stand on, and nothing the plan does not use. */
export function prerequisites(plan: Plan): readonly Release[] {
  const onAws = plan.platform.cloud === 'aws';
  const ownNodes = onAws && plan.platform.provisioning !== 'auto-mode';
  const clusterName = plan.platform.existing.clusterName ?? plan.name;
  const gpus = plan.platform.nodePools.some((pool) => pool.gpusPerNode > 0);
  const ai = plan.gateway.id === 'envoy-ai-gateway';
  const list: readonly (Release | false)[] = [
    {
      component: 'prometheusStack',
      namespace: namespaces.observability,
      because: 'Metrics, alerts and the signal replicas follow (P10).',
      values: {
        grafana: { adminUser: 'admin', 'grafana.ini': { 'auth.anonymous': { enabled: false } } },
        prometheus: {
          prometheusSpec: {
            podMonitorSelectorNilUsesHelmValues: false,
            ruleSelectorNilUsesHelmValues: false,
            serviceMonitorSelectorNilUsesHelmValues: false,
            retention: '15d',
          },
        },
      },
    },
    {
      component: 'keda',
      namespace: 'keda',
      because: 'Replicas follow waiting and running requests (P4).',
      values: { operator: { replicaCount: 2 }, metricsServer: { replicaCount: 2 } },
    },
    {
      component: 'externalSecrets',
      namespace: 'external-secrets',
      because: 'Secrets come from the account’s store (P14).',
      values: { replicaCount: 2, leaderElect: true, serviceAccount: { name: 'external-secrets' } },
    },
    {
      component: 'cloudNativePg',
      namespace: 'cnpg-system',
      because: 'PostgreSQL of the gateway, and of vectors outside a cloud (P5, P6).',
      values: { replicaCount: 2 },
    },
    plan.models.some((model) => model.nodesPerReplica > 1) && {
      component: 'leaderWorkerSet',
      namespace: 'lws-system',
      because: 'A model spans several machines (P4).',
      values: {},
    },
    (!onAws || ai) && {
      component: 'envoyGateway',
      namespace: 'envoy-gateway-system',
      because: 'The way in to the gateway (P5).',
      values: ai
        ? {
            config: {
              envoyGateway: {
                extensionApis: { enableBackend: true, enableEnvoyPatchPolicy: true },
                extensionManager: aiExtension,
                rateLimit: {
                  backend: {
                    type: 'Redis',
                    redis: { url: `gateway-cache.${namespaces.gateway}.svc.cluster.local:${ports.cache}` },
                  },
                },
              },
            },
          }
        : {},
    },
    ai && {
      component: 'envoyAiGatewayCrds',
      namespace: 'envoy-ai-gateway-system',
      because: 'The kinds of the gateway of the plan (P5).',
      values: {},
    },
    ai && {
      component: 'envoyAiGateway',
      namespace: 'envoy-ai-gateway-system',
      because: 'The gateway of the plan (P5).',
      values: {},
    },
    plan.vectorStore?.id === 'elasticsearch' && {
      component: 'elasticOperator',
      namespace: 'elastic-system',
      because: 'Runs the vector store of the plan (P6).',
      values: {},
    },
    onAws &&
      plan.platform.provisioning === 'karpenter' && {
        component: 'karpenter',
        namespace: 'kube-system',
        because: 'Starts the GPU nodes of the plan (D11).',
        values: {
          settings: {
            clusterName,
            interruptionQueue: `${plan.name}-interruptions`,
          },
          serviceAccount: { name: 'karpenter' },
          replicas: 2,
        },
      },
    ownNodes &&
      !ai && {
        component: 'loadBalancerController',
        namespace: 'kube-system',
        because: 'Raises the load balancer in front of the gateway (P5).',
        values: {
          clusterName,
          region: plan.platform.region,
          serviceAccount: { name: 'aws-load-balancer-controller' },
          defaultTags: plan.platform.tags,
        },
      },
    onAws &&
      plan.platform.provisioning === 'managed-node-groups' && {
        component: 'clusterAutoscaler',
        namespace: 'kube-system',
        because: 'Grows and shrinks the node groups between the plan’s least and most (D11).',
        values: {
          awsRegion: plan.platform.region,
          autoDiscovery: { clusterName },
          rbac: { serviceAccount: { name: 'cluster-autoscaler' } },
          // An expensive empty node goes before a cheap one is kept.
          extraArgs: { 'scale-down-unneeded-time': '10m', expander: 'least-waste' },
        },
      },
    ownNodes &&
      plan.platform.nodePools.some((pool) => pool.efa) && {
        component: 'efaDevicePlugin',
        namespace: 'kube-system',
        because: 'Machines of one replica speak over the fabric (P4).',
        values: { tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }] },
      },
    ownNodes &&
      plan.platform.provisioning !== 'existing' &&
      plan.platform.nodeOperatingSystem === 'al2023' &&
      gpus && {
        component: 'nvidiaDevicePlugin',
        namespace: 'kube-system',
        because: 'Offers the GPUs of a node to pods; this node image does not carry it (P2).',
        values: {
          tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
          affinity: onGpuNodes,
        },
      },
    onAws &&
      gpus && {
        component: 'dcgmExporter',
        namespace: namespaces.observability,
        because: 'GPU metrics (P10).',
        values: {
          serviceMonitor: { enabled: true },
          tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
          affinity: onGpuNodes,
        },
      },
    !onAws &&
      gpus && {
        component: 'gpuOperator',
        namespace: 'gpu-operator',
        because: 'Driver, device plugin and GPU metrics on machines of your own (P2, P10).',
        values: { dcgmExporter: { serviceMonitor: { enabled: true } } },
      },
  ];
  return list.filter((each): each is Release => each !== false);
}

/** Helm releases by version, as `helmfile` reads them; one command installs all. */
export function helmfile(plan: Plan): Artifact {
  const releases = prerequisites(plan).map((release) => {
    const { chart }: ComponentVersion = versions[release.component];
    if (!chart) throw new RangeError(`${release.component} ships no chart`);
    return { ...release, chart };
  });
  const repositories = releases
    .filter(({ chart }) => !chart.repository.startsWith('oci://'))
    .map(({ chart }) => ({ name: chart.name, url: chart.repository }));
  const document = {
    helmDefaults: { createNamespace: true, atomic: true, wait: true, timeout: 900 },
    repositories,
    releases: releases.map(({ chart, namespace, values }) => ({
      name: chart.name,
      namespace,
      chart: chart.repository.startsWith('oci://')
        ? `${chart.repository}/${chart.name}`
        : `${chart.name}/${chart.name}`,
      version: chart.version,
      values: [values],
    })),
  };
  return { path: 'kubernetes/helmfile.yaml', contents: stringify(document, { lineWidth: 0 }) };
}
