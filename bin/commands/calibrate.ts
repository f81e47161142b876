import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
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
import { lookUpGpu } from '../../lib/catalog/find.ts';
import type { Reason } from '../../lib/outcome.ts';
import { writeAtomically } from '../answers-file.ts';
import { readCalibrations } from '../calibration-file.ts';
import { readFault } from '../disk.ts';
import { printJson, reportFailure } from '../output.ts';

interface Options extends MeasuredServer {
  readonly answers?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('a number above 0 is asked');
  return value;
}

export function configure(command: Command): void {
  command
    .argument('<results...>', 'result files of vllm bench serve, GuideLLM or AIPerf (JSON)')
    .requiredOption('--gpu <id>', 'GPU that was measured')
    .requiredOption('--precision <precision>', 'precision of the weights: bf16, fp16, fp8, nvfp4, mxfp4, int4')
    .option('--model <id>', 'model that was served; by default the one the result names')
    .option('--tensor-parallel-size <n>', 'GPUs of one tensor parallel group', positive)
    .option('--pipeline-parallel-size <n>', 'pipeline stages', positive)
    .option('--expert-parallel-size <n>', 'ranks the experts are spread over', positive)
    .option('--kv-precision <precision>', 'precision of the cache: bf16, fp16, fp8')
    .option('--max-num-seqs <n>', 'as the server was started', positive)
    .option('--max-num-batched-tokens <n>', 'as the server was started', positive)
    .option('--max-model-len <n>', 'as the server was started', positive)
    .option('--gpu-memory-utilization <share>', 'as the server was started', positive)
    .option('--prefix-hit-rate <share>', 'share of input tokens the prefix cache served', positive)
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

function run(files: readonly string[], options: Options): void {
  const { answers = 'groundplan.yaml', dryRun, json = false, ...server } = options;
  const catalog = loadCatalog({ vectorStores: {}, modelServers: {}, gateways: {}, clouds: {} });
  const gpu = lookUpGpu(catalog.gpus, server.gpu);
  const problems: Reason[] = [];
  if (!gpu) {
    problems.push({
      path: '--gpu',
      asked: 'a GPU of the catalogue',
      found: server.gpu,
      change: 'Name one of `groundplan catalog list gpus`.',
    });
  }
  const runs = files.flatMap((file) => readResults(file, problems));
  const folder = dirname(resolve(answers));
  const stored = readCalibrations(folder);
  if (!stored.ok) problems.push(...stored.reasons);
  const [first, ...others] = problems;
  if (first || !gpu || !stored.ok) {
    if (first) reportFailure({ ok: false, kind: 'invalid', reasons: [first, ...others] }, json);
    return;
  }
  const report = calibrate(runs, { ...server, gpu: gpu.id }, catalog);
  if ('errors' in report) {
    const [error, ...rest] = report.errors.map(
      ({ run: index, error: found }): Reason => ({
        path: `run ${index + 1}`,
        asked: 'a run the model can predict',
        found,
        change: 'Say how the server ran: --model, --tensor-parallel-size, --max-model-len.',
      }),
    );
    if (error) reportFailure({ ok: false, kind: 'invalid', reasons: [error, ...rest] }, json);
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
  else process.stdout.write(reportText(report, runs, dryRun ? undefined : path));
}

function readResults(file: string, problems: Reason[]): readonly MeasuredRun[] {
  const refuse = (found: string): readonly MeasuredRun[] => {
    problems.push({
      path: file,
      asked: 'a result of vllm bench serve --save-result, GuideLLM or AIPerf',
      found,
      change: 'Give the JSON file that the client wrote.',
    });
    return [];
  };
  try {
    const runs = readBenchmarkResults(JSON.parse(readFileSync(file, 'utf8')));
    return runs.length > 0 ? runs : refuse('JSON of none of the three');
  } catch (error) {
    return refuse(readFault(error));
  }
}

function percent(value: number | undefined): string {
  return value === undefined ? '–' : `${(value * 100).toFixed(1)}%`;
}

function reportText(report: CalibrationReport, runs: readonly MeasuredRun[], path: string | undefined): string {
  const { calibration, before, after, skipped } = report;
  const metric = (name: FigureError['metric'], title: string): string =>
    `  ${title.padEnd(18)}${percent(medianError(before, name)).padStart(8)}  →${percent(medianError(after, name)).padStart(8)}`;
  const lines = [
    `${report.gpuId}: ${calibration.points} run(s), ${after.length} figures`,
    '',
    '  median error         before      after',
    metric('ttft', 'first token'),
    metric('tpot', 'per output token'),
    metric('e2e', 'end to end'),
    '',
    `  time against the shipped model: memory ×${calibration.memory}, compute ×${calibration.compute}, step ×${calibration.step}, request ×${calibration.request}`,
    `  error band kept: ±${percent(calibration.errorBand)}`,
    ...skipped.map(({ run: index, error }) => `  run ${index + 1} (${runs[index]?.client ?? ''}) left out: ${error}`),
    path === undefined ? '  nothing stored (--dry-run)' : `  stored in ${path}`,
  ];
  return `${lines.join('\n')}\n`;
}
