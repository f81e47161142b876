import type { Plan, ServedModel } from '../../../lib/plan/plan.ts';
import { vllmFlags } from './flags.ts';
import { toolParserOf } from './tool-parsers.ts';

const poolingRoles = ['embedding', 'reranker'];
const pools = (model: ServedModel) => poolingRoles.some((role) => model.role.startsWith(role));

/**
 * `fp8` of a 16-bit checkpoint is made while loading. Every other compressed precision is in the checkpoint itself and
 * read from its configuration; naming it again would only let the two disagree.
 */
function onlineQuantization(model: ServedModel, plan: Plan): string | undefined {
  if (model.precision !== 'fp8' || /fp8/i.test(model.modelId)) return undefined;
  const toolchain = plan.decisions.find(({ id }) => id === 'D4')?.parameters.toolchain;
  return typeof toolchain === 'string' && toolchain.startsWith('none') ? undefined : 'fp8';
}

/** D9.3: typed calls are parsed by the server, where this version has a parser for the model. */
function toolParser(model: ServedModel, plan: Plan): string | undefined {
  if (pools(model) || model.role === 'guard') return undefined;
  const { output, shape } = plan.requirements.application;
  const wanted = output === 'function-calls' || shape === 'agent';
  return model.toolParser ?? (wanted ? toolParserOf(model.modelId) : undefined);
}

/**
 * Flags of `vllm serve` for one served model, in order. Only what the plan decided: no default is repeated and nothing
 * retired is used. The model is a local path, so nothing is fetched at start.
 */
export function vllmArguments(model: ServedModel, plan: Plan): readonly string[] {
  const { layout, limits } = model;
  const parser = toolParser(model, plan);
  const quantization = onlineQuantization(model, plan);
  const flags: readonly (readonly [flag: string, value: string | number | true | undefined])[] = [
    ['--served-model-name', model.servedName],
    ['--runner', pools(model) ? 'pooling' : undefined],
    ['--max-model-len', limits.maxModelLen],
    ['--max-num-seqs', limits.maxNumSeqs],
    ['--max-num-batched-tokens', limits.maxNumBatchedTokens],
    ['--gpu-memory-utilization', limits.gpuMemoryUtilization],
    ['--tensor-parallel-size', layout.tensorParallelSize > 1 ? layout.tensorParallelSize : undefined],
    ['--pipeline-parallel-size', layout.pipelineParallelSize > 1 ? layout.pipelineParallelSize : undefined],
    ['--data-parallel-size', layout.dataParallelSize > 1 ? layout.dataParallelSize : undefined],
    ['--enable-expert-parallel', layout.expertParallelSize > 1 ? true : undefined],
    ['--dtype', model.precision === 'fp16' ? 'float16' : undefined],
    ['--quantization', quantization],
    ['--kv-cache-dtype', model.kvPrecision === 'fp8' ? 'fp8' : undefined],
    ['--no-enable-prefix-caching', limits.prefixCaching || pools(model) ? undefined : true],
    [
      '--speculative-config',
      model.speculative &&
        JSON.stringify({ model: `/models/${model.role}-draft`, num_speculative_tokens: model.speculative.tokens }),
    ],
    ['--enable-auto-tool-choice', parser ? true : undefined],
    ['--tool-call-parser', parser],
    // Backpressure: beyond one more full batch a request is answered 503 at once and tried elsewhere.
    ['--max-num-queued-reqs', 2 * limits.maxNumSeqs * layout.dataParallelSize],
    ['--shutdown-timeout', model.longestGenerationSeconds],
    ['--disable-fastapi-docs', true],
    ['--disable-access-log-for-endpoints', '/health,/metrics'],
  ];
  const defaults: Readonly<Record<string, number>> = vllmFlags.defaults;
  return [
    `/models/${model.role}`,
    ...flags
      .filter(([flag, value]) => value !== undefined && value !== defaults[flag])
      .map(([flag, value]) => (value === true ? flag : `${flag}=${value}`)),
  ];
}

/** Flags that join the machines of one replica; the group's controller sets the two variables in every pod. */
export function vllmGroupArguments(model: ServedModel, rank: 'leader' | 'worker'): readonly string[] {
  return [
    `--nnodes=${model.nodesPerReplica}`,
    '--node-rank=$(LWS_WORKER_INDEX)',
    '--master-addr=$(LWS_LEADER_ADDRESS)',
    ...(rank === 'worker' ? ['--headless'] : []),
  ];
}
