import { modelServers } from '../../model-servers/index.ts';
import { retiredVllmMetrics } from '../../model-servers/vllm/metrics.ts';
import { nodes } from '../names.ts';
import { sleepGroup, sleepingModels } from '../sleep.ts';
import { field } from '../workload-view.ts';
import { gpus, longRunning, matches, ofKind, type Rule } from './rule.ts';

/** Copies, autoscalers and the machines they stand on. */
export const scalingRules: Readonly<Record<string, Rule>> = {
  *'several copies stand apart and leave one at a time'({ plan, objects, workloads }) {
    const budgets = ofKind(objects, 'PodDisruptionBudget');
    for (const workload of workloads.filter(longRunning)) {
      const labels = workload.templates[0]?.metadata.labels ?? {};
      const budget = budgets.find((each) => {
        const selector = field(each, 'spec', 'selector', 'matchLabels') as Record<string, string>;
        return each.metadata.namespace === workload.namespace && matches(selector, labels);
      });
      const model = plan.models.find(({ role }) => workload.id === `serving/${workload.kind}/${role}`);
      const copies = model?.replicas.maximum ?? workload.replicas ?? 1;
      if (copies > 1 && !budget) yield [workload.id, 'has no disruption budget'];
      if (budget && field(budget, 'spec', 'maxUnavailable') !== 1) yield [workload.id, 'may lose several pods at once'];
      if (copies > 1 && !workload.templates[0]?.spec.topologySpreadConstraints?.length)
        yield [workload.id, 'is not spread'];
    }
  },
  *'an autoscaler has a target with a scale, alone owns its replicas, and stays inside the pool'({
    plan,
    objects,
    workloads,
  }) {
    for (const scaler of ofKind(objects, 'ScaledObject')) {
      const id = `${scaler.metadata.namespace}/ScaledObject/${scaler.metadata.name}`;
      const spec = field(scaler, 'spec') as ScaledObjectSpec;
      const target = workloads.find(
        (each) => each.kind === spec.scaleTargetRef.kind && each.name === spec.scaleTargetRef.name,
      );
      if (!target || !longRunning(target)) yield [id, 'has no target with a scale subresource'];
      if (target?.replicas !== undefined) yield [id, 'shares its replicas with the manifest'];
      const model = plan.models.find(({ role }) => role === spec.scaleTargetRef.name);
      const pool = plan.platform.nodePools.find((each) => each.id === model?.nodePool);
      if (!model || !pool) continue;
      const waits = plan.requirements.throughput.pattern !== 'batch';
      if (plan.platform.environment === 'prod' && waits && spec.minReplicaCount < 1) yield [id, 'sleeps in production'];
      if (spec.minReplicaCount === 0 && spec.triggers.length < 2) yield [id, 'never wakes: the series is gone at zero'];
      if (spec.maxReplicaCount !== model.replicas.maximum) yield [id, 'has another most than the plan'];
      const together = plan.models
        .filter((each) => each.nodePool === pool.id)
        .reduce((sum, each) => sum + each.gpusPerReplica * each.replicas.maximum, 0);
      if (pool.gpusPerNode > 0 && together > pool.gpuLimit)
        yield [id, `${together} GPUs of ${pool.gpuLimit} in ${pool.id}`];
      if (spec.cooldownPeriod < model.loadSeconds) yield [id, 'cools down faster than a replica loads'];
      if (!spec.fallback) yield [id, 'has nothing to fall back to'];
    }
  },
  *'every metric exists in the version that runs'({ plan, objects }) {
    const known = new Set(plan.models.flatMap(({ server }) => Object.values(metricsOf(server))));
    const queries = [
      ...ofKind(objects, 'ScaledObject').flatMap((each) =>
        (field(each, 'spec', 'triggers') as ScaledObjectSpec['triggers']).map(({ metadata }) => metadata.query ?? ''),
      ),
      ...plan.alerts.map((alert) => alert.expression),
    ];
    for (const query of queries) {
      for (const [name] of query.matchAll(/\bvllm:\w+/g)) {
        const bare = name.replace(/_(bucket|count|sum)$/, '');
        if (name in retiredVllmMetrics || bare in retiredVllmMetrics) yield ['metrics', `${name} is gone`];
        else if (!known.has(name) && !known.has(bare)) yield ['metrics', `${name} is in no table`];
      }
    }
  },
  *'GPU pods stand in their pool and pass its taint'({ plan, workloads }) {
    for (const model of plan.models.filter(({ gpusPerReplica }) => gpusPerReplica > 0)) {
      for (const { id, templates } of workloads.filter((each) => each.id === `serving/${each.kind}/${model.role}`)) {
        for (const { spec } of templates) {
          if (spec.nodeSelector?.[nodes.poolLabel] !== model.nodePool) yield [id, 'may stand in any pool'];
          if (!spec.tolerations?.some(({ key }) => key === nodes.gpuTaint)) yield [id, 'does not pass the taint'];
          const asked = spec.containers.reduce((sum, each) => sum + gpus(each), 0);
          if (asked * model.nodesPerReplica !== model.gpusPerReplica) yield [id, `asks for ${asked} GPUs a pod`];
        }
      }
    }
  },
  *'a pool has every machine type of the plan to fall back to, two at least or the reason why not, and a limit'({
    plan,
    objects,
  }) {
    for (const pool of ofKind(objects, 'NodePool')) {
      const row = plan.platform.nodePools.find(({ id }) => id === pool.metadata.name);
      const planned = row?.instanceTypes ?? [];
      const requirements = field(pool, 'spec', 'template', 'spec', 'requirements') as {
        key: string;
        values: string[];
      }[];
      const types = requirements.find(({ key }) => key === 'node.kubernetes.io/instance-type')?.values ?? [];
      const missing = planned.filter((type) => !types.includes(type));
      if (missing.length > 0) yield [pool.metadata.name, `has only ${types.join()}`];
      if (types.length < 2 && row?.oneTypeBecause === undefined) yield [pool.metadata.name, 'has one machine type'];
      if (!field(pool, 'spec', 'limits')) yield [pool.metadata.name, 'has no limit'];
    }
  },
  *'who puts models to sleep may change the replicas of those whose machines sleep, and nothing else'({
    plan,
    objects,
  }) {
    const asleep = sleepingModels(plan).map(({ role }) => role);
    const rows = ofKind(objects, 'Role').flatMap((role) => field(role, 'rules') as PolicyRow[]);
    for (const { resources, resourceNames = [], verbs } of rows) {
      const strangers = resourceNames.filter((name) => !asleep.includes(name));
      if (resourceNames.length === 0 || strangers.length > 0) yield ['sleep', `changes ${strangers.join() || 'any'}`];
      if (verbs.some((verb) => verb !== 'get' && verb !== 'patch')) yield ['sleep', `may ${verbs.join()} ${resources}`];
    }
    for (const name of asleep) {
      const changed = rows.some(
        ({ resourceNames = [], verbs }) => resourceNames.includes(name) && verbs.includes('patch'),
      );
      if (!changed) yield ['sleep', `leaves ${name} awake`];
    }
    for (const binding of ofKind(objects, 'RoleBinding')) {
      const subjects = field(binding, 'subjects') as { kind: string; name: string }[];
      if (subjects.some(({ kind, name }) => kind !== 'Group' || name !== sleepGroup)) yield ['sleep', 'admits others'];
    }
  },
};

interface PolicyRow {
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

interface ScaledObjectSpec {
  readonly scaleTargetRef: { readonly kind: string; readonly name: string };
  readonly minReplicaCount: number;
  readonly maxReplicaCount: number;
  readonly cooldownPeriod: number;
  readonly fallback?: unknown;
  readonly triggers: readonly { readonly metadata: Readonly<Record<string, string>> }[];
}

function metricsOf(server: string): Readonly<Record<string, string>> {
  return Object.entries(modelServers).find(([id]) => id === server)?.[1].metrics ?? {};
}
