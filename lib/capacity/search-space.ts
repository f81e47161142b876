import type { Catalog } from '../catalog/catalog.ts';
import type { Gpu } from '../catalog/gpu.ts';
import type { Model } from '../catalog/model.ts';
import { engineDefaults } from './engine-defaults.ts';
import { meanTokens } from './lengths.ts';
import { computeMemory } from './memory.ts';
import { type OfferGroup, offerGroups } from './offer-groups.ts';
import { packReplica } from './replicas.ts';
import type {
  Deployment,
  EngineLimits,
  KvPrecision,
  MemoryLedger,
  ParallelLayout,
  Precision,
  RejectedCandidate,
  ServingRequirement,
} from './types.ts';

/** A model on a layout of a GPU that fits, with the batch limits to try; machines and replicas are still open. */
export interface Choice {
  /** `meta-llama/Llama-3.1-8B-Instruct/L40S/fp8/tp2`: stable. */
  readonly id: string;
  /** Place in the enumeration; equal costs go to the smaller. */
  readonly rank: number;
  readonly deployment: Deployment;
  readonly memory: MemoryLedger;
  readonly gpusPerReplica: number;
  readonly offers: readonly [OfferGroup, ...OfferGroup[]];
}

/** The id without batch limits. */
export function layoutId(choice: Choice): string {
  return choice.id.slice(0, choice.id.lastIndexOf('/'));
}

export interface SearchSpace {
  readonly choices: readonly Choice[];
  readonly rejected: readonly RejectedCandidate[];
}

/** Widest tensor parallel group: one NVLink island of eight. */
const widestTensorParallel = 8;
const mostStages = 4;
/** Token budgets of a step, from throughput to even pace; the sequences go with them. */
const onlineLimits: readonly (readonly [batchedTokens: number, seqs: number])[] = [
  [8192, 256],
  [2048, 256],
  [1024, 128],
  [512, 64],
];
const batchLimits: readonly (readonly [batchedTokens: number, seqs: number])[] = [
  [8192, 256],
  [16_384, 512],
  [8192, 1024],
];
function powersOfTwo(most: number): number[] {
  const sizes: number[] = [];
  for (let size = 1; size <= most; size *= 2) sizes.push(size);
  return sizes;
}

/** Why the engine cannot run a precision on a GPU; undefined when it can. */
export function unsupported(gpu: Gpu, precision: Precision, kvPrecision: KvPrecision): string | undefined {
  if (gpu.vendor === 'aws') return `${gpu.id} runs another engine (Neuron), which no measurement here covers`;
  const { bf16, fp16 } = gpu.denseFlopsPerSecond;
  if (gpu.memoryBytesPerSecond === undefined) return `the catalogue has no memory bandwidth of ${gpu.id}`;
  if ((bf16 ?? fp16) === undefined) return `the catalogue has no 16-bit compute rate of ${gpu.id}`;
  const capability = gpu.computeCapability;
  if (gpu.vendor === 'nvidia' && capability !== undefined) {
    if (capability < 7.5)
      return `${gpu.id} (compute capability ${capability}) is below what the engine's image supports`;
    if (precision === 'bf16' && capability < 8) return `${gpu.id} has no bf16; fp16 is its 16-bit precision`;
    if (precision === 'fp8' && capability < 8.9) return `${gpu.id} has no FP8 units`;
    if (precision === 'nvfp4' && capability < 10) return `${gpu.id} has no FP4 units`;
    if (precision === 'mxfp4' && capability < 8) return `${gpu.id} has no kernel for MXFP4`;
    if (kvPrecision === 'fp8' && capability < 8.9) return `${gpu.id} has no FP8 units for the cache`;
  }
  if (gpu.vendor === 'amd' && precision === 'nvfp4') return `${gpu.id} has no NVFP4`;
  return undefined;
}

/** Layouts worth trying on nodes of up to that many GPUs: all tensor parallel sizes, stages only across nodes. */
export function layouts(model: Model, largestNode: number, canSpanNodes: boolean): ParallelLayout[] {
  const found: ParallelLayout[] = [];
  const add = (tensor: number, stages: number, data: number, expert: number): void => {
    found.push({
      tensorParallelSize: tensor,
      pipelineParallelSize: stages,
      dataParallelSize: data,
      expertParallelSize: expert,
    });
  };
  const sizes = powersOfTwo(Math.min(widestTensorParallel, largestNode)).filter(
    (size) => model.numAttentionHeads % size === 0,
  );
  for (const size of sizes) {
    add(size, 1, 1, 1);
    if (model.moe && size > 1) {
      add(size, 1, 1, size);
      // Latent attention keeps its whole cache on every tensor rank: data-parallel attention does not.
      if (model.attention.kind === 'latent') add(1, 1, size, size);
    }
  }
  const widest = sizes.at(-1) ?? 1;
  if (canSpanNodes && widest === largestNode) {
    for (let stages = 2; stages <= Math.min(mostStages, model.numLayers); stages++) add(widest, stages, 1, 1);
  }
  return found;
}

