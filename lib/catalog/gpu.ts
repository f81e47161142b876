import type { Source } from './source.ts';

/** One GPU (or accelerator chip) as the driver shows it. Absent figures are in no source; they are never zero. */
export interface Gpu {
  /** `gpu_id` of the catalogue: `H100-SXM`, `L40S`, … */
  readonly id: string;
  readonly name: string;
  readonly vendor: 'nvidia' | 'amd' | 'aws';
  /** `Hopper`, `Ada Lovelace`, … */
  readonly architecture: string;
  /** CUDA compute capability, 9.0 for Hopper. */
  readonly computeCapability?: number;
  readonly memoryBytesNominal: number;
  /** Memory the driver reports; the one that decides fit. */
  readonly memoryBytesDriver?: number;
  readonly memoryBytesPerSecond?: number;
  /** Dense peaks, without sparsity. */
  readonly denseFlopsPerSecond: { readonly [dtype in 'fp16' | 'bf16' | 'fp8' | 'int8' | 'fp4']?: number };
  /** NVLink or Infinity Fabric, one direction. Absent: PCIe only. */
  readonly linkBytesPerSecondPerDirection?: number;
  readonly pcieGeneration?: number;
  readonly tdpWatts?: number;
  readonly sources: readonly [Source, ...Source[]];
  readonly notes?: string;
}
