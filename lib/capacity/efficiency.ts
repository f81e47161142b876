import type { Gpu } from '../catalog/gpu.ts';
import fitted from './data/factors.json' with { type: 'json' };

/** How one kind of matrix multiplication runs on one architecture; fitted on measured kernels. */
export interface GemmFactors {
  /** Time of the smallest multiplication, its activation quantization included. 2–10 µs. */
  readonly launchSeconds: number;
  /** Share of the catalogue bandwidth reached when weights bind. 0.5–0.95. */
  readonly memoryEfficiency: number;
  /** Share of the dense peak reached when arithmetic binds, at great depth. 0.4–0.95. */
  readonly computeEfficiency: number;
  /** Depth (K) at which half of that share is reached: the pipeline has to fill. 0–1000. */
  readonly halfDepth: number;
  /** Share of the bandwidth at which activations are quantized first; absent in 16 bit. 0.05–0.9. */
  readonly quantizationEfficiency?: number;
}

/** How routed experts run: one grouped multiplication over the experts touched. Fitted on serving points. */
export interface ExpertFactors {
  /** Routing, permutation and launches of one layer. 5–80 µs. */
  readonly launchSeconds: number;
  /** Bandwidth reached over the plain 16-bit multiplication's. 0.5–1.5. */
  readonly memoryShare: number;
  /** Arithmetic reached over the plain multiplication's. 0.1–1. */
  readonly computeShare: number;
}

/** Factors of serving that no kernel table holds. Each has one meaning for every GPU and model. */
export interface ServingFactors {
  /** One element-wise kernel (norm, rope, activation, cache write) inside a CUDA graph. 1–4 µs. */
  readonly elementwiseLaunchSeconds: number;
  /** Share of bandwidth the traffic of those kernels reaches; above 1 where the cache keeps it. 0.4–1.3. */
  readonly elementwiseEfficiency: number;
  /** Attention of one layer over a decode batch, before any KV is read. 3–20 µs. */
  readonly attentionLaunchSeconds: number;
  /** Share of bandwidth reached reading the KV cache. 0.4–0.95. */
  readonly kvReadEfficiency: number;
  /** The same for an FP8 cache before Blackwell, whose kernels unpack it to 16 bit first. 0.2–0.95. */
  readonly kvReadEfficiencyUnpacked: number;
  /** The same for the one-head latent cache of MLA. 0.2–0.9. */
  readonly latentReadEfficiency: number;
  /** Share of the 16-bit peak of prefill attention. 0.2–0.7. */
  readonly prefillAttentionEfficiency: number;
  /**
   * Share of the separate activation quantization (timed with the low-precision kernels) that serving still pays; the
   * compiler fuses the rest into norms and activations. 0.05–1.
   */
  readonly quantizationUnfused: number;
  /** Serving over kernel time of arithmetic-bound multiplications (clocks under load). 0.9–1.4. */
  readonly sustainedComputeSlowdown: number;
  /** Serving over kernel time of weight-bound multiplications. 0.9–1.3. */
  readonly sustainedMemorySlowdown: number;
  /** Serving over kernel time of the smallest all-reduce (ranks do not arrive together). 0.7–2.5. */
  readonly allReduceLatencySlowdown: number;
  /** Serving over kernel time of what a larger all-reduce takes more than the smallest. 0.4–1.5. */
  readonly allReduceTransferSlowdown: number;
  /** How evenly routers spread tokens over experts (shape of the popularity); 1 skewed, 20 nearly even. */
  readonly routerEvenness: number;
  /** Depth at which a grouped multiplication of experts reaches half of its rate. 10–3000. */
  readonly expertHalfDepth: number;
  /** Scheduler, input preparation and sampling of one step not hidden behind the GPU. 0.1–5 ms. */
  readonly stepSeconds: number;
  /** Added where the engine schedules only after a step has ended (before 0.14, or async scheduling off). 0.2–5 ms. */
  readonly synchronousStepSeconds: number;
  /** Scheduler and sampling time per sequence in the step. 0–100 µs. */
  readonly stepSecondsPerSequence: number;
  /** Extra of a step with prefill, per layer: attention outside the full CUDA graph. 0–60 µs. */
  readonly mixedStepSecondsPerLayer: number;
  /** Time of one request in the API server that other requests wait for. 0.1–5 ms. */
  readonly frontEndSeconds: number;
  /** The same, per prompt token (tokenizing). 0–10 µs. */
  readonly frontEndSecondsPerToken: number;
  /** HTTP, tokenizer and first response of one request. 0.2–20 ms. */
  readonly requestSeconds: number;
  /** Tokenizer and input processing, per prompt token. 0–20 µs. */
  readonly requestSecondsPerToken: number;
}

