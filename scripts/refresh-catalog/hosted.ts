import { present } from './gpus.ts';
import { SourceTable } from './source-table.ts';

interface HostedFile {
  readonly source: string;
  readonly data_date: string;
  readonly models: readonly Readonly<Record<string, unknown>>[];
}

const capabilities = ['tools', 'json_schema', 'prompt_caching', 'batch', 'vision', 'pdf', 'reasoning'] as const;

/** hosted-models.json → rows. A model whose token prices are in no source is left out: it cannot be compared. */
export function hostedModelRows(file: HostedFile) {
  const table = new SourceTable(file.data_date);
  const rows = file.models
    .filter((model) => typeof model.usd_per_1m_input === 'number' && typeof model.usd_per_1m_output === 'number')
    .map((model) =>
      present({
        id: model.id,
        provider: model.provider,
        mode: model.mode === 'responses' ? 'chat' : model.mode,
        inputUsdPerMillionTokens: model.usd_per_1m_input,
        outputUsdPerMillionTokens: model.usd_per_1m_output,
        cacheReadUsdPerMillionTokens: model.usd_per_1m_cache_read,
        cacheWriteUsdPerMillionTokens: model.usd_per_1m_cache_write_5m,
        batchInputUsdPerMillionTokens: model.usd_per_1m_input_batch,
        batchOutputUsdPerMillionTokens: model.usd_per_1m_output_batch,
        contextWindowTokens: model.context_window,
        maxOutputTokens: model.max_output,
        embeddingDimension: model.embedding_dimension,
        capabilities: capabilities.filter((name) => model[name] === true),
        region: model.region,
        scope: model.scope,
        deprecationDate: model.deprecation_date,
        sources: [table.index(file.source, file.data_date, model.price_note as string | undefined)],
      }),
    );
  return { sources: table.cells, rows };
}
