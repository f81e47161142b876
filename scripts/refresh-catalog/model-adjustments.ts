interface Adjustment {
  readonly facts: Readonly<Record<string, unknown>>;
  readonly ref: string;
  readonly date: string;
  readonly reason: string;
}

const configs = 'ai-dynamo/aiconfigurator@095f58a51c4c:aic-core/src/aiconfigurator_core/model_configs';

/** Facts that the collected file lacks or folds together, each with its own source. */
export const adjustments: Readonly<Record<string, Adjustment>> = {
  'meta-llama/Llama-4-Maverick-17B-128E-Instruct': {
    facts: { tiedEmbeddings: false, intermediateSize: 16384 },
    ref: `${configs}/meta-llama--Llama-4-Maverick-17B-128E-Instruct_config.json`,
    date: '2026-08-21',
    reason:
      'dense layers are intermediate_size_mlp wide; the count by shapes gives the published size with an untied head only',
  },
  'meta-llama/Llama-4-Scout-17B-16E-Instruct': {
    facts: { tiedEmbeddings: false },
    ref: `${configs}/meta-llama--Llama-4-Scout-17B-16E-Instruct_config.json`,
    date: '2026-08-21',
    reason: 'the count by shapes gives the published size with an untied head only',
  },
  'MiniMaxAI/MiniMax-M3': {
    facts: { intermediateSize: 12288 },
    ref: `${configs}/MiniMaxAI--MiniMax-M3_config.json`,
    date: '2026-08-21',
    reason: 'width of the dense layers; 3072 is the experts’',
  },
  'Qwen/Qwen3-Coder-30B-A3B-Instruct': {
    facts: { maxPositionEmbeddings: 262144 },
    ref: 'ztxz16/fastllm@f8f04c33abb6:Qwen3-Coder-30B-A3B-Instruct/README.md',
    date: '2025-08-01',
    reason: 'copy of the model card: 262,144 tokens natively',
  },
  'stepfun-ai/Step-3.7-Flash': {
    facts: { tiedEmbeddings: false },
    ref: `${configs}/stepfun-ai--Step-3.7-Flash_config.json`,
    date: '2026-08-21',
    reason: 'the count by shapes gives the published size with an untied head only',
  },
};
