import type { Plan, ServedModel } from '../../../lib/plan/plan.ts';

/**
 * Flags of `vllm serve` for one served model, in order. Only what the plan decided: no default is repeated, nothing
 * that the version deprecates. The model is a local path, so nothing is fetched at start.
 */
export function vllmArguments(model: ServedModel, _plan: Plan): readonly string[] {
  const { layout, limits } = model;
  return [
    `/models/${model.role}`,
    `--served-model-name=${model.servedName}`,
    `--max-model-len=${limits.maxModelLen}`,
    `--max-num-seqs=${limits.maxNumSeqs}`,
    `--max-num-batched-tokens=${limits.maxNumBatchedTokens}`,
    `--gpu-memory-utilization=${limits.gpuMemoryUtilization}`,
    ...(layout.tensorParallelSize > 1 ? [`--tensor-parallel-size=${layout.tensorParallelSize}`] : []),
  ];
}
