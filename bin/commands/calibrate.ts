import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { loadCatalog } from '../../blueprints/catalog.ts';
import { type MeasuredRun, readBenchmarkResults } from '../../lib/capacity/benchmark-results.ts';
import {
  type CalibrationReport,
  calibrate,
  type FigureError,
  type MeasuredServer,
  medianError,
} from '../../lib/capacity/calibrate.ts';
import { type CalibrationFile, calibrationFileName } from '../../lib/capacity/calibration.ts';
import { pointReasons, pointSchema, servedModel } from '../../lib/capacity/point.ts';
import type { Catalog } from '../../lib/catalog/catalog.ts';
import { findGpu } from '../../lib/catalog/find.ts';
import type { Reason } from '../../lib/outcome.ts';
import { writeAtomically } from '../answers-file.ts';
import { readCalibrations } from '../calibration-file.ts';
import { readFault } from '../disk.ts';
import { printJson, reportFailure, wrongCommand } from '../output.ts';

interface Options extends Partial<MeasuredServer> {
  readonly answers?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** What a result file does not say of the server. */
const serverSchema = pointSchema.pick({
  precision: true,
  tensorParallelSize: true,
  pipelineParallelSize: true,
  expertParallelSize: true,
  kvPrecision: true,
  maxNumSeqs: true,
  maxNumBatchedTokens: true,
  maxModelLen: true,
  gpuMemoryUtilization: true,
  prefixHitRate: true,
});

export function configure(command: Command): void {
  command
    .usage('<results...> --gpu <id> --precision <precision> [options]')
    .argument('[results...]', 'result files of vllm bench serve, GuideLLM or AIPerf (JSON)')
    .option('--gpu <id>', 'GPU that was measured')
    .option('--precision <precision>', 'precision of the weights: bf16, fp16, fp8, nvfp4, mxfp4, int4')
    .option('--model <id>', 'model that was served; by default the one the result names')
    .option('--tensor-parallel-size <n>', 'GPUs of one tensor parallel group', Number)
    .option('--pipeline-parallel-size <n>', 'pipeline stages', Number)
    .option('--expert-parallel-size <n>', 'ranks the experts are spread over', Number)
    .option('--kv-precision <precision>', 'precision of the cache: bf16, fp16, fp8')
    .option('--max-num-seqs <n>', 'as the server was started', Number)
    .option('--max-num-batched-tokens <n>', 'as the server was started', Number)
    .option('--max-model-len <n>', 'as the server was started', Number)
    .option('--gpu-memory-utilization <share>', 'as the server was started', Number)
    .option('--prefix-hit-rate <share>', 'share of input tokens the prefix cache served', Number)
    .option('--engine-version <version>', 'vLLM version of the server')
    .option('--answers <file>', 'answers beside which the calibration is stored', 'groundplan.yaml')
    .option('--dry-run', 'report only, store nothing')
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      `
Example:
  vllm bench serve --model meta-llama/Llama-3.1-8B-Instruct --dataset-name random --random-input-len 1000 \\
    --random-output-len 200 --ignore-eos --max-concurrency 16 --num-prompts 160 --save-result --result-filename c16.json
  groundplan calibrate c1.json c16.json c64.json --gpu L4 --precision fp8

The scales are stored in ${calibrationFileName} beside the answers; groundplan plan reads them from there.
Runs at low and high concurrency and with short and long inputs tell the four scales apart.`,
    )
    .action((files: readonly string[], options: Options) => run(files, options));
}

/** All that is wrong with the options, each by the name it is typed with. */
function optionProblems(server: Partial<MeasuredServer>): readonly Reason[] {
  const parsed = serverSchema.safeParse(server);
  const reasons = (parsed.error?.issues ?? []).flatMap((issue) => pointReasons(issue, server));
  return reasons.map((reason) => ({ ...reason, path: `--${reason.path.replaceAll(/[A-Z]/g, '-$&').toLowerCase()}` }));
}

function modelProblems(id: string | undefined, catalog: Pick<Catalog, 'models'>): readonly Reason[] {
  if (id === undefined) {
    const change = 'Add --model with one of `groundplan catalog list models`.';
    return [{ path: '--model', asked: 'the model that was served', found: 'a result that names none', change }];
  }
  const model = servedModel(id, catalog, '--model');
  return model.ok ? [] : model.reasons;
}

