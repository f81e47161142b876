/**
 * The performance model. In comes a deployment, a load or a plain serving requirement; out come memory, step times,
 * simulated percentiles, and the cheapest machines that meet every goal, or what would have to give. It knows nothing of
 * answers, decisions or products, reads no clock, and every figure it returns says how far it can be trusted.
 */
export { type MeasuredRun, readBenchmarkResults } from './benchmark-results.ts';
export { calibrate } from './calibrate.ts';
export { computeMemory } from './memory.ts';
export { type PointError, type PointPrediction, predictPoint } from './predict.ts';
export { type SimulationInput, type SimulationResult, simulate } from './simulate.ts';
export { sizeServing } from './size-serving.ts';
export { prepareStepTime } from './step-time.ts';
export type * from './types.ts';
