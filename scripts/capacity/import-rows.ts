import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rowsOf } from './csv.ts';

const whole = [
  'inferencemax.csv',
  'nvidia-internal.csv',
  'blis-train.csv',
  'vllm-memory-ledger.csv',
  'kernel-allreduce.csv',
];

/** Token counts kept of the kernel file; the rest differ from these by one, to show tile edges. */
const keptTokens = new Set([
  1, 2, 4, 8, 16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 8192, 16384,
]);

/** Copies the calibration files, the kernel file cut to the rows a fit can use. Returns the folder they lie in. */
export function importRows(from: string, to: string): string {
  mkdirSync(to, { recursive: true });
  for (const name of whole) copyFileSync(join(from, name), join(to, name));
  const text = readFileSync(join(from, 'kernel-gemm.csv'), 'utf8');
  const kept = rowsOf(text).filter((row) => row.dtype !== 'fp8_block' && keptTokens.has(Number(row.m)));
  const lines = kept.map((row) => [row.system, row.dtype, row.m, row.n, row.k, row.latency_ms].join(','));
  const header = '# source: ai-dynamo/aiconfigurator@095f58a51, systems data, Apache-2.0; vLLM 0.14 (A100) and 0.24';
  writeFileSync(join(to, 'kernel-gemm.csv'), `${[header, 'system,dtype,m,n,k,latency_ms', ...lines].join('\n')}\n`);
  return to;
}
