/**
 * Speed of the performance model on this machine: `node scripts/benchmark-capacity.ts [--json]`.
 * Figures that depend on the machine stand beside ratios that do not: against a scheduler written the long way, against
 * an hour of ten times the length, against the time Node needs to start.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { loadCatalog } from '../blueprints/catalog.ts';
import { products } from '../blueprints/index.ts';
import { presets } from '../blueprints/presets/index.ts';
import { computeMemory } from '../lib/capacity/memory.ts';
import { predictPoint } from '../lib/capacity/predict.ts';
import { prepareEngine } from '../lib/capacity/prepare-engine.ts';
import { createRandom } from '../lib/capacity/random.ts';
import { type SimulationInput, simulate } from '../lib/capacity/simulate.ts';
import { sizeServing } from '../lib/capacity/size-serving.ts';
import type { Deployment, SizingResult } from '../lib/capacity/types.ts';
import { findGpu, findModel } from '../lib/catalog/find.ts';
import { decide } from '../lib/decisions/decide.ts';
import { machinesListUsdPerMonth } from '../lib/plan/provisioning-fee.ts';
import { reservedUsdPerMonth } from '../lib/plan/reserve.ts';
import { parseRequirements } from '../lib/requirements/parse.ts';
import { naiveSchedule } from '../test/capacity/naive-scheduler.ts';

interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly goal?: number;
}

const catalog = loadCatalog(products);

function seconds(work: () => void, repeats: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const start = performance.now();
    work();
    best = Math.min(best, (performance.now() - start) / 1000);
  }
  return best;
}

/** Largest resident memory of a process that simulates that many hours, bytes. */
function residentBytes(hours: number): number {
  const script = fileURLToPath(import.meta.url);
  return Number(execFileSync(process.execPath, [script, `--resident=${hours}`], { encoding: 'utf8' }));
}

/** Llama 3.1 8B on one H100: what the hour is measured on. */
function chatEngine(): SimulationInput {
  const model = findModel(catalog, 'meta-llama/Llama-3.1-8B-Instruct');
  const gpu = findGpu(catalog, 'H100-SXM');
  if (!model.ok || !gpu.ok) throw new Error('the shipped catalogue lacks the benchmark’s model or GPU');
  const deployment: Deployment = {
    model: model.value,
    gpu: gpu.value,
    layout: { tensorParallelSize: 1, pipelineParallelSize: 1, dataParallelSize: 1, expertParallelSize: 1 },
    precision: 'bf16',
    kvPrecision: 'bf16',
    limits: {
      maxNumSeqs: 256,
      maxNumBatchedTokens: 8192,
      maxModelLen: 32_768,
      gpuMemoryUtilization: 0.9,
      prefixCaching: false,
    },
  };
  const engine = prepareEngine(deployment, computeMemory(deployment), 1100);
  return {
    ...engine,
    layout: deployment.layout,
    limits: deployment.limits,
    arrivals: { kind: 'poisson', requestsPerSecond: 10 },
    inputTokens: { kind: 'lognormal', meanTokens: 1000, p95Tokens: 3000 },
    outputTokens: { kind: 'lognormal', meanTokens: 200, p95Tokens: 500 },
    prefixHitRate: 0,
    replicas: 1,
    router: 'round-robin',
    seconds: 3600,
    seed: 1,
  };
}

function simulationFigures(): Figure[] {
  const hour = chatEngine();
  const requests = simulate(hour).completedRequests;
  const hourSeconds = seconds(() => simulate(hour), 5);
  const memory = [1, 10, 100].map(residentBytes);
  const [base = 1, ten = 1, hundred = 1] = memory;
  return [
    { what: 'one hour at 10 requests/s on one replica', value: hourSeconds, unit: 's', goal: 0.5 },
    { what: 'simulated requests', value: requests / hourSeconds, unit: 'requests/s' },
    { what: 'simulated time over time taken', value: 3600 / hourSeconds, unit: '×' },
    { what: 'largest resident memory, 10 hours over 1', value: ten / base, unit: '×', goal: 1.1 },
    { what: 'largest resident memory, 100 hours over 1', value: hundred / base, unit: '×', goal: 1.1 },
  ];
}

