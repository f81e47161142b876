import { createHash } from 'node:crypto';
import { type App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-34';
import { stringify } from 'yaml';
import type { Plan } from '../../../lib/plan/plan.ts';
import type { KubernetesBuilder } from '../../contract.ts';
import { addGatewayCache } from '../../kubernetes/cache.ts';
import { addGatewayDatabase, databaseSecret } from '../../kubernetes/database.ts';
import { addEntry } from '../../kubernetes/entry.ts';
import { image } from '../../kubernetes/images.ts';
import { addPodMonitor } from '../../kubernetes/monitors.ts';
import {
  endpoints,
  isProduction,
  labels,
  namespaces,
  ports,
  priorityClasses,
  selector,
  serviceAccounts,
} from '../../kubernetes/names.ts';
import {
  allowTraffic,
  disruptionBudget,
  fromPrometheus,
  type Peer,
  serviceAccount,
  tlsOut,
} from '../../kubernetes/network.ts';
import {
  containerSecurity,
  generalPlacement,
  jobName,
  podSecurity,
  port,
  resources,
  scratch,
  spread,
} from '../../kubernetes/pod.ts';
import { externalSecret } from '../../kubernetes/secrets.ts';
import { callLimits, keyedProviders, litellmConfig, providerKey } from './config.ts';
import { hooks } from './hooks.ts';

const component = 'gateway';
const namespace = namespaces.gateway;
const deregistrationSeconds = 20;

const files = (plan: Plan): Readonly<Record<string, string>> => ({
  'config.yaml': stringify(litellmConfig(plan), { lineWidth: 0 }),
  'hooks.py': hooks,
  'limits.json': `${JSON.stringify(callLimits(plan), null, 2)}\n`,
});

const secretEnv = (name: string, secret: string, key: string): k8s.EnvVar => ({
  name,
  valueFrom: { secretKeyRef: { name: secret, key } },
});

function environment(plan: Plan): k8s.EnvVar[] {
  const onAws = plan.platform.cloud === 'aws';
  return [
    secretEnv('LITELLM_MASTER_KEY', component, 'master-key'),
    secretEnv('LITELLM_SALT_KEY', component, 'salt-key'),
    secretEnv('USER_HASH_KEY', component, 'hash-key'),
    secretEnv('DATABASE_URL', databaseSecret, 'uri'),
    secretEnv('CACHE_TOKEN', 'gateway-cache', 'token'),
    ...(onAws
      ? [
          {
            name: endpoints.cacheHost,
            valueFrom: { configMapKeyRef: { name: endpoints.configMap, key: endpoints.cacheHost } },
          },
        ]
      : [{ name: endpoints.cacheHost, value: 'gateway-cache' }]),
    ...keyedProviders(plan).map((name) => secretEnv(providerKey(name), 'gateway-providers', providerKey(name))),
    { name: 'GATEWAY_LIMITS', value: '/etc/gateway/limits.json' },
    ...(plan.audit.promptLog
      ? [
          { name: 'AUDIT_STREAM', value: onAws ? `firehose:${plan.name}-prompts` : 'stdout' },
          { name: 'AUDIT_REDACT', value: String(plan.audit.redactPii) },
        ]
      : []),
    ...(onAws ? [{ name: 'AWS_REGION', value: plan.platform.region }] : []),
    { name: 'PYTHONPATH', value: '/etc/gateway' },
    { name: 'LITELLM_NON_ROOT', value: 'true' },
    { name: 'LITELLM_MODE', value: 'PRODUCTION' },
    { name: 'LITELLM_LOG', value: 'ERROR' },
    // Tables change by the migration job alone.
    { name: 'DISABLE_SCHEMA_UPDATE', value: 'true' },
    { name: 'DISABLE_ADMIN_UI', value: 'true' },
    { name: 'NO_DOCS', value: 'true' },
    // Nothing is looked up on the internet at start.
    { name: 'LITELLM_LOCAL_MODEL_COST_MAP', value: 'True' },
    ...writablePlaces,
  ];
}

const writablePlaces: k8s.EnvVar[] = [
  { name: 'HOME', value: '/app/cache' },
  { name: 'XDG_CACHE_HOME', value: '/app/cache' },
  { name: 'PRISMA_BINARY_CACHE_DIR', value: '/app/cache/prisma-python/binaries' },
  { name: 'LITELLM_MIGRATION_DIR', value: '/app/migrations' },
];

const volumes: k8s.Volume[] = [
  { name: 'config', configMap: { name: component } },
  scratch('cache', '256Mi'),
  scratch('migrations', '128Mi'),
  scratch('tmp', '256Mi'),
];
const volumeMounts: k8s.VolumeMount[] = [
  { name: 'config', mountPath: '/etc/gateway', readOnly: true },
  { name: 'cache', mountPath: '/app/cache' },
  { name: 'migrations', mountPath: '/app/migrations' },
  { name: 'tmp', mountPath: '/tmp' },
];

function podSpec(plan: Plan, container: k8s.Container, extra: Partial<k8s.PodSpec>): k8s.PodSpec {
  return {
    ...generalPlacement(plan),
    serviceAccountName: serviceAccounts.gateway,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: podSecurity(101),
    priorityClassName: priorityClasses.platform,
    containers: [
      {
        image: image('litellm'),
        env: environment(plan),
        securityContext: containerSecurity(),
        volumeMounts,
        resources: resources(1000, '2Gi'),
        ...container,
      },
    ],
    volumes,
    ...extra,
  };
}

function addProxy(chart: Chart, plan: Plan): void {
  const contents = files(plan);
  const checksum = createHash('sha256').update(JSON.stringify(contents)).digest('hex').slice(0, 16);
  const metadata = { name: component, namespace, labels: { ...labels(plan, component, 'gateway') } };
  new k8s.KubeConfigMap(chart, 'Config', { metadata, data: { ...contents } });
  const longest = Math.max(60, ...plan.gateway.routes.map((route) => route.timeoutSeconds));
  new k8s.KubeDeployment(chart, 'Gateway', {
    metadata,
    spec: {
      replicas: plan.gateway.replicas,
      revisionHistoryLimit: 5,
      selector: { matchLabels: { ...selector(component) } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: port(1), maxUnavailable: port(0) } },
      template: {
        metadata: {
          labels: { ...labels(plan, component, 'gateway') },
          annotations: { 'groundplan/config': checksum },
        },
        spec: podSpec(
          plan,
          {
            name: 'gateway',
            args: ['--config', '/etc/gateway/config.yaml', '--port', String(ports.gateway), '--num_workers', '1'],
            ports: [{ name: 'http', containerPort: ports.gateway }],
            startupProbe: {
              httpGet: { path: '/health/liveness', port: port('http') },
              periodSeconds: 5,
              failureThreshold: 36,
            },
            readinessProbe: {
              httpGet: { path: '/health/readiness', port: port('http') },
              periodSeconds: 5,
              timeoutSeconds: 5,
              failureThreshold: 2,
            },
            livenessProbe: {
              httpGet: { path: '/health/liveness', port: port('http') },
              periodSeconds: 10,
              timeoutSeconds: 5,
              failureThreshold: 3,
            },
            lifecycle: { preStop: { sleep: { seconds: deregistrationSeconds } } },
          },
          {
            terminationGracePeriodSeconds: deregistrationSeconds + longest + 10,
            topologySpreadConstraints: spread(plan, component, isProduction(plan)),
          },
        ),
      },
    },
  });
  new k8s.KubeService(chart, 'Service', {
    metadata,
    spec: {
      type: 'ClusterIP',
      selector: { ...selector(component) },
      ports: [{ name: 'http', port: ports.gateway, targetPort: port('http') }],
    },
  });
}

