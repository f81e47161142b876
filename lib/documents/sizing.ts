import { twoPools } from '../decisions/two-pools.ts';
import type { NodePool, Plan, ServedModel } from '../plan/plan.ts';
import {
  asSentence,
  bytes,
  count,
  counted,
  figure,
  list,
  percent,
  purchaseName,
  seconds,
  sentenceCase,
  usd,
} from './format.ts';
import { basisText } from './objectives.ts';
import { code, prose, type Verbatim } from './render.ts';
import { gpuOf, shortModel } from './topology.ts';

function layoutText({ layout }: ServedModel): string {
  const parts = [
    ['tensor', layout.tensorParallelSize],
    ['pipeline', layout.pipelineParallelSize],
    ['data', layout.dataParallelSize],
    ['expert', layout.expertParallelSize],
  ] as const;
  const cut = parts.filter(([, size]) => size > 1).map(([kind, size]) => `${kind} ${size}`);
  return cut.length === 0 ? 'not cut' : list(cut);
}

export function modelRows(plan: Plan): readonly object[] {
  return plan.models.map((model) => ({
    role: code(model.role),
    model: model.modelId,
    server: model.server,
    precision: `${model.precision}, KV cache ${model.kvPrecision}`,
    gpus: model.gpusPerReplica === 0 ? 'CPU' : `${model.gpusPerReplica} × ${gpuOf(plan, model) ?? 'GPU'}`,
    layout: layoutText(model),
    replicas: `${model.replicas.minimum} / ${model.replicas.expected} / ${model.replicas.maximum}`,
    weights: bytes(model.weightBytes),
    load: seconds(model.loadSeconds),
  }));
}

export function limitRows(plan: Plan): readonly object[] {
  return plan.models.map(({ role, limits, scaleAtRequestsPerReplica, longestGenerationSeconds }) => ({
    role: code(role),
    sequences: count(limits.maxNumSeqs),
    batchedTokens: count(limits.maxNumBatchedTokens),
    context: count(limits.maxModelLen),
    memory: percent(limits.gpuMemoryUtilization),
    prefixCaching: limits.prefixCaching ? 'on' : 'off',
    scaleAt: counted(scaleAtRequestsPerReplica, 'request'),
    drain: seconds(longestGenerationSeconds),
  }));
}

/** What a node costs an hour: committed, running, and at most where the pool may start a dearer type. */
function priceText({ usdPerNodeHour, usdPerNodeHourAtMost, committed, nodes, standIn }: NodePool): string {
  const most = usdPerNodeHourAtMost ?? usdPerNodeHour;
  if (most === 0) return 'owned';
  const base = committed ? `${committed.nodes} at ${usd(committed.usdPerNodeHour)} an hour` : '';
  if (committed && committed.nodes >= nodes.maximum) return base;
  // A slower machine of a batch runs longer: its hour is counted as much dearer.
  const work = standIn && nodes.minimum === 0 ? ' for the same work' : '';
  const running = `${usd(usdPerNodeHour)} an hour${most > usdPerNodeHour ? `, at most ${usd(most)}${work}` : ''}`;
  return base === '' ? running : `${base}; above them ${running}`;
}

/** A node pool as a table row. */
export const poolRow = (pool: NodePool) => ({
  id: code(pool.id),
  purpose: pool.purpose,
  machines: `${list(pool.instanceTypes, 'or')}${pool.standIn ? ` (${pool.standIn.gpuId})` : ''}`,
  gpus: pool.gpusPerNode === 0 ? '—' : `${pool.gpusPerNode} × ${pool.gpuId ?? 'GPU'}`,
  nodes: `${pool.nodes.minimum} / ${pool.nodes.expected} / ${pool.nodes.maximum}`,
  purchase:
    pool.reservationIds.length > 0
      ? `${purchaseName(pool.purchase)}, reservation ${list(pool.reservationIds)}`
      : purchaseName(pool.purchase),
  price: priceText(pool),
});

/** Pools that have no second machine type to fall back to, with the reason. */
export function singleTypes({ platform }: Plan): readonly Verbatim[] {
  return platform.nodePools.flatMap(({ id, oneTypeBecause }) =>
    oneTypeBecause === undefined ? [] : [prose(`${id} has one machine type: ${asSentence(oneTypeBecause)}`)],
  );
}

/** The memory of one GPU of the sized model, part by part; empty where nothing was sized. */
export function memoryRows(plan: Plan): readonly { readonly part: string; readonly size: string }[] {
  const memory = plan.capacity?.chosen.memory;
  if (!memory) return [];
  return [
    { part: 'Weights', size: bytes(memory.weightBytes) },
    { part: 'Activations', size: bytes(memory.activationBytes) },
    { part: 'CUDA graphs', size: bytes(memory.graphBytes) },
    { part: 'Outside the framework', size: bytes(memory.nonTorchBytes) },
    { part: 'KV cache', size: `${bytes(memory.kvCacheBytes)} (${counted(memory.kvCacheTokens, 'token')} a replica)` },
    { part: 'Sum the engine may take', size: bytes(memory.requestedBytes) },
  ];
}

/** Both ways of two pools against the one that is raised, as table rows; empty where the load is no traffic. */
export function twoPoolRows(plan: Plan): readonly object[] {
  return (plan.capacity ? twoPools(plan.capacity) : []).map(({ title, difference, pools, latency, why }) => ({
    title,
    difference,
    figures: [
      ...(pools.length > 0 ? [`${title}, pools: ${pools.join('; ')}.`] : []),
      ...(latency === '' ? [] : [`${title}, predicted at peak: ${latency}.`]),
    ],
    why: asSentence(sentenceCase(why)),
  }));
}

export function sizingText(plan: Plan): readonly string[] {
  const chosen = plan.capacity?.chosen;
  if (!chosen) return ['Nothing is served on GPUs of its own, so there is nothing to size.'];
  const { prediction, replicas } = chosen;
  const most = replicas.peak > replicas.expected ? ` and ${replicas.peak} at peak` : '';
  return [
    `${shortModel(chosen.modelId)} runs on ${chosen.gpusPerReplica} × ${chosen.gpuId} a replica, ${counted(replicas.expected, 'replica')} at the expected load${most}.`,
    `At peak a step of the engine runs ${percent(prediction.gpuUtilization, 0)} of the time and the KV cache is at most ${percent(prediction.kvCacheUtilizationPeak, 0)} full. A replica is full when its goals no longer hold, not when it never rests.`,
    `One replica carries ${figure(chosen.goodputPerReplica)} requests/s inside the goals.`,
    basisText(plan),
  ];
}
