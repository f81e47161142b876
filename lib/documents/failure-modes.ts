import type { Plan } from '../plan/plan.ts';
import { generators } from '../plan/workloads.ts';
import type { Page, PageInput } from './document.ts';
import { counted, hours, list, seconds, usd } from './format.ts';
import { link, list as listOf, type Verbatim } from './render.ts';
import type { RunbookId } from './runbooks/index.ts';
import { isFirstChoice } from './topology.ts';

/** Something outside a component that it cannot do without, and what happens when it fails. */
interface FailureMode {
  readonly dependency: string;
  readonly effect: string;
  /** Alerts that show it, by id; those the plan lacks are left out. */
  readonly alerts: readonly string[];
  readonly otherwise: string;
  readonly mitigation: string;
  readonly runbook: RunbookId;
}

function modelFailures(plan: Plan): readonly FailureMode[] {
  if (plan.models.length === 0) return [];
  const slowest = seconds(Math.max(...plan.models.map(({ loadSeconds }) => loadSeconds)));
  const gpuPools = plan.platform.nodePools.filter(({ gpusPerNode }) => gpusPerNode > 0);
  const generator = generators(plan)[0];
  const owned = plan.platform.provisioning === 'existing';
  return [
    ...(gpuPools.length === 0 || owned
      ? []
      : [
          {
            dependency: 'GPU capacity of the provider',
            effect: 'A new node does not come: replicas stay pending and the queue grows. Running replicas go on.',
            alerts: ['GpuPodsUnschedulable', 'QueueGrowing'],
            otherwise: 'pending pods',
            mitigation: gpuPools
              .map((pool) =>
                pool.reservationIds.length > 0
                  ? `${pool.id}: reserved capacity (${list(pool.reservationIds)})`
                  : `${pool.id}: ${list(pool.instanceTypes, 'or')}, ${pool.nodes.minimum} always running`,
              )
              .join('; ')
              .concat('.'),
            runbook: 'capacity-shortage',
          } as const,
        ]),
    {
      dependency: 'GPU and its node',
      effect: generator
        ? `One replica of ${generator.role} is lost; its requests fail or start again. ${
            generator.replicas.minimum > 1
              ? 'The others carry on.'
              : isFirstChoice(plan, generator)
                ? 'It is the only one: answers stop until another has loaded.'
                : 'It is the only one: nothing stands in until another has loaded.'
          }`
        : 'One replica is lost.',
      alerts: ['GpuXidFatal', 'GpuMemoryRowsFailing', 'ReplicasMissing'],
      otherwise: 'pods that restart',
      mitigation: `Another replica loads in ${slowest}; the sick node is drained and replaced.`,
      runbook: 'gpu-node-failure',
    },
    {
      dependency: 'Store of model artifacts',
      effect: 'Running replicas go on. A replica that starts cannot load its weights.',
      alerts: ['ReplicasMissing'],
      otherwise: 'pods that never become ready',
      mitigation:
        'Weights lie in the platform’s own store, not at the hub; the previous revision is kept beside the current one.',
      runbook: 'model-rollback',
    },
    {
      dependency: 'Model hub',
      effect: 'None for what runs: the hub is read once for each revision. A new model or revision cannot be mirrored.',
      alerts: [],
      otherwise: 'the failing mirror job',
      mitigation: 'Wait and run the mirror job again; revisions are pinned and checked.',
      runbook: 'model-rollback',
    },
  ];
}

function gatewayFailures(plan: Plan): readonly FailureMode[] {
  const hosted = plan.gateway.routes.filter(({ kind }) => kind === 'hosted');
  const withFallback = plan.gateway.routes.filter(({ fallbacks }) => fallbacks.length > 0);
  const fallbackText =
    withFallback.length > 0
      ? withFallback.map(({ model, fallbacks }) => `${model} falls back to ${list(fallbacks)}`).join('; ')
      : 'No route has a fallback: callers get an error they can read';
  return [
    {
      dependency: 'Gateway',
      effect:
        plan.gateway.replicas > 1
          ? `One of ${counted(plan.gateway.replicas, 'replica')} is lost: requests in flight on it fail. All lost: nothing is served.`
          : 'It is the only replica: nothing is served until it is back.',
      alerts: ['ReplicasMissing', 'ErrorRateHigh'],
      otherwise: 'failing requests',
      mitigation:
        plan.gateway.replicas > 1
          ? 'Replicas on several nodes, a disruption budget and readiness checks.'
          : 'Readiness checks; the cluster starts it again. A second replica is left out in this environment.',
      runbook: 'latency-degradation',
    },
    ...(hosted.length > 0
      ? [
          {
            dependency: `Hosted model (${list([...new Set(hosted.map(({ target }) => target))])})`,
            effect: 'Calls to it fail, slow down or are refused by its rate limit.',
            alerts: ['ErrorRateHigh', 'HostedSpendHigh'],
            otherwise: 'failing requests at the gateway',
            mitigation: `${fallbackText}. Retries wait longer each time.`,
            runbook: 'latency-degradation',
          } as const,
        ]
      : []),
    {
      dependency: 'Budgets and keys of the gateway',
      effect: 'A key over its limit is refused; a wrong price lets a budget run on.',
      alerts: ['CostPerRequestUp20', 'SpendForecast100'],
      otherwise: 'the cloud’s budget messages',
      mitigation: `Prices per token come from the plan; one call may cost at most ${usd(
        Math.max(...plan.gateway.routes.map(({ maxUsdPerCall }) => maxUsdPerCall)),
      )}.`,
      runbook: 'cost-spike',
    },
  ];
}