function schedulerFigures(): Figure[] {
  const engine = chatEngine();
  const random = createRandom(1, 'benchmark');
  let clock = 0;
  const requests = Array.from({ length: 400 }, () => {
    clock += random.exponential() / 10;
    return {
      arrival: clock,
      input: Math.ceil(1000 * random.exponential()),
      output: Math.ceil(200 * random.exponential()),
    };
  });
  const naive = seconds(
    () =>
      naiveSchedule(requests, {
        stepSeconds: engine.stepTime.stepSeconds,
        blocks: Math.floor(engine.kvCacheTokens / 16),
        maxNumSeqs: engine.limits.maxNumSeqs,
        maxNumBatchedTokens: engine.limits.maxNumBatchedTokens,
        asyncScheduling: engine.asyncScheduling,
        reserveFullInput: engine.reserveFullInput,
      }),
    3,
  );
  const trace: SimulationInput = {
    ...engine,
    arrivals: { kind: 'trace', arrivalSeconds: requests.map(({ arrival }) => arrival) },
    inputTokens: { kind: 'empirical', tokens: requests.map(({ input }) => input) },
    outputTokens: { kind: 'empirical', tokens: requests.map(({ output }) => output) },
    requests: requests.length,
  };
  const fast = seconds(() => simulate(trace), 5);
  return [{ what: 'engine over a scheduler written the long way', value: naive / fast, unit: '× faster' }];
}

function predictionFigures(): Figure[] {
  const points = Array.from({ length: 500 }, (_, index) => ({
    id: index,
    model: 'meta-llama/Llama-3.1-70B-Instruct',
    gpu: 'H100-SXM',
    tensorParallelSize: 2 ** (1 + (index % 3)),
    precision: 'fp8',
    inputTokens: 1000 + 7 * index,
    outputTokens: 300,
    concurrency: 1 + (index % 64),
  }));
  const time = seconds(() => {
    for (const point of points) predictPoint(point, catalog);
  }, 2);
  return [{ what: 'predicted points in one process', value: points.length / time, unit: 'points/s' }];
}

function planFigures(): Figure[] {
  const figures: Figure[] = [];
  let total = 0;
  for (const [id, preset] of Object.entries(presets)) {
    const requirements = parseRequirements(preset.answers, catalog);
    if (!requirements.ok) throw new Error(`${id}: ${requirements.reasons[0].found}`);
    let sizing = 0;
    const timed = (...asked: Parameters<typeof sizeServing>): SizingResult => {
      // Time of the processor, not of the clock: one thread, and a busy machine does not count against it.
      const start = process.cpuUsage();
      const result = sizeServing(...asked);
      const { user, system } = process.cpuUsage(start);
      sizing += (user + system) / 1e6;
      return result;
    };
    decide(requirements.value, catalog, timed, reservedUsdPerMonth, machinesListUsdPerMonth);
    total += sizing;
    figures.push({ what: `search and simulation of finalists, ${id}`, value: sizing, unit: 's', goal: 2 });
  }
  return [...figures, { what: 'searches', value: figures.length / total, unit: 'plans/s' }];
}

function startFigures(): Figure[] {
  const time = (command: readonly string[]): number =>
    seconds(() => execFileSync(process.execPath, command, { input: '', stdio: ['pipe', 'ignore', 'ignore'] }), 3);
  const bare = time(['-e', '0']);
  const predict = time(['bin/groundplan.ts', 'predict', '--points', '-']);
  return [{ what: 'groundplan predict without points over node -e 0', value: predict / bare, unit: '×' }];
}

const resident = process.argv.find((argument) => argument.startsWith('--resident='));
if (resident) {
  simulate({ ...chatEngine(), seconds: 3600 * Number(resident.split('=')[1]) });
  process.stdout.write(`${process.resourceUsage().maxRSS * 1024}`);
  process.exit();
}

const figures = [
  ...simulationFigures(),
  ...schedulerFigures(),
  ...predictionFigures(),
  ...planFigures(),
  ...startFigures(),
];
if (process.argv.includes('--json')) {
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
} else {
  for (const { what, value, unit, goal } of figures) {
    const figure = `${Number(value.toPrecision(3)).toLocaleString('en')} ${unit}`;
    const verdict = goal === undefined ? '' : value <= goal ? `  within ${goal} ${unit}` : `  ABOVE ${goal} ${unit}`;
    process.stdout.write(`${what.padEnd(62)} ${figure.padStart(22)}${verdict}\n`);
  }
}
if (figures.some(({ value, goal }) => goal !== undefined && value > goal)) process.exitCode = 1;
