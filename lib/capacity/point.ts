import { z } from 'zod';
import type { Catalog } from '../catalog/catalog.ts';
import { findGpu, findModel } from '../catalog/find.ts';
import type { Gpu } from '../catalog/gpu.ts';
import type { Model } from '../catalog/model.ts';
import { invalid, type Outcome, ok, type Reason } from '../outcome.ts';
import { quote, reasonsOf } from '../requirements/issues.ts';

const count = z.number().int().positive();
const tokens = z.number().positive().max(10_000_000);

/** One line of `groundplan predict --points`: a deployment and a load. Keys it does not know are left alone. */
export const pointSchema = z.object({
  id: z.union([z.string(), z.number()], { error: 'a text or a number' }),
  model: z.string().min(1),
  gpu: z.string().min(1),
  tensorParallelSize: count.max(64).default(1),
  pipelineParallelSize: count.max(64).default(1),
  expertParallelSize: count.max(1024).default(1),
  replicas: count.max(10_000).default(1),
  precision: z.enum(['bf16', 'fp16', 'fp8', 'nvfp4', 'mxfp4', 'int4']),
  kvPrecision: z.enum(['bf16', 'fp16', 'fp8']).optional(),
  inputTokens: tokens,
  outputTokens: tokens,
  inputTokensStd: z.number().min(0).optional(),
  outputTokensStd: z.number().min(0).optional(),
  concurrency: count.max(1_000_000).optional(),
  requestRate: z.number().positive().max(1_000_000).optional(),
  requests: count.max(10_000_000).optional(),
  maxNumSeqs: count.max(1_000_000).optional(),
  maxNumBatchedTokens: count.max(10_000_000).optional(),
  maxModelLen: count.max(100_000_000).optional(),
  gpuMemoryUtilization: z.number().positive().max(1).optional(),
  prefixHitRate: z.number().min(0).max(1).default(0),
  engineVersion: z.string().optional(),
});

export type Point = z.output<typeof pointSchema>;

/** A zod issue in the user's words. A point has no questions; its keys are told by the command's help. */
export function pointReasons(issue: z.core.$ZodIssue, input: unknown): readonly Reason[] {
  return reasonsOf(
    issue,
    input,
    () => undefined,
    () => Object.keys(pointSchema.shape),
    'groundplan predict --help',
  );
}

/** The model of a point, or of a server that was measured. */
export function servedModel(id: string, catalog: Pick<Catalog, 'models'>, path: string): Outcome<Model> {
  return findModel(catalog, id, path, 'Name one of `groundplan catalog list models`.');
}

/** A point with its GPU and model, or all that is wrong with it at once. */
export function readPoint(
  input: unknown,
  catalog: Pick<Catalog, 'gpus' | 'models'>,
): Outcome<{ readonly point: Point; readonly gpu: Gpu; readonly model: Model }> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    const change = 'Write one point a line; its keys are in `groundplan predict --help`.';
    return invalid([{ path: 'point', asked: 'a JSON object', found: quote(input, 'point'), change }]);
  }
  const parsed = pointSchema.safeParse(input);
  const raw: { readonly [Key in keyof Point]?: unknown } = input;
  const problems: Reason[] = (parsed.error?.issues ?? []).flatMap((issue) => pointReasons(issue, input));
  if (raw.concurrency === undefined && raw.requestRate === undefined) {
    const change = 'Add one of them: it says what the load is.';
    problems.push({ path: 'concurrency', asked: 'concurrency or requestRate', found: 'neither', change });
  }
  const gpu = typeof raw.gpu === 'string' && raw.gpu !== '' ? findGpu(catalog, raw.gpu, 'gpu') : undefined;
  if (gpu?.ok === false) problems.push(...gpu.reasons);
  const model =
    typeof raw.model === 'string' && raw.model !== '' ? servedModel(raw.model, catalog, 'model') : undefined;
  if (model?.ok === false) problems.push(...model.reasons);
  if (model?.ok && parsed.data) problems.push(...uncutHeads(parsed.data.tensorParallelSize, model.value));
  const [first, ...others] = problems;
  if (first) return invalid([first, ...others]);
  if (!parsed.data || !gpu?.ok || !model?.ok) throw new Error('a point was refused without a reason');
  return ok({ point: parsed.data, gpu: gpu.value, model: model.value });
}

function uncutHeads(size: number, model: Model): readonly Reason[] {
  const heads = model.numAttentionHeads;
  if (heads % size === 0) return [];
  const sizes = Array.from({ length: 64 }, (_, index) => index + 1).filter((each) => heads % each === 0);
  const asked = `a number that divides the ${heads} attention heads`;
  return [{ path: 'tensorParallelSize', asked, found: String(size), change: `Write one of ${sizes.join(', ')}.` }];
}
