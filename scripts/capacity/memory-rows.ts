import { computeMemory } from '../../lib/capacity/memory.ts';
import type { Deployment, MemoryLedger, Precision } from '../../lib/capacity/types.ts';
import type { Catalog } from '../../lib/catalog/catalog.ts';
import { rowsOf } from './csv.ts';

/** One row of the published memory ledger beside the model's. */
export interface MemoryRow {
  readonly name: string;
  readonly deployment: Deployment;
  readonly predicted: MemoryLedger;
  readonly measuredBytes: {
    readonly weights: number;
    readonly activation: number;
    readonly nonTorch: number;
    readonly kvCache: number;
  };
  /** What had to be read into the row, where the published description does not fit its own figures. */
  readonly reading?: string;
}

const models: Readonly<Record<string, readonly [id: string, precision: Precision]>> = {
  'gpt-oss-20b': ['openai/gpt-oss-20b', 'mxfp4'],
  'gpt-oss-120b': ['openai/gpt-oss-120b', 'mxfp4'],
  'Llama-3.3-70B-FP8': ['meta-llama/Llama-3.3-70B-Instruct', 'fp8'],
  'Llama-3.1-8B': ['meta-llama/Llama-3.1-8B-Instruct', 'bf16'],
  'Qwen3-0.6B': ['Qwen/Qwen3-0.6B', 'bf16'],
  'Qwen3-32B': ['Qwen/Qwen3-32B', 'bf16'],
  'Mistral-Small-3.2-24B': ['mistralai/Mistral-Small-3.2-24B-Instruct-2506', 'bf16'],
};

const readings: Readonly<Record<string, string>> = {
  'gpt-oss-120b': 'its parts add up to 0.95 of the card, not the 0.9 it states',
  'Mistral-Small-3.2-24B': 'its activation is that of 256 sequences, not of the default 1,024 the other rows show',
};

const gibibyte = 2 ** 30;

export function memoryRows(text: string, catalog: Pick<Catalog, 'gpus' | 'models'>): readonly MemoryRow[] {
  return rowsOf(text).map((row) => {
    const name = row.model ?? '';
    const [id, precision] = models[name] ?? ['', 'bf16'];
    const model = catalog.models.find((candidate) => candidate.id === id);
    const gpu = catalog.gpus.find((candidate) => candidate.id === 'H100-SXM');
    if (!model || !gpu) throw new Error(`${name} is not in the catalogue`);
    const reading = readings[name];
    const deployment: Deployment = {
      model,
      gpu,
      precision,
      kvPrecision: 'bf16',
      layout: {
        tensorParallelSize: Number(row.tp),
        pipelineParallelSize: 1,
        dataParallelSize: 1,
        expertParallelSize: 1,
      },
      limits: {
        maxNumSeqs: name.startsWith('Mistral') ? 256 : 1024,
        maxNumBatchedTokens: 8192,
        maxModelLen: Number(row.max_model_len),
        gpuMemoryUtilization: name === 'gpt-oss-120b' ? 0.95 : Number(row.gpu_mem_util),
        prefixCaching: true,
        engineVersion: '0.11.0',
      },
    };
    const bytes = (column: string) => Number(row[column]) * gibibyte;
    return {
      name: `${name}, ${row.tp} GPU${row.tp === '1' ? '' : 's'}`,
      deployment,
      predicted: computeMemory(deployment),
      measuredBytes: {
        weights: bytes('weights_gib_per_gpu'),
        activation: bytes('activation_gib'),
        nonTorch: bytes('non_torch_gib'),
        kvCache: bytes('kv_cache_gib'),
      },
      ...(reading ? { reading } : {}),
    };
  });
}
