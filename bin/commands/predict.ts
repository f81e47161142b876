import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { loadCatalog } from '../../blueprints/catalog.ts';
import type { PointError, PointPrediction } from '../../lib/capacity/predict.ts';
import { predictPoint } from '../../lib/capacity/predict.ts';
import { readFault } from '../disk.ts';
import { reportFailure, wrongCommand } from '../output.ts';

export function configure(command: Command): void {
  command
    .requiredOption('--points <file>', 'JSON Lines, one serving point a line; - reads standard input')
    .option('--json', 'print JSON Lines, as it does without')
    .addHelpText(
      'after',
      `
Keys of a point: id, model, gpu, precision, inputTokens, outputTokens, concurrency or requestRate, and where they matter
tensorParallelSize, pipelineParallelSize, expertParallelSize, replicas, kvPrecision, inputTokensStd, outputTokensStd,
requests, maxNumSeqs, maxNumBatchedTokens, maxModelLen, gpuMemoryUtilization, prefixHitRate, engineVersion.
Each line is answered by one line: latencies in ms, or {"id","error"}.`,
    )
    .action((options: { readonly points: string; readonly json?: boolean }) =>
      run(options.points, options.json === true),
    );
}

/** Answers each line as it comes; a wrong line is answered with its error and the next one goes on. */
export async function run(points: string, json: boolean): Promise<void> {
  const input = points === '-' ? process.stdin : createReadStream(points, 'utf8');
  // Predictions need GPUs and models only, no product of the market.
  const catalog = loadCatalog({ vectorStores: {}, modelServers: {}, gateways: {}, clouds: {} });
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  try {
    for await (const line of lines) {
      if (line.trim() === '') continue;
      if (!process.stdout.write(`${JSON.stringify(answer(line))}\n`)) {
        await new Promise((resolve) => process.stdout.once('drain', resolve));
      }
    }
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    const found = `${points}: ${readFault(error)}`;
    reportFailure(
      wrongCommand({ path: '--points', asked: 'a file that can be read', found, change: 'Check the path.' }),
      json,
    );
  }

  function answer(line: string): PointPrediction | PointError {
    let point: unknown;
    try {
      point = JSON.parse(line);
    } catch (error) {
      return { id: null, error: `not JSON: ${(error as Error).message}` };
    }
    return predictPoint(point, catalog);
  }
}
