import { type App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-34';
import type { Plan, ServedModel } from '../../lib/plan/plan.ts';
import { sleepingPools } from '../../lib/plan/sleep.ts';
import { labels, namespaces } from './names.ts';
import { scales } from './scales.ts';

/** Group of the account's role that puts model servers to sleep; its access entry names it. */
export const sleepGroup = 'groundplan:sleep';

/** Models whose machines sleep and are started by a controller in the cluster: their replicas are what is changed. */
export function sleepingModels(plan: Plan): readonly ServedModel[] {
  const { provisioning } = plan.platform;
  if (!plan.spend.scaleToZero || (provisioning !== 'karpenter' && provisioning !== 'auto-mode')) return [];
  const pools = new Set(sleepingPools(plan).map(({ id }) => id));
  return plan.models.filter((model) => model.gpusPerReplica > 0 && pools.has(model.nodePool));
}

const workload = (model: ServedModel) => (model.nodesPerReplica > 1 ? 'leaderworkerset' : 'deployment');
const paused = 'autoscaling.keda.sh/paused-replicas';

/**
 * Commands of the sleep and of the wake-up. Replicas an autoscaler owns are paused at none and let go again; the others
 * are set. Empty machines then go by themselves.
 */
export function sleepCommands(plan: Plan, mode: 'sleep' | 'wake'): readonly string[] {
  return sleepingModels(plan).map((model) => {
    if (scales(model)) {
      const change = mode === 'sleep' ? `${paused}=0 --overwrite` : `${paused}-`;
      return `kubectl annotate scaledobject ${model.role} --namespace ${namespaces.serving} ${change}`;
    }
    const replicas = mode === 'sleep' ? 0 : model.replicas.expected;
    return `kubectl scale ${workload(model)} ${model.role} --namespace ${namespaces.serving} --replicas=${replicas}`;
  });
}

/** What that role may do: change the replicas of those models, and nothing else (P14). */
export function addSleepRole(app: App, plan: Plan): void {
  const models = sleepingModels(plan);
  if (models.length === 0) return;
  const chart = new Chart(app, 'sleep', { disableResourceNameHashes: true });
  const namespace = namespaces.serving;
  const metadata = { name: 'sleep', namespace, labels: { ...labels(plan, 'sleep', 'spend') } };
  const rule = (
    apiGroup: string,
    resource: string,
    named: readonly ServedModel[],
    verbs: readonly string[],
  ): k8s.PolicyRule[] =>
    named.length > 0
      ? [
          {
            apiGroups: [apiGroup],
            resources: [resource],
            resourceNames: named.map(({ role }) => role),
            verbs: [...verbs],
          },
        ]
      : [];
  const fixed = models.filter((model) => !scales(model));
  const deployments = fixed.filter((model) => workload(model) === 'deployment');
  const groups = fixed.filter((model) => workload(model) === 'leaderworkerset');
  new k8s.KubeRole(chart, 'Role', {
    metadata,
    rules: [
      ...rule('keda.sh', 'scaledobjects', models.filter(scales), ['get', 'patch']),
      ...rule('apps', 'deployments', deployments, ['get']),
      ...rule('apps', 'deployments/scale', deployments, ['get', 'patch']),
      ...rule('leaderworkerset.x-k8s.io', 'leaderworkersets', groups, ['get']),
      ...rule('leaderworkerset.x-k8s.io', 'leaderworkersets/scale', groups, ['get', 'patch']),
    ],
  });
  new k8s.KubeRoleBinding(chart, 'RoleBinding', {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'sleep' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: sleepGroup }],
  });
}
