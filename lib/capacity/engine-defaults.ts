import type { Gpu } from '../catalog/gpu.ts';
import type { Source } from '../catalog/source.ts';

/** What `vllm serve` does when a flag is left out, by engine version and GPU. */
export interface EngineDefaults {
  readonly maxNumSeqs: number;
  readonly maxNumBatchedTokens: number;
  readonly gpuMemoryUtilization: number;
  /** The next step is scheduled while the present one runs, so an arrival waits one step more. */
  readonly asyncScheduling: boolean;
  /** A request enters only when its whole input fits the free cache, not just its first chunk. */
  readonly reserveFullInput: boolean;
}

interface VersionedDefault {
  /** First version the row holds for. */
  readonly from: readonly [number, number];
  readonly asyncScheduling: boolean;
  readonly reserveFullInput: boolean;
  readonly gpuMemoryUtilization: number;
  readonly sources: readonly [Source, ...Source[]];
}

/** Newest last. */
const byVersion: readonly [VersionedDefault, ...VersionedDefault[]] = [
  {
    from: [0, 8],
    asyncScheduling: false,
    reserveFullInput: false,
    gpuMemoryUtilization: 0.9,
    sources: [
      {
        ref: 'vllm-project/vllm@00024d314514:vllm/v1/core/sched/scheduler.py',
        date: '2025-12-01',
        note: 'the day of the commit is not in the stored copy; the month is that of the release line',
      },
    ],
  },
  {
    from: [0, 14],
    asyncScheduling: true,
    reserveFullInput: false,
    gpuMemoryUtilization: 0.9,
    sources: [{ ref: 'vllm-project/vllm pull request 31998', date: '2026-01-08', note: 'released in 0.14.0' }],
  },
  {
    from: [0, 19],
    asyncScheduling: true,
    reserveFullInput: true,
    gpuMemoryUtilization: 0.9,
    sources: [
      {
        ref: 'vllm-project/vllm@003df2961dd8:vllm/v1/core/kv_cache_manager.py',
        date: '2026-08-01',
        note: 'the day of the commit is not in the stored copy; that 0.19 has it on by default is from users of 0.19.0',
      },
    ],
  },
  {
    from: [0, 22],
    asyncScheduling: true,
    reserveFullInput: true,
    gpuMemoryUtilization: 0.92,
    sources: [
      {
        ref: 'vLLM 0.31.0 documentation, gpu-memory-utilization',
        date: '2026-11-01',
        note: 'the release that moved 0.90 to 0.92 is not known; 0.22 is taken',
      },
    ],
  },
];

/** Version the planner assumes when none is asked. */
export const newestEngineVersion = '0.31.0';

/** Cards with at least this much memory get the larger batch limits, the A100 by name excepted. */
const largeMemoryBytes = 70 * 2 ** 30;

/** `0.11.2` and `v0.11.2` to [0, 11]; undefined when it names no version. */
function versionPair(version: string): readonly [number, number] | undefined {
  const found = /(\d+)\.(\d+)/.exec(version);
  return found ? [Number(found[1]), Number(found[2])] : undefined;
}

/**
 * Defaults of the API server of one engine version on one GPU.
 *
 * Batch limits by card (EngineArgs.get_batch_defaults): 8,192 tokens and 1,024 sequences from 70 GiB up except A100;
 * 2,048 and 256 otherwise.
 */
export function engineDefaults(gpu: Gpu, engineVersion: string | undefined): EngineDefaults {
  const version =
    versionPair(engineVersion ?? newestEngineVersion) ?? (versionPair(newestEngineVersion) as [number, number]);
  let row: VersionedDefault = byVersion[0];
  for (const candidate of byVersion) {
    const [major, minor] = candidate.from;
    if (version[0] > major || (version[0] === major && version[1] >= minor)) row = candidate;
  }
  const memoryBytes = gpu.memoryBytesDriver ?? gpu.memoryBytesNominal;
  const large = memoryBytes >= largeMemoryBytes && !gpu.id.startsWith('A100');
  return {
    maxNumSeqs: large ? 1024 : 256,
    maxNumBatchedTokens: large ? 8192 : 2048,
    gpuMemoryUtilization: row.gpuMemoryUtilization,
    asyncScheduling: row.asyncScheduling,
    reserveFullInput: row.reserveFullInput,
  };
}