function dataFailures(plan: Plan): readonly FailureMode[] {
  const { vectorStore, retrieval, audit } = plan;
  const { rpoHours, rtoHours } = plan.requirements.operations;
  return [
    ...(vectorStore
      ? [
          {
            dependency: `Vector store (${vectorStore.id})`,
            effect: 'Answers come without sources, or not at all where the application insists on them.',
            alerts: ['BackupMissing', 'ErrorRateHigh'],
            otherwise:
              vectorStore.target === 'kubernetes' ? 'pods that restart' : 'the provider’s health and backup events',
            mitigation: vectorStore.recovery
              ? `${vectorStore.recovery} At most ${hours(rpoHours)} may be lost, and it is wanted back within ${hours(rtoHours)}.`
              : `${counted(vectorStore.size.nodes, 'node')}; a backup every ${hours(vectorStore.backup.intervalHours)}, kept ${counted(
                  vectorStore.backup.retentionDays,
                  'day',
                )}; at most ${hours(rpoHours)} lost, back within ${hours(rtoHours)}.`,
            runbook: 'data-store-restore',
          } as const,
        ]
      : []),
    ...(retrieval
      ? [
          {
            dependency: 'Ingestion and its sources',
            effect: 'Answers go on with sources that grow old.',
            alerts: ['IngestionStale'],
            otherwise: 'failed jobs',
            mitigation: 'Jobs are repeated; what fails again is set aside and does not block the rest.',
            runbook: 'data-store-restore',
          } as const,
        ]
      : []),
    ...(audit.promptLog
      ? [
          {
            dependency: 'Prompt audit log',
            effect: 'Requests are served without a record: a breach of the duty to log.',
            alerts: ['AuditLogNotWritten'],
            otherwise: 'a daily count of records against requests',
            mitigation:
              'Lost records are counted, and records are held against requests; the runbook says who decides whether to go on.',
            runbook: 'safety-incident',
          } as const,
        ]
      : []),
  ];
}

function platformFailures(plan: Plan): readonly FailureMode[] {
  const { platform } = plan;
  return [
    ...(platform.availabilityZones > 1
      ? [
          {
            dependency: 'One zone',
            effect: `About one in ${platform.availabilityZones} replicas is lost at once.`,
            alerts: ['ReplicasMissing', 'QueueGrowing'],
            otherwise: 'missing replicas',
            mitigation: 'Nodes, replicas and stores spread over the zones; the spare capacity of the plan takes over.',
            runbook: 'capacity-shortage',
          } as const,
        ]
      : []),
    {
      dependency: 'Control plane of the cluster',
      effect: 'What runs goes on serving. Nothing new starts, scales or is replaced.',
      alerts: [],
      otherwise: 'kubectl and deployments that fail',
      mitigation: 'No change while it is away; the number of running replicas stays.',
      runbook: 'capacity-shortage',
    },
    {
      dependency: 'Secret store and keys',
      effect: 'Running pods keep what they have read. New pods do not start.',
      alerts: ['ReplicasMissing'],
      otherwise: 'pods that never become ready',
      mitigation:
        platform.provisioning === 'existing'
          ? 'Secrets are copied into the cluster and refreshed.'
          : 'Secrets are copied into the cluster and refreshed; a key is never deleted without a waiting time.',
      runbook: 'capacity-shortage',
    },
    ...(platform.isolated || platform.natGateways === 0
      ? []
      : [
          {
            dependency: 'Path to the internet',
            effect:
              'Calls to hosted services and new images from outside fail. Traffic to the cloud’s own services goes over private endpoints and stays.',
            alerts: [],
            otherwise: 'failing pulls and calls',
            mitigation:
              platform.natGateways > 1
                ? `${counted(platform.natGateways, 'NAT gateway')}, one in each zone.`
                : 'One NAT gateway: when its zone fails, the path is gone until it is replaced.',
            runbook: 'capacity-shortage',
          } as const,
        ]),
  ];
}

export function failureModesOf(plan: Plan): readonly FailureMode[] {
  return [...gatewayFailures(plan), ...modelFailures(plan), ...dataFailures(plan), ...platformFailures(plan)];
}

function detection(plan: Plan, mode: FailureMode): Verbatim | string {
  const alerts = mode.alerts.filter((id) => plan.alerts.some((alert) => alert.id === id));
  return alerts.length > 0
    ? listOf(alerts.map((id) => link(id, `slo.md#${id.toLowerCase()}`)))
    : `No alert of its own; seen by ${mode.otherwise}`;
}

export function failureModesPage({ plan, render }: PageInput): Page {
  const modes = failureModesOf(plan);
  const context = {
    name: plan.name,
    modes: modes.map((mode) => ({
      dependency: mode.dependency,
      effect: mode.effect,
      detection: detection(plan, mode),
      mitigation: mode.mitigation,
      runbook: link(mode.runbook, `../runbooks/${mode.runbook}.md`),
    })),
  };
  return {
    path: 'docs/failure-modes.md',
    title: 'Failure modes',
    group: 'Review',
    markdown: render.markdown('failure-modes.md', context),
  };
}
