import { describe, expect, test } from 'vitest';
import { type KubernetesObject, kubernetesObjects } from '../../blueprints/kubernetes/index.ts';
import { kubernetesViolations, ruleIds } from '../../blueprints/kubernetes/rules.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import { plans } from './plans.ts';
import { schemaProblems } from './schemas.ts';

type Charts = Map<string, KubernetesObject[]>;
type Json = { [key: string]: Json } & Json[];

const named = (name: string): Plan => {
  const plan = plans[name];
  if (!plan) throw new Error(`no plan ${name}`);
  return plan;
};
const chartsOf = async (plan: Plan): Promise<Charts> =>
  structuredClone(new Map(await kubernetesObjects(plan))) as Charts;

/** The object of a kind and name, to be spoiled in place. */
function find(charts: Charts, kind: string, name: string): Json {
  const found = [...charts.values()].flat().find((each) => each.kind === kind && each.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found as unknown as Json;
}

describe.each(Object.entries(plans))('manifests of «%s»', (_name, plan) => {
  test('keep every rule', async () => {
    expect(kubernetesViolations(await kubernetesObjects(plan), plan)).toEqual([]);
  });
});

const base = named('aws, pgvector in the cloud');
const group = named('a replica over two machines');
const asleep = named('asleep under Karpenter, on Amazon Linux');
const pod = (charts: Charts) => find(charts, 'Deployment', 'chat').spec?.template?.spec as Json;
const server = (charts: Charts) => pod(charts).containers?.[0] as Json;
const set = (object: Json | undefined, key: string, value: unknown) => {
  (object as unknown as Record<string, unknown>)[key] = value;
};
const drop = (charts: Charts, kind: string, name: string) => {
  for (const [chart, objects] of charts) {
    charts.set(
      chart,
      objects.filter((each) => !(each.kind === kind && each.metadata.name === name)),
    );
  }
};

/** Traps seen in others' output, each planted once: rule, the plan it is planted in, how. */
const traps: readonly (readonly [rule: RegExp, trap: string, plan: Plan, plant: (charts: Charts) => void])[] = [
  [
    /to sleep/,
    'a model that stays awake',
    asleep,
    (charts) => set((find(charts, 'Role', 'sleep').rules as Json)[0], 'resourceNames', ['embedding']),
  ],
  [
    /to sleep/,
    'a role over every workload',
    asleep,
    (charts) => set((find(charts, 'Role', 'sleep').rules as Json)[0], 'resourceNames', []),
  ],
  [
    /to sleep/,
    'a role that deletes',
    asleep,
    (charts) => set((find(charts, 'Role', 'sleep').rules as Json)[0], 'verbs', ['delete']),
  ],
  [
    /to sleep/,
    'a role that admits others',
    asleep,
    (charts) =>
      set(find(charts, 'RoleBinding', 'sleep'), 'subjects', [{ kind: 'Group', name: 'system:authenticated' }]),
  ],
  [/floating tag/, 'a latest tag', base, (charts) => set(server(charts), 'image', 'vllm/vllm-openai:latest')],
  [/floating tag/, 'no tag at all', base, (charts) => set(server(charts), 'image', 'vllm/vllm-openai')],
  [/nobody/, 'a pod as root', base, (charts) => set(pod(charts).securityContext, 'runAsNonRoot', false)],
  [/nobody/, 'a service-account token', base, (charts) => set(pod(charts), 'automountServiceAccountToken', true)],
  [
    /privileges/,
    'capabilities kept',
    base,
    (charts) => set(server(charts).securityContext, 'capabilities', { drop: [] }),
  ],
  [/every mount/, 'a volume that is gone', base, (charts) => set(pod(charts), 'volumes', [])],
  [/its processors/, 'no memory limit', base, (charts) => set(server(charts).resources, 'limits', {})],
  [/three probes/, 'liveness instead of startup', base, (charts) => set(server(charts), 'startupProbe', undefined)],
  [
    /three probes/,
    'a long liveness delay',
    base,
    (charts) => set(server(charts).livenessProbe, 'initialDelaySeconds', 600),
  ],
  [
    /has time/,
    'a startup probe shorter than the load',
    base,
    (charts) => set(server(charts).startupProbe, 'failureThreshold', 3),
  ],
  [/before the kill/, 'the default grace', base, (charts) => set(pod(charts), 'terminationGracePeriodSeconds', 30)],
  [/before the kill/, 'the default shutdown timeout', base, (charts) => set(server(charts), 'args', ['/models/chat'])],
  [/network policy/, 'a pod nobody guards', base, (charts) => drop(charts, 'NetworkPolicy', 'chat')],
  [/network policy/, 'an open namespace', base, (charts) => drop(charts, 'NetworkPolicy', 'default-deny')],
  [/stand apart/, 'no disruption budget', base, (charts) => drop(charts, 'PodDisruptionBudget', 'chat')],
  [
    /autoscaler/,
    'a kind without a scale',
    base,
    (charts) => set(find(charts, 'ScaledObject', 'chat').spec?.scaleTargetRef, 'kind', 'Job'),
  ],
  [
    /autoscaler/,
    'two owners of replicas',
    base,
    (charts) => set(find(charts, 'Deployment', 'chat').spec, 'replicas', 2),
  ],
  [
    /autoscaler/,
    'more replicas than the plan pays for',
    base,
    (charts) => set(find(charts, 'ScaledObject', 'chat').spec, 'maxReplicaCount', 9),
  ],
  [
    /autoscaler/,
    'zero replicas in production',
    base,
    (charts) => set(find(charts, 'ScaledObject', 'chat').spec, 'minReplicaCount', 0),
  ],
  [
    /every metric/,
    'a metric that was renamed',
    base,
    (charts) =>
      set(
        find(charts, 'ScaledObject', 'chat').spec?.triggers?.[0]?.metadata,
        'query',
        'sum(vllm:gpu_cache_usage_perc)',
      ),
  ],
  [
    /every metric/,
    'a metric that never was',
    base,
    (charts) => set(find(charts, 'ScaledObject', 'chat').spec?.triggers?.[0]?.metadata, 'query', 'sum(vllm:requests)'),
  ],
  [/no secret/, 'a key written out', base, (charts) => set(server(charts), 'env', [{ name: 'HF_TOKEN', value: 'x' }])],
  [/names exists/, 'a service account nobody made', base, (charts) => set(pod(charts), 'serviceAccountName', 'other')],
  [
    /finds pods/,
    'a service without pods',
    base,
    (charts) => set(find(charts, 'Service', 'chat').spec?.selector, 'app.kubernetes.io/name', 'other'),
  ],
  [/GPU pods/, 'a pod in any pool', base, (charts) => set(pod(charts), 'nodeSelector', {})],
  [
    /every machine type/,
    'a pool of one type',
    group,
    (charts) =>
      set(find(charts, 'NodePool', 'chat').spec?.template?.spec?.requirements?.[0], 'values', ['p5.48xlarge']),
  ],
  [
    /restricted level/,
    'a privileged namespace',
    base,
    (charts) =>
      set(find(charts, 'Namespace', 'serving').metadata?.labels, 'pod-security.kubernetes.io/enforce', 'privileged'),
  ],
];

describe('a planted trap is caught', () => {
  test.each(traps)('by %s: %s', async (rule, _trap, plan, plant) => {
    const charts = await chartsOf(plan);
    plant(charts);
    expect(kubernetesViolations(charts, plan).map((each) => each.rule)).toContainEqual(expect.stringMatching(rule));
  });

  test('and every rule has one', () => {
    expect(ruleIds.filter((id) => !traps.some(([rule]) => rule.test(id)))).toEqual([]);
  });

  test('a field the version does not know is refused by its schema', async () => {
    const charts = await chartsOf(base);
    set(find(charts, 'ScaledObject', 'chat').spec, 'maxReplicas', 3);
    set(pod(charts), 'tolerationz', []);
    const problems = [...charts.values()].flat().flatMap((each) => schemaProblems(each) ?? []);
    expect(problems).toEqual([expect.stringContaining('tolerationz'), expect.stringContaining('maxReplicas')]);
  });
});