export type ArithmeticKind = 'bf16' | 'fp8' | 'nvfp4';
export type ExpertPath =
  | 'bf16'
  | 'fp8'
  | 'int4-dequantized'
  | 'int4-native'
  | 'mxfp4-dequantized'
  | 'mxfp4-native'
  | 'nvfp4';

export interface EfficiencyFactors {
  readonly gemm: Readonly<Record<string, Readonly<Partial<Record<ArithmeticKind, GemmFactors>>>>>;
  readonly experts: Readonly<Record<ExpertPath, ExpertFactors>>;
  readonly serving: ServingFactors;
}

/** The factors shipped, written by `scripts/fit-capacity.ts`. */
export const defaultFactors: EfficiencyFactors = fitted;

/** Kernels that stand for a GPU's own. */
export interface KernelFamily {
  readonly family: string;
  /** The GPU's architecture itself was not measured. */
  readonly isBorrowed: boolean;
  /** Share of the measured architecture's compute efficiency that its own kernels reach: a judgement, not a fit. */
  readonly computeShare: number;
}

/**
 * The measured architecture whose kernels stand for a GPU's own.
 *
 * - Ampere cards with GDDR memory (compute capability 8.6: A10, A10G) are built like Ada's, not like the A100.
 * - Blackwell without the data-centre tensor cores (compute capability 12) runs Ada-style kernels.
 * - Turing and Volta run Ampere's, before asynchronous copies: 0.75 of their share of the peak.
 * - CDNA and Neuron: public GEMM figures stay near 0.6 of what the same share of peak would be on Hopper.
 */
export function kernelFamily(gpu: Gpu): KernelFamily {
  switch (gpu.architecture) {
    case 'Ampere':
      return (gpu.computeCapability ?? 8) > 8
        ? { family: 'Ada Lovelace', isBorrowed: true, computeShare: 1 }
        : { family: 'Ampere', isBorrowed: false, computeShare: 1 };
    case 'Ada Lovelace':
    case 'Hopper':
      return { family: gpu.architecture, isBorrowed: false, computeShare: 1 };
    case 'Blackwell':
      return (gpu.computeCapability ?? 10) < 12
        ? { family: 'Blackwell', isBorrowed: false, computeShare: 1 }
        : { family: 'Ada Lovelace', isBorrowed: true, computeShare: 1 };
    case 'Blackwell Ultra':
      return { family: 'Blackwell', isBorrowed: false, computeShare: 1 };
    case 'Turing':
    case 'Volta':
      return { family: 'Ampere', isBorrowed: true, computeShare: 0.75 };
    default:
      return { family: 'Hopper', isBorrowed: true, computeShare: 0.65 };
  }
}

/** A GPU with its peaks cut to what borrowed kernels leave of them. */
export function reachableGpu(gpu: Gpu): Gpu {
  const { computeShare } = kernelFamily(gpu);
  if (computeShare === 1) return gpu;
  const peaks = Object.entries(gpu.denseFlopsPerSecond).map(([kind, peak]) => [kind, peak && peak * computeShare]);
  return { ...gpu, denseFlopsPerSecond: Object.fromEntries(peaks) };
}
