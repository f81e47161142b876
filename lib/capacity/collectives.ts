import type { Gpu } from '../catalog/gpu.ts';
import measured from './data/all-reduce.json' with { type: 'json' };
import { kernelFamily } from './efficiency.ts';
import type { Deployment } from './types.ts';

const elements: readonly number[] = measured.elements;
const tables: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = measured.seconds;

/** Bandwidth of one PCIe generation with 16 lanes, one direction, bytes per second. */
const pcieBytesPerSecond: Readonly<Record<number, number>> = { 3: 16e9, 4: 32e9, 5: 64e9, 6: 128e9 };

/** GPUs that share one link domain. The rack-scale parts reach 72. */
function domainSize(gpu: Gpu): number {
  return /^GB[23]00/.test(gpu.id) ? 72 : 8;
}

/** Network of one GPU between nodes, one direction: EFA on 8-GPU nodes gives 400 Gbit/s a GPU. */
const interNodeBytesPerSecond = 50e9;
/** One exchange between nodes before any byte flows: 30–60 µs in public measurements; assumed. */
const interNodeSeconds = 40e-6;

/**
 * Seconds of one all-reduce of 16-bit elements over `ranks` GPUs, as a function of the element count. Inside a node it
 * is interpolated between measured sizes of the nearest measured fabric: NVLink of the same architecture, or PCIe (one
 * L40S host; hosts differ by a factor of two, more where cards hang on two sockets). Other link speeds scale the part
 * above the smallest message. Across nodes the ring between nodes comes on top.
 */
export function prepareAllReduce(gpu: Gpu, ranks: number): (elements: number) => number {
  if (ranks <= 1) return () => 0;
  const linked = gpu.linkBytesPerSecondPerDirection !== undefined;
  const family = linked ? kernelFamily(gpu).family : 'PCIe';
  const table = tables[family] ?? tables.PCIe;
  const column = table?.[String(ranks <= 2 ? 2 : ranks <= 4 ? 4 : 8)];
  if (!column) throw new RangeError(`no all-reduce table for ${family}`);
  const own = linkBytesPerSecond(gpu);
  const stretch = referenceLink(family) / own;
  const floor = column[0] ?? 0;
  const nodes = Math.ceil(ranks / domainSize(gpu));
  const inside = (count: number) => floor + (interpolate(count, column) - floor) * stretch;
  if (nodes === 1) return inside;
  const perNode = ranks / nodes;
  const secondsPerElement = (2 * 2 * (nodes - 1)) / nodes / (interNodeBytesPerSecond * perNode);
  return (count) => inside(count) + 2 * interNodeSeconds + count * secondsPerElement;
}

/** Speed of the fabric between two GPUs of a node, one direction. */
function linkBytesPerSecond(gpu: Gpu): number {
  return gpu.linkBytesPerSecondPerDirection ?? pcieBytesPerSecond[gpu.pcieGeneration ?? 4] ?? 32e9;
}

/** What serving adds to the measured collectives. */
export interface CollectiveServing {
  readonly latencySlowdown: number;
  readonly transferSlowdown: number;
}

/** Seconds of one step's collectives: by the tokens of one data-parallel rank, and by those of all ranks together. */
export interface StepCollectives {
  readonly rankSeconds: (tokens: number) => number;
  readonly sharedSeconds: (tokens: number) => number;
}

/**
 * All collectives of one step.
 *
 *   tensor parallel:    two all-reduces a layer                                          (rank)
 *   pipeline parallel:  hidden states handed on between stages                           (rank)
 *   data parallel:      tokens of all ranks meet before the experts and part after:
 *                       as one all-reduce a layer of experts                             (shared)
 */
export function prepareCollectives(
  { model, gpu, layout }: Deployment,
  expertLayerCount: number,
  { latencySlowdown, transferSlowdown }: CollectiveServing,
): StepCollectives {
  const { tensorParallelSize, dataParallelSize, pipelineParallelSize } = layout;
  const scaled = (ranks: number) => {
    const allReduce = prepareAllReduce(gpu, ranks);
    const base = allReduce(0) * (latencySlowdown - transferSlowdown);
    return (elements: number) => base + transferSlowdown * allReduce(elements);
  };
  const tensor = scaled(tensorParallelSize);
  const exchange = scaled(tensorParallelSize * dataParallelSize);
  const isAcrossNodes = tensorParallelSize * pipelineParallelSize > domainSize(gpu);
  const hop = isAcrossNodes ? interNodeBytesPerSecond : linkBytesPerSecond(gpu);
  const hopSeconds = isAcrossNodes ? interNodeSeconds : 1e-5;
  return {
    rankSeconds: (tokens) => {
      const elements = tokens * model.hiddenSize;
      let seconds = tensorParallelSize > 1 ? 2 * model.numLayers * tensor(elements) : 0;
      if (pipelineParallelSize > 1) seconds += (pipelineParallelSize - 1) * (hopSeconds + (2 * elements) / hop);
      return seconds;
    },
    sharedSeconds: (tokens) => (dataParallelSize > 1 ? expertLayerCount * exchange(tokens * model.hiddenSize) : 0),
  };
}

/** Link speed of the GPUs the tables were measured on. */
function referenceLink(family: string): number {
  switch (family) {
    case 'Ampere':
      return 300e9;
    case 'Hopper':
      return 450e9;
    case 'Blackwell':
      return 900e9;
    default:
      return 32e9;
  }
}

function interpolate(count: number, column: readonly number[]): number {
  let upper = 1;
  while (upper < elements.length - 1 && (elements[upper] ?? 0) < count) upper += 1;
  const [x0 = 1, x1 = 2] = [elements[upper - 1], elements[upper]];
  const [y0 = 0, y1 = 0] = [column[upper - 1], column[upper]];
  return count <= x0 ? y0 : y0 + ((y1 - y0) * (count - x0)) / (x1 - x0);
}
