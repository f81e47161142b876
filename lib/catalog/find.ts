import { invalid, type Outcome, ok, type Reason } from '../outcome.ts';
import type { Catalog, HostedModel, Offer } from './catalog.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Gpu } from './gpu.ts';
import type { Model } from './model.ts';

/** Suffixes of re-quantized, converted or tuned copies: the shapes of the model are those of the name without them. */
const copySuffix =
  /[-_.](?:hf|instruct|chat|it|base|thinking|preview|terminus|exp|qat|q[2-8]-(?:[0k]|k-[sml])|fp8|fp8-dynamic|fp8-block|fp8-kv|static-pertensor|dynamic|block|awq|gptq|gptq-int[48]|int[48]|(?:nvfp4|fp4|fp8)-v\d|nvfp4|mxfp4|fp4|bf16|fp16|w4a16|w8a8|w8a16|w4a4|quantized|g128|gguf|bnb-4bit|bnb|4bit|8bit|marlin)$/;

/** Names that publishers changed between releases of one model. */
const renamed: readonly (readonly [RegExp, string])[] = [
  [/^meta-llama-/, 'llama-'],
  [/^nvidia-(?!nemotron)/, ''],
  [/^llama(?=\d)/, 'llama-'],
];

/** The name without organisation, in lower case, with the copies' suffixes taken off one after another. */
function bareNames(id: string): readonly string[] {
  let name = (id.split('/').at(-1) ?? id).toLowerCase().replaceAll('_', '-');
  for (const [pattern, replacement] of renamed) name = name.replace(pattern, replacement);
  name = name.replace(/-(?:instruct|chat|thinking)(?=-(?:v\d|\d{4}))/, '');
  const names = [name];
  for (let shorter = name.replace(copySuffix, ''); shorter !== name; shorter = name.replace(copySuffix, '')) {
    name = shorter;
    names.push(name);
  }
  // A release by its date (`-2507`) or a number before 1 (`-v0.3`) keeps the shapes of its line; a version (`-V4`) does not.
  const line = name.replace(/-(?:\d{4}|v0(?:\.\d+)*)$/, '');
  return line === name ? names : [...names, line.replace(copySuffix, '')];
}

interface ModelIndex {
  readonly exact: ReadonlyMap<string, Model>;
  readonly bare: ReadonlyMap<string, Model>;
}

const modelIndexes = new WeakMap<readonly Model[], ModelIndex>();

/** Built once a catalogue: thousands of points are looked up in one process. */
function modelIndex(models: readonly Model[]): ModelIndex {
  const known = modelIndexes.get(models);
  if (known) return known;
  const exact = new Map<string, Model>();
  const bare = new Map<string, Model>();
  for (const model of models) {
    exact.set(model.id.toLowerCase(), model);
    // A row's fuller names win over another row's shortened ones.
    const [full] = bareNames(model.id);
    if (full !== undefined) bare.set(full, model);
  }
  for (const model of models) {
    for (const name of bareNames(model.id).slice(1)) if (!bare.has(name)) bare.set(name, model);
  }
  const index = { exact, bare };
  modelIndexes.set(models, index);
  return index;
}

/**
 * The model behind an id or one of its usual aliases: another organisation's copy (`RedHatAI/…`, `nvidia/…`), a
 * quantized or converted one (`-FP8-dynamic`, `-AWQ`, `-GPTQ-Int4`, `-NVFP4`, `-w4a16`, `-hf`), with or without
 * `-Instruct`, in any case. An alias says nothing of the precision: the caller asks for that apart.
 */
export function lookUpModel(models: readonly Model[], id: string): Model | undefined {
  const index = modelIndex(models);
  const exact = index.exact.get(id.toLowerCase());
  if (exact) return exact;
  for (const name of bareNames(id)) {
    const found = index.bare.get(name);
    if (found) return found;
  }
  return undefined;
}

function unknown(path: string, what: string, id: string, change: string): Outcome<never> {
  return invalid([{ path, asked: `${what} of the catalogue`, found: `«${id}»`, change } satisfies Reason]);
}

/** @see lookUpModel - the same, with the nearest ids when there is none. */
export function findModel(
  catalog: Pick<Catalog, 'models'>,
  id: string,
  path = 'model.id',
  otherwise = 'Name one of `groundplan catalog list models`, or give its config.json as model.configFile.',
): Outcome<Model> {
  const model = lookUpModel(catalog.models, id);
  if (model) return ok(model);
  const ids = catalog.models.map((row) => row.id);
  const byName = new Map(ids.map((known) => [known.split('/').at(-1) ?? known, known]));
  const near = didYouMean(id.split('/').at(-1) ?? id, byName.keys(), '').replace(
    /[^\s,?]+(?=[,?]| or )/g,
    (name) => byName.get(name) ?? name,
  );
  return unknown(path, 'a model', id, near || otherwise);
}

