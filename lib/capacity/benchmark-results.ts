/** A latency of a measured run, milliseconds; what the client did not print is absent. */
export interface MeasuredLatency {
  readonly mean?: number;
  readonly p50?: number;
  readonly p99?: number;
}

/** One run of a benchmark client, whatever the client. */
export interface MeasuredRun {
  readonly client: 'vllm bench' | 'GuideLLM' | 'AIPerf';
  readonly model?: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly inputTokensStd?: number;
  readonly outputTokensStd?: number;
  readonly concurrency?: number;
  readonly requestRate?: number;
  readonly requests: number;
  readonly ttftMs: MeasuredLatency;
  readonly tpotMs: MeasuredLatency;
  readonly e2eMs: MeasuredLatency;
}

type Json = Readonly<Record<string, unknown>>;

function object(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((found, key) => object(found)?.[key], value);
}

function latency(mean: unknown, p50: unknown, p99: unknown, factor = 1): MeasuredLatency {
  const scaled = (value: unknown): number | undefined => {
    const found = number(value);
    return found === undefined || found <= 0 ? undefined : found * factor;
  };
  const known = { mean: scaled(mean), p50: scaled(p50), p99: scaled(p99) };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
}

function deviation(values: unknown): number | undefined {
  if (!Array.isArray(values) || values.length < 2) return undefined;
  const numbers = values.filter((value): value is number => typeof value === 'number');
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  return Math.sqrt(numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length);
}

/** Drops the keys that a client did not print. */
function compact(run: { readonly [Key in keyof MeasuredRun]: MeasuredRun[Key] | undefined }): MeasuredRun {
  return Object.fromEntries(Object.entries(run).filter(([, value]) => value !== undefined)) as unknown as MeasuredRun;
}

/** `vllm bench serve --save-result`: one flat object a run. */
function readVllmBench(result: Json): MeasuredRun[] {
  const completed = number(result['completed']) ?? 0;
  const input = number(result['total_input_tokens']);
  const output = number(result['total_output_tokens']);
  if (completed === 0 || input === undefined || output === undefined) return [];
  const rate = result['request_rate'];
  const requestRate = rate === 'inf' ? undefined : number(typeof rate === 'string' ? Number(rate) : rate);
  const prompts = number(result['num_prompts']) ?? completed;
  const of = (name: string): MeasuredLatency =>
    latency(result[`mean_${name}_ms`], result[`median_${name}_ms`], result[`p99_${name}_ms`]);
  return [
    compact({
      client: 'vllm bench',
      model: text(result['model_id']),
      inputTokens: input / completed,
      outputTokens: output / completed,
      inputTokensStd: deviation(result['input_lens']),
      outputTokensStd: deviation(result['output_lens']),
      // No rate and no limit: everything is sent at once.
      concurrency: requestRate === undefined ? (number(result['max_concurrency']) ?? prompts) : undefined,
      requestRate,
      requests: prompts,
      ttftMs: of('ttft'),
      tpotMs: of('tpot'),
      e2eMs: of('e2el'),
    }),
  ];
}