/** `tp2`, `tp8/pp2`, `dp8/ep8`. */
export function layoutName(layout: ParallelLayout): string {
  const { tensorParallelSize, pipelineParallelSize, dataParallelSize, expertParallelSize } = layout;
  const parts = [dataParallelSize > 1 && tensorParallelSize === 1 ? '' : `tp${tensorParallelSize}`];
  if (pipelineParallelSize > 1) parts.push(`pp${pipelineParallelSize}`);
  if (dataParallelSize > 1) parts.push(`dp${dataParallelSize}`);
  if (expertParallelSize > 1) parts.push(`ep${expertParallelSize}`);
  return parts.filter(Boolean).join('/');
}

function limitsFor(requirement: ServingRequirement): readonly (readonly [number, number])[] {
  const { load } = requirement;
  switch (load.kind) {
    case 'online':
      return onlineLimits;
    case 'batch':
      return batchLimits;
    case 'closed-loop': {
      const seqs = Math.max(4, 2 ** Math.ceil(Math.log2(load.concurrency)));
      return [
        [Math.max(seqs, 2048), seqs],
        [Math.max(seqs, 8192), seqs],
        [Math.max(seqs, 512), seqs],
      ];
    }
  }
}

/** Everything that could serve the requirement, and why the rest cannot: support, price, memory. */
export function enumerateChoices(requirement: ServingRequirement, catalog: Pick<Catalog, 'gpus'>): SearchSpace {
  const { groups, rejected } = offerGroups(requirement);
  const choices: Choice[] = [];
  const typical = meanTokens(requirement.inputTokens) + meanTokens(requirement.outputTokens) / 2;
  for (const model of requirement.models) {
    for (const precision of requirement.precisions) {
      for (const kvPrecision of requirement.kvPrecisions) {
        for (const gpu of catalog.gpus) {
          const offers = groups.filter(({ gpuId }) => gpuId === gpu.id);
          if (offers.length === 0) continue;
          const base = `${model.id}/${gpu.id}/${precision}${kvPrecision === 'fp8' ? '/kv-fp8' : ''}`;
          const refusal = unsupported(gpu, precision, kvPrecision);
          if (refusal) {
            rejected.push({ id: base, limit: 'limit.gpu-support', reason: refusal });
            continue;
          }
          addLayouts(requirement, model, gpu, precision, kvPrecision, base, offers, typical, choices, rejected);
        }
      }
    }
  }
  return { choices, rejected };
}

function addLayouts(
  requirement: ServingRequirement,
  model: Model,
  gpu: Gpu,
  precision: Precision,
  kvPrecision: KvPrecision,
  base: string,
  offers: readonly OfferGroup[],
  typicalTokens: number,
  choices: Choice[],
  rejected: RejectedCandidate[],
): void {
  const largestNode = Math.max(...offers.map(({ gpusPerNode }) => gpusPerNode));
  const spans = offers.some(({ canSpanNodes, gpusPerNode }) => canSpanNodes && gpusPerNode === largestNode);
  const defaults = engineDefaults(gpu, undefined);
  let fitsWithoutStages = false;
  for (const layout of layouts(model, largestNode, spans)) {
    const { tensorParallelSize, pipelineParallelSize, dataParallelSize } = layout;
    if (pipelineParallelSize > 1 && fitsWithoutStages) break;
    const gpusPerReplica = tensorParallelSize * pipelineParallelSize * dataParallelSize;
    const usable = offers.filter(
      (offer) => packReplica(layout, offer.gpusPerNode) && (gpusPerReplica <= offer.gpusPerNode || offer.canSpanNodes),
    );
    const [firstOffer, ...otherOffers] = usable;
    if (!firstOffer) continue;
    const id = `${base}/${layoutName(layout)}`;
    let shortest: MemoryLedger | undefined;
    let fits = false;
    for (const [maxNumBatchedTokens, maxNumSeqs] of limitsFor(requirement)) {
      const limits: EngineLimits = {
        maxNumSeqs,
        maxNumBatchedTokens,
        maxModelLen: requirement.maxModelLen,
        gpuMemoryUtilization: defaults.gpuMemoryUtilization,
        prefixCaching: requirement.prefixHitRate > 0,
      };
      const deployment: Deployment = { model, gpu, layout, precision, kvPrecision, limits };
      const memory = computeMemory(deployment);
      shortest ??= memory;
      if (!memory.fits || memory.kvCacheTokens < typicalTokens) continue;
      fits = true;
      choices.push({
        id: `${id}/${maxNumBatchedTokens}x${maxNumSeqs}`,
        rank: choices.length,
        deployment,
        memory,
        gpusPerReplica,
        offers: [firstOffer, ...otherOffers],
      });
    }
    if (fits && pipelineParallelSize === 1) fitsWithoutStages = true;
    if (!fits && shortest) {
      const gib = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
      rejected.push({
        id,
        limit: 'limit.gpu-memory',
        reason: `weights ${gib(shortest.weightBytes)} of ${gib(shortest.requestedBytes)} GiB a GPU leave a cache of ${shortest.kvCacheTokens} tokens; ${requirement.maxModelLen} are needed`,
      });
    }
  }
}