/** Product names that the driver, clouds and benchmark tables print, in their plain form (see `plainGpuName`). */
const gpuAliases: Readonly<Record<string, string>> = {
  a100: 'A100-80',
  a10040gb: 'A100-40',
  a10080gb: 'A100-80',
  a10080gbpcie: 'A100-80-PCIE',
  a100pcie80gb: 'A100-80-PCIE',
  h100: 'H100-SXM',
  h10080gb: 'H100-SXM',
  h10080gbhbm3: 'H100-SXM',
  h100pcie80gb: 'H100-PCIE',
  h100nvl94gb: 'H100-NVL',
  h200141gb: 'H200',
  b200180gb: 'B200',
  b300288gb: 'B300',
  v100: 'V100-16',
  v10032gb: 'V100-32',
  rtxpro6000blackwell: 'RTX-PRO-6000',
  rtx6000pro: 'RTX-PRO-6000',
  4090: 'RTX-4090',
  3090: 'RTX-3090',
  inferentia2: 'INF2',
  trainium: 'TRN1',
  trainium2: 'TRN2',
};

/** Lower case, without maker, series words and separators: `NVIDIA-H100-80GB-HBM3` and `h100_80gb hbm3` are one. */
function plainGpuName(id: string): string {
  return id
    .toLowerCase()
    .replaceAll(/nvidia|amd|aws|tesla|geforce|instinct/g, '')
    .replaceAll(/sxm\d?/g, '')
    .replaceAll(/[^a-z0-9]/g, '');
}

const gpuIndexes = new WeakMap<readonly Gpu[], ReadonlyMap<string, Gpu>>();

function gpuIndex(gpus: readonly Gpu[]): ReadonlyMap<string, Gpu> {
  const known = gpuIndexes.get(gpus);
  if (known) return known;
  const index = new Map<string, Gpu>();
  const byId = new Map(gpus.map((gpu) => [gpu.id, gpu]));
  for (const [alias, id] of Object.entries(gpuAliases)) {
    const gpu = byId.get(id);
    if (gpu) index.set(alias, gpu);
  }
  for (const gpu of gpus) index.set(plainGpuName(gpu.id), gpu);
  for (const gpu of gpus) index.set(gpu.id.toLowerCase(), gpu);
  gpuIndexes.set(gpus, index);
  return index;
}

/** The GPU behind an id or the name that its driver or a benchmark prints (`NVIDIA H100 80GB HBM3`, `A100-40GB`). */
export function lookUpGpu(gpus: readonly Gpu[], id: string): Gpu | undefined {
  const index = gpuIndex(gpus);
  return index.get(id.toLowerCase()) ?? index.get(plainGpuName(id));
}

export function findGpu(catalog: Pick<Catalog, 'gpus'>, id: string, path = 'gpu'): Outcome<Gpu> {
  const gpu = lookUpGpu(catalog.gpus, id);
  if (gpu) return ok(gpu);
  const ids = catalog.gpus.map((row) => row.id);
  return unknown(path, 'a GPU', id, didYouMean(id, ids, `Name one of ${ids.join(', ')}.`));
}

export function findOffer(catalog: Catalog, instanceType: string, path = 'instanceType'): Outcome<Offer> {
  const offer = catalog.offers.find((row) => row.instanceType === instanceType.toLowerCase());
  if (offer) return ok(offer);
  const types = catalog.offers.map((row) => row.instanceType);
  return unknown(
    path,
    'an instance type',
    instanceType,
    didYouMean(instanceType, types, 'Name one of `groundplan catalog list offers`.'),
  );
}

export function findHostedModel(catalog: Catalog, id: string, path = 'model.hostedId'): Outcome<HostedModel> {
  const asked = id.toLowerCase();
  const bare = asked.split('/').at(-1);
  const model =
    catalog.hostedModels.find((row) => row.id.toLowerCase() === asked) ??
    catalog.hostedModels.find((row) => row.id.toLowerCase() === bare);
  if (model) return ok(model);
  const ids = catalog.hostedModels.map((row) => row.id);
  return unknown(path, 'a hosted model', id, didYouMean(id, ids, 'Name one of `groundplan catalog list hosted`.'));
}
