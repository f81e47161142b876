import { type AlertParts, type ReasonedAlert, urgent } from './reasoned.ts';

/**
 * Series of NVIDIA's DCGM exporter 4.8 (default counters), which every GPU node of the plan runs. Xid numbers as in
 * NVIDIA's Xid catalogue: the listed ones end the work of a GPU until its node is drained.
 */
const exporter = {
  xid: 'DCGM_FI_DEV_XID_ERRORS',
  temperature: 'DCGM_FI_DEV_GPU_TEMP',
  memoryUsed: 'DCGM_FI_DEV_FB_USED',
  memoryFree: 'DCGM_FI_DEV_FB_FREE',
  remapFailure: 'DCGM_FI_DEV_ROW_REMAP_FAILURE',
  utilization: 'DCGM_FI_DEV_GPU_UTIL',
  fatalXids: [48, 64, 74, 79, 95, 119, 120],
} as const;

/** Boards slow themselves down a few degrees higher. */
const hotCelsius = 85;

/** Health of the GPUs themselves; empty where the platform runs none. */
export function gpuAlerts(parts: AlertParts): readonly ReasonedAlert[] {
  const pools = parts.platform.nodePools.filter((pool) => pool.gpusPerNode > 0);
  if (pools.length === 0) return [];
  const nodes = pools
    .map((pool) => `${pool.nodes.expected} × ${pool.instanceTypes[0]} (${pool.gpuId ?? 'GPU'})`)
    .join(', ');
  const common = {
    runbook: 'gpu-node-failure',
    answers: ['operations.availabilityPercent'],
    rows: ['P10'],
    decisions: ['D11'],
  };
  const spare = pools.some((pool) => pool.nodes.expected > 1);
  const alerts: ReasonedAlert[] = [
    {
      ...common,
      id: 'GpuXidFatal',
      title: 'A GPU has failed (Xid)',
      expression: exporter.fatalXids.map((xid) => `max by (Hostname, gpu) (${exporter.xid}) == ${xid}`).join('\nor\n'),
      forMinutes: 0,
      severity: urgent(parts),
      because: `Planned GPU nodes: ${nodes}. After one of these errors the GPU serves nothing until its node is replaced.`,
    },
    {
      ...common,
      id: 'GpuXid',
      title: 'The driver reports a GPU error (Xid)',
      expression: `max by (Hostname, gpu) (${exporter.xid}) > 0`,
      forMinutes: 5,
      severity: 'ticket',
      because: 'Many Xid errors come from a program, not from the board; they are looked at before they repeat.',
    },
    {
      ...common,
      id: 'GpuMemoryRowsFailing',
      title: 'A GPU can no longer replace failing memory rows',
      expression: `max by (Hostname, gpu) (${exporter.remapFailure}) > 0`,
      forMinutes: 0,
      severity: spare ? 'ticket' : urgent(parts),
      because: 'The board must be exchanged; until then results may be lost with the next memory error.',
    },
    {
      ...common,
      id: 'GpuHot',
      title: `A GPU is hotter than ${hotCelsius} °C`,
      expression: `max by (Hostname, gpu) (${exporter.temperature}) > ${hotCelsius}`,
      forMinutes: 10,
      severity: 'ticket',
      because: 'A hot board lowers its clock and every latency grows with it.',
    },
    {
      ...common,
      id: 'GpuMemoryFull',
      title: 'GPU memory is used up',
      expression: `max by (Hostname, gpu) (${exporter.memoryUsed} / (${exporter.memoryUsed} + ${exporter.memoryFree})) > 0.98`,
      forMinutes: 10,
      severity: 'ticket',
      because: `The engines are told to take ${[
        ...new Set(
          parts.models
            .filter((model) => model.gpusPerReplica > 0)
            .map((model) => `${Math.round(model.limits.gpuMemoryUtilization * 100)}%`),
        ),
      ].join(' or ')} of a GPU; more means something else runs there.`,
    },
  ];
  return parts.requirements.throughput.pattern === 'interactive'
    ? [
        ...alerts,
        {
          ...common,
          id: 'GpuIdle',
          title: 'Paid GPUs do nothing for a day',
          expression: `max by (Hostname) (avg_over_time(${exporter.utilization}[1d])) < 5`,
          forMinutes: 60,
          severity: 'ticket',
          runbook: 'cost-spike',
          because: `The plan expects ${parts.requirements.throughput.requestsPerSecond?.expected ?? 0} requests/s; an idle GPU is money without work.`,
          answers: ['throughput.requestsPerSecond.expected'],
          rows: ['P10', 'P11'],
        },
      ]
    : alerts;
}