/** GuideLLM's report: a list of benchmarks, each with its strategy and distributions of successful requests. */
function readGuideLlm(report: Json): MeasuredRun[] {
  const benchmarks = report['benchmarks'];
  if (!Array.isArray(benchmarks)) return [];
  return benchmarks.flatMap((benchmark: unknown) => {
    const metric = (name: string): Json | undefined =>
      object(at(benchmark, 'metrics', name, 'successful')) ?? object(at(benchmark, 'metrics', name));
    const of = (name: string, factor = 1): MeasuredLatency => {
      const found = metric(name);
      const quantile = (key: string): unknown => at(found, 'percentiles', key) ?? found?.[key];
      return latency(found?.['mean'], found?.['median'] ?? quantile('p50'), quantile('p99'), factor);
    };
    const input = number(metric('prompt_token_count')?.['mean']);
    const output = number(metric('output_token_count')?.['mean']);
    const strategy =
      object(at(benchmark, 'args', 'strategy')) ??
      object(at(benchmark, 'config', 'strategy')) ??
      object(at(benchmark, 'scheduler', 'strategy'));
    const kind = text(strategy?.['type_']) ?? text(strategy?.['type']);
    const requests =
      number(at(benchmark, 'metrics', 'request_totals', 'successful')) ??
      number(at(benchmark, 'run_stats', 'requests_made', 'successful')) ??
      number(metric('prompt_token_count')?.['count']);
    if (input === undefined || output === undefined || requests === undefined || kind === undefined) return [];
    const rate = kind === 'constant' || kind === 'poisson' ? number(strategy?.['rate']) : undefined;
    const streams =
      kind === 'synchronous' ? 1 : (number(strategy?.['streams']) ?? number(strategy?.['max_concurrency']));
    const measured = number(metric('request_concurrency')?.['mean']);
    return [
      compact({
        client: 'GuideLLM',
        model: text(at(benchmark, 'args', 'model')) ?? text(at(report, 'args', 'model')),
        inputTokens: input,
        outputTokens: output,
        inputTokensStd: number(metric('prompt_token_count')?.['std_dev']),
        outputTokensStd: number(metric('output_token_count')?.['std_dev']),
        concurrency: rate === undefined ? (streams ?? (measured && Math.max(1, Math.round(measured)))) : undefined,
        requestRate: rate,
        requests,
        ttftMs: of('time_to_first_token_ms'),
        // Its time per output token counts the first one too; the gap between tokens is what TPOT means here.
        tpotMs: of('inter_token_latency_ms'),
        e2eMs: of('request_latency', 1000),
      }),
    ];
  });
}

/** AIPerf's `profile_export_aiperf.json`: one object a metric, at the top or under `records`. */
function readAiPerf(profile: Json): MeasuredRun[] {
  const records = object(profile['records']) ?? profile;
  const of = (name: string): MeasuredLatency => {
    const found = object(records[name]);
    return latency(found?.['avg'], found?.['p50'], found?.['p99'], found?.['unit'] === 's' ? 1000 : 1);
  };
  const loadgen = object(at(profile, 'input_config', 'loadgen'));
  const input = number(at(records, 'input_sequence_length', 'avg'));
  const output = number(at(records, 'output_sequence_length', 'avg'));
  const requests = number(at(records, 'request_count', 'avg'));
  if (input === undefined || output === undefined || requests === undefined) return [];
  const names = at(profile, 'input_config', 'endpoint', 'model_names');
  const requestRate = number(loadgen?.['request_rate']);
  return [
    compact({
      client: 'AIPerf',
      model: Array.isArray(names) ? text(names[0]) : undefined,
      inputTokens: input,
      outputTokens: output,
      inputTokensStd: number(at(records, 'input_sequence_length', 'std')),
      outputTokensStd: number(at(records, 'output_sequence_length', 'std')),
      concurrency: requestRate === undefined ? (number(loadgen?.['concurrency']) ?? 1) : undefined,
      requestRate,
      requests,
      ttftMs: of('time_to_first_token'),
      tpotMs: of('inter_token_latency'),
      e2eMs: of('request_latency'),
    }),
  ];
}

/**
 * The runs of one result file of `vllm bench serve`, GuideLLM or AIPerf, told apart by their keys; a list of such
 * results is read too. Empty: none of the three.
 */
export function readBenchmarkResults(json: unknown): readonly MeasuredRun[] {
  if (Array.isArray(json)) return json.flatMap((item) => readBenchmarkResults(item));
  const result = object(json);
  if (!result) return [];
  if ('benchmarks' in result) return readGuideLlm(result);
  if ('total_input_tokens' in result) return readVllmBench(result);
  return readAiPerf(result);
}
