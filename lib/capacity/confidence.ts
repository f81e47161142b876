import type { Basis } from '../catalog/source.ts';
import bands from './data/error-bands.json' with { type: 'json' };
import { kernelFamily } from './efficiency.ts';
import type { Deployment, Precision } from './types.ts';

/** Precisions whose kernels or serving points were measured on a GPU itself. */
const measured: Readonly<Record<string, readonly Precision[]>> = {
  'A100-80': ['bf16', 'fp16'],
  L40S: ['bf16', 'fp16', 'fp8'],
  'H100-SXM': ['bf16', 'fp16', 'fp8', 'mxfp4'],
  H200: ['bf16', 'fp16', 'fp8', 'mxfp4', 'int4'],
  B200: ['bf16', 'fp16', 'fp8', 'nvfp4', 'mxfp4', 'int4'],
};

/** GPUs with serving points of their own, not kernels alone. */
const served: readonly string[] = ['H100-SXM', 'H200', 'B200'];

/**
 * How a step time came about: `measured` on this GPU and precision, `modelled` from its catalogue figures with factors
 * of its architecture, `assumed` where the architecture is borrowed or a figure is missing.
 */
export function basisOf({ gpu, precision }: Deployment): Basis {
  if (measured[gpu.id]?.includes(precision)) return 'measured';
  return kernelFamily(gpu).isBorrowed || gpu.memoryBytesDriver === undefined ? 'assumed' : 'modelled';
}

export type ModelKind = 'dense' | 'experts' | 'latent';

export function modelKind({ model }: Deployment): ModelKind {
  if (model.attention.kind === 'latent') return 'latent';
  return model.moe ? 'experts' : 'dense';
}

/** How much wider a band gets where neither kernels nor serving points of the GPU exist; a judgement. */
const widening: Readonly<Record<Basis, number>> = { measured: 1, modelled: 1.5, assumed: 2 };

/**
 * Relative half-width of a token time that held 8 of 10 held-back points of this kind (`scripts/fit-capacity.ts` writes
 * the bands). A GPU with serving points takes the band of models left out, any other the band of GPUs left out, widened
 * where its kernels were not measured either.
 */
export function errorBandOf(deployment: Deployment): number {
  const kind = modelKind(deployment);
  const basis = basisOf(deployment);
  if (basis === 'measured' && served.includes(deployment.gpu.id)) return bands.modelLeftOut[kind];
  return Number((widening[basis] * Math.max(bands.gpuLeftOut[kind], bands.modelLeftOut[kind])).toPrecision(2));
}
