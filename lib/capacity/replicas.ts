import type { MemoryLedger, ParallelLayout } from './types.ts';

/** Weights stream from object storage or local disk at about this rate a node. Assumed: EC2 with the run:ai streamer. */
const loadBytesPerSecond = 1.5e9;
/** Engine start, compilation from cache, graph capture, first probe. Assumed. */
const startSeconds = 75;

/** From a scheduled pod to its first answer, the node being there. */
export function loadSeconds(memory: MemoryLedger, layout: ParallelLayout, nodesPerReplica: number): number {
  const gpus = layout.tensorParallelSize * layout.pipelineParallelSize * layout.dataParallelSize;
  return Math.round(startSeconds + (memory.weightBytes * gpus) / (loadBytesPerSecond * nodesPerReplica));
}

/** How replicas of one size sit on machines of one size. */
export interface Packing {
  readonly nodesPerReplica: number;
  /** 1 where a replica takes one node or more. */
  readonly replicasPerNode: number;
}

/**
 * How a layout sits on nodes: whole replicas side by side, or one pipeline stage a node. Tensor and data ranks talk at
 * every layer and stay inside a node.
 *
 * @returns undefined where the layout does not sit on such nodes
 */
export function packReplica(layout: ParallelLayout, gpusPerNode: number): Packing | undefined {
  const { tensorParallelSize, pipelineParallelSize, dataParallelSize } = layout;
  const stageGpus = tensorParallelSize * dataParallelSize;
  const gpusPerReplica = stageGpus * pipelineParallelSize;
  if (gpusPerReplica <= gpusPerNode) {
    return { nodesPerReplica: 1, replicasPerNode: Math.floor(gpusPerNode / gpusPerReplica) };
  }
  if (stageGpus !== gpusPerNode) return undefined;
  return { nodesPerReplica: pipelineParallelSize, replicasPerNode: 1 };
}

export interface ReplicaPlan {
  readonly replicas: number;
  readonly nodes: number;
}

/**
 * Replicas and nodes so that `needed` replicas stay after `spare` losses. What is lost is a node: where several
 * replicas share one, the spare is a node too, and just enough replicas run on it that the fullest node may go.
 */
export function planReplicas(needed: number, spare: number, packing: Packing): ReplicaPlan {
  const { nodesPerReplica, replicasPerNode } = packing;
  if (replicasPerNode === 1) {
    const replicas = needed + spare;
    return { replicas, nodes: replicas * nodesPerReplica };
  }
  const nodes = Math.ceil(needed / replicasPerNode) + spare;
  let replicas = needed;
  while (spare > 0 && replicas - Math.min(replicasPerNode, Math.ceil(replicas / nodes)) < needed) replicas++;
  return { replicas, nodes };
}
