/**
 * What the recurrent layers of hybrid models keep, by `modelFromConfig` from the config.json each row already names as
 * its source: elements of state one sequence holds in one layer, matrices of a feed-forward block, and the width of the
 * space the experts work in.
 */
export const hybridLayers: Readonly<
  Record<string, { readonly state: number; readonly matrices?: 2; readonly latentSize?: number }>
> = {
  'Qwen/Qwen3-Next-80B-A3B-Instruct': { state: 548_864 },
  'Qwen/Qwen3.5-122B-A10B': { state: 1_085_440 },
  'Qwen/Qwen3.5-27B': { state: 817_152 },
  'Qwen/Qwen3.5-35B-A3B': { state: 548_864 },
  'Qwen/Qwen3.5-397B-A17B': { state: 1_085_440 },
  'Qwen/Qwen3.6-27B': { state: 817_152 },
  'Qwen/Qwen3.6-35B-A3B': { state: 548_864 },
  'nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16': { state: 542_720, matrices: 2 },
  'nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-BF16': { state: 1_079_296, matrices: 2, latentSize: 1024 },
  'nvidia/NVIDIA-Nemotron-3-Ultra-550B-A55B-BF16': { state: 2_152_448, matrices: 2, latentSize: 2048 },
};
