/** Mean queue, running sequences and cache use over equal slices of time. */
export interface Timeline {
  readonly sliceSeconds: number;
  readonly queued: readonly number[];
  readonly running: readonly number[];
  readonly kvCacheUtilization: readonly number[];
}

const slices = 128;

/** Sums over a fixed number of slices; the slice doubles when time outgrows them, so memory never grows. */
export interface TimelineRecorder {
  sliceSeconds: number;
  readonly seconds: Float64Array;
  readonly queued: Float64Array;
  readonly running: Float64Array;
  readonly kv: Float64Array;
}

export function createTimeline(): TimelineRecorder {
  return {
    sliceSeconds: 1,
    seconds: new Float64Array(slices),
    queued: new Float64Array(slices),
    running: new Float64Array(slices),
    kv: new Float64Array(slices),
  };
}

function halve(recorder: TimelineRecorder): void {
  for (const sums of [recorder.seconds, recorder.queued, recorder.running, recorder.kv]) {
    for (let slice = 0; slice < slices / 2; slice++) {
      sums[slice] = (sums[2 * slice] as number) + (sums[2 * slice + 1] as number);
    }
    sums.fill(0, slices / 2);
  }
  recorder.sliceSeconds *= 2;
}

/** Adds one stretch of time, counted where it ends. */
export function recordStretch(
  recorder: TimelineRecorder,
  endSeconds: number,
  seconds: number,
  queued: number,
  running: number,
  kv: number,
): void {
  while (endSeconds >= recorder.sliceSeconds * slices) halve(recorder);
  const slice = Math.floor(endSeconds / recorder.sliceSeconds);
  recorder.seconds[slice] = (recorder.seconds[slice] as number) + seconds;
  recorder.queued[slice] = (recorder.queued[slice] as number) + queued * seconds;
  recorder.running[slice] = (recorder.running[slice] as number) + running * seconds;
  recorder.kv[slice] = (recorder.kv[slice] as number) + kv * seconds;
}

export function readTimeline(recorder: TimelineRecorder): Timeline {
  const mean = (sums: Float64Array): number[] => {
    const means: number[] = [];
    for (let slice = 0; slice < slices; slice++) {
      const seconds = recorder.seconds[slice] as number;
      means.push(seconds > 0 ? (sums[slice] as number) / seconds : 0);
    }
    let last = slices;
    while (last > 1 && (recorder.seconds[last - 1] as number) === 0) last--;
    return means.slice(0, last);
  };
  const queued = mean(recorder.queued);
  const length = queued.length;
  return {
    sliceSeconds: recorder.sliceSeconds,
    queued,
    running: mean(recorder.running).slice(0, length),
    kvCacheUtilization: mean(recorder.kv).slice(0, length),
  };
}