function run(files: readonly string[], options: Options): void {
  const { answers = 'groundplan.yaml', dryRun, json = false, ...server } = options;
  const catalog = loadCatalog({ vectorStores: {}, modelServers: {}, gateways: {}, clouds: {} });
  const problems: Reason[] = [];
  if (files.length === 0) problems.push(resultProblem('results', 'nothing'));
  const gpu = server.gpu === undefined ? undefined : findGpu(catalog, server.gpu, '--gpu');
  if (!gpu) {
    const change = 'Add --gpu with one of `groundplan catalog list gpus`.';
    problems.push({ path: '--gpu', asked: 'the GPU that was measured', found: 'nothing', change });
  } else if (!gpu.ok) problems.push(...gpu.reasons);
  problems.push(...optionProblems(server));
  const named = files.flatMap((file) => readResults(file, problems));
  const runs = named.map(({ run: measured }) => measured);
  for (const id of new Set(server.model === undefined ? runs.map(({ model }) => model) : [server.model]))
    problems.push(...modelProblems(id, catalog));
  const folder = dirname(resolve(answers));
  const stored = readCalibrations(folder);
  if (!stored.ok) problems.push(...stored.reasons);
  const [first, ...others] = problems;
  const { precision } = server;
  if (first) {
    reportFailure(wrongCommand(first, ...others), json);
    return;
  }
  if (!gpu?.ok || !stored.ok || precision === undefined) throw new Error('options were refused without a reason');
  const report = calibrate(runs, { ...server, gpu: gpu.value.id, precision }, catalog);
  if ('errors' in report) {
    const [error, ...rest] = report.errors.map(
      ({ run: index, error: found }): Reason => ({
        path: named[index]?.name ?? 'results',
        asked: 'a run the model can predict',
        found,
        change: 'Say how the server ran: --model, --tensor-parallel-size, --max-model-len.',
      }),
    );
    if (error) reportFailure(wrongCommand(error, ...rest), json);
    return;
  }
  const path = join(folder, calibrationFileName);
  if (!dryRun) {
    const gpus = { ...stored.value, [report.gpuId]: report.calibration };
    const file: CalibrationFile = {
      schemaVersion: 1,
      gpus: Object.fromEntries(Object.entries(gpus).sort(([a], [b]) => (a < b ? -1 : 1))),
    };
    writeAtomically(path, `${JSON.stringify(file, null, 2)}\n`);
  }
  if (json) printJson(report);
  else process.stdout.write(reportText(report, named, dryRun ? undefined : path));
}

/** A run by the name a user knows it under: its file, and its place where the file holds several. */
interface NamedRun {
  readonly name: string;
  readonly run: MeasuredRun;
}

function resultProblem(path: string, found: string): Reason {
  const asked = 'a result of vllm bench serve --save-result, GuideLLM or AIPerf';
  return { path, asked, found, change: 'Give the JSON file that the client wrote.' };
}

function readResults(file: string, problems: Reason[]): readonly NamedRun[] {
  try {
    const runs = readBenchmarkResults(JSON.parse(readFileSync(file, 'utf8')));
    if (runs.length === 0) problems.push(resultProblem(file, 'JSON of none of the three'));
    return runs.map((run, index) => ({ name: runs.length === 1 ? file : `${file}, run ${index + 1}`, run }));
  } catch (error) {
    problems.push(resultProblem(file, readFault(error)));
    return [];
  }
}

function percent(value: number | undefined): string {
  return value === undefined ? '–' : `${(value * 100).toFixed(1)}%`;
}

function reportText(report: CalibrationReport, runs: readonly NamedRun[], path: string | undefined): string {
  const { calibration, before, after, skipped } = report;
  const metric = (name: FigureError['metric'], title: string): string =>
    `  ${title.padEnd(18)}${percent(medianError(before, name)).padStart(8)}  →${percent(medianError(after, name)).padStart(8)}`;
  const lines = [
    `${report.gpuId}: ${calibration.points} ${calibration.points === 1 ? 'run' : 'runs'}, ${after.length} figures`,
    '',
    '  median error         before      after',
    metric('ttft', 'first token'),
    metric('tpot', 'per output token'),
    metric('e2e', 'end to end'),
    '',
    `  time against the shipped model (below 1 is faster): memory ×${calibration.memory}, compute ×${calibration.compute}, step ×${calibration.step}, request ×${calibration.request}`,
    `  error band kept: ±${percent(calibration.errorBand)}`,
    ...skipped.map(
      ({ run: index, error }) => `  left out: ${runs[index]?.name ?? ''} (${runs[index]?.run.client ?? ''}): ${error}`,
    ),
    path === undefined
      ? '  nothing stored (--dry-run)'
      : `  stored in ${path}; groundplan plan of the answers beside it uses it`,
  ];
  return `${lines.join('\n')}\n`;
}