/** Tables change once, before the proxies of a version start; nothing of the configuration is in the job. */
function addMigration(chart: Chart, plan: Plan): void {
  const spec = podSpec(
    plan,
    {
      name: 'migrate',
      command: ['python3', '-m', 'litellm.proxy.prisma_migration'],
      env: [
        secretEnv('DATABASE_URL', databaseSecret, 'uri'),
        ...writablePlaces,
        { name: 'LITELLM_NON_ROOT', value: 'true' },
      ],
    },
    { restartPolicy: 'OnFailure' },
  );
  // A job cannot be changed: another image or place makes another job.
  const name = jobName('gateway-migrate', spec);
  new k8s.KubeJob(chart, 'Migration', {
    metadata: { name, namespace, labels: { ...labels(plan, 'gateway-migrate', 'gateway') } },
    spec: {
      backoffLimit: 6,
      activeDeadlineSeconds: 900,
      ttlSecondsAfterFinished: 86_400,
      template: {
        metadata: { labels: { ...labels(plan, 'gateway-migrate', 'gateway') } },
        spec,
      },
    },
  });
}

export const build: KubernetesBuilder = (app, plan) => {
  const chart = new Chart(app as App, 'gateway', { disableResourceNameHashes: true });
  const onAws = plan.platform.cloud === 'aws';
  serviceAccount(chart, plan, serviceAccounts.gateway, namespace);
  externalSecret(chart, plan, {
    name: component,
    namespace,
    keys: {
      'master-key': ['gateway', 'master-key'],
      'salt-key': ['gateway-salt', 'salt-key'],
      'hash-key': ['gateway-hash', 'hash-key'],
    },
    // Every key of this gateway starts with the same mark, its administrator's too.
    template: {
      'master-key':
        '{{ $key := index . "master-key" }}{{ if hasPrefix "sk-" $key }}{{ $key }}{{ else }}sk-{{ $key }}{{ end }}',
    },
  });
  const providers = keyedProviders(plan);
  if (providers.length > 0) {
    externalSecret(chart, plan, {
      name: 'gateway-providers',
      namespace,
      keys: Object.fromEntries(providers.map((name) => [providerKey(name), ['providers', name] as const])),
    });
  }
  addGatewayDatabase(chart, plan);
  addGatewayCache(chart, plan, { counts: 'litellm' });
  addProxy(chart, plan);
  addMigration(chart, plan);
  disruptionBudget(chart, plan, { component, role: 'gateway', namespace });
  const database: Peer = { component: 'gateway-database', ports: [ports.postgres] };
  const cache: Peer = onAws
    ? { cidrs: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'], ports: [ports.cache] }
    : { component: 'gateway-cache', ports: [ports.cache] };
  const servers: Peer = { namespace: namespaces.serving, ports: [ports.modelServer] };
  allowTraffic(chart, plan, {
    component,
    role: 'gateway',
    namespace,
    from: [
      ...addEntry(chart, plan),
      fromPrometheus([ports.gateway]),
      { namespace: namespaces.retrieval, ports: [ports.gateway] },
    ],
    to: [servers, database, cache, ...(providers.length > 0 || onAws ? [tlsOut] : [])],
    cloudRole: true,
  });
  allowTraffic(chart, plan, { component: 'gateway-migrate', role: 'gateway', namespace, from: [], to: [database] });
  addPodMonitor(chart, plan, { component, role: 'gateway', namespace, path: '/metrics' });
};
