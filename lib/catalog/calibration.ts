/**
 * Corrections of one GPU from a user's own measurement: each multiplies the time of one kind of work, so 1.1 means 10%
 * slower than the shipped factors say.
 */
export interface CalibrationScales {
  /** Weights and cache read: what binds small batches. */
  readonly memory: number;
  /** Arithmetic: what binds prefill and large batches. */
  readonly compute: number;
  /** Launches, scheduling, collectives' latency: what a step costs whatever is in it. */
  readonly step: number;
  /** Front end of a request: HTTP, tokenizer, first response. */
  readonly request: number;
}

/** What `groundplan calibrate` stores beside the answers, one entry a GPU id. */
export interface Calibration extends CalibrationScales {
  /** Models that were measured; figures of these are `measured`, of others still `modelled`. */
  readonly modelIds: readonly string[];
  /** Points that were fitted. */
  readonly points: number;
  /** 80th percentile of the relative errors that were left. */
  readonly errorBand: number;
}

export type Calibrations = Readonly<Record<string, Calibration>>;
