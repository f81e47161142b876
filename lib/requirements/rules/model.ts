import { didYouMean } from '../../catalog/did-you-mean.ts';
import { findHostedModel, findModel, lookUpGpu } from '../../catalog/find.ts';
import type { Reason } from '../../outcome.ts';
import { missing, type Rule, reason } from './rule.ts';

/** Q3: each class names what it needs, and nothing twice. */
const classIsNamed: Rule = ({ model, compliance }) => {
  if (!model) return [];
  const reasons: Reason[] = [];
  const open = model.id !== undefined || model.configFile !== undefined;
  if (model.class !== 'hosted' && !open)
    reasons.push(
      missing(
        'model.id',
        `an open-weight model for the class ${model.class} (Q3)`,
        'Name one, or give model.configFile.',
      ),
    );
  if (model.id !== undefined && model.configFile !== undefined)
    reasons.push(
      reason('model.configFile', 'a model from one place', 'an id and a config file', 'Remove one of the two.'),
    );
  if (model.class !== 'open-weight' && model.hostedId === undefined)
    reasons.push(
      missing(
        'model.hostedId',
        `a hosted model for the class ${model.class} (Q3)`,
        'Name one of `groundplan catalog list hosted`.',
      ),
    );
  if (model.revision !== undefined && model.id === undefined)
    reasons.push(
      reason(
        'model.revision',
        'a revision of model.id',
        'a revision without an id',
        'Add model.id, or remove the revision.',
      ),
    );
  if (compliance?.dataMayLeave === false) {
    if (model.class === 'hosted')
      reasons.push(
        reason(
          'model.class',
          'open-weight: prompts may not leave (D2.1)',
          'hosted',
          'Set it to open-weight, or compliance.dataMayLeave to true.',
        ),
      );
    else if (model.hostedId !== undefined)
      reasons.push(
        reason(
          'model.hostedId',
          'no provider’s API: prompts may not leave (D2.1)',
          `«${model.hostedId}»`,
          'Remove it and set model.class to open-weight, or compliance.dataMayLeave to true.',
        ),
      );
  }
  return reasons;
};

/** Ids that the catalogue knows, and a context that the model has. */
const modelIsKnown: Rule = ({ model }, catalog) => {
  if (!model || !catalog) return [];
  const reasons: Reason[] = [];
  if (model.id !== undefined) {
    const found = findModel(catalog, model.id);
    if (!found.ok) reasons.push(...found.reasons);
    else if (found.value.kind !== 'chat')
      reasons.push(
        reason(
          'model.id',
          'a chat model',
          `${found.value.id}, which is a model of kind ${found.value.kind}`,
          'Name a chat model.',
        ),
      );
    else if (model.maxContextTokens > found.value.maxPositionEmbeddings)
      reasons.push(
        reason(
          'model.maxContextTokens',
          `at most the ${found.value.maxPositionEmbeddings} tokens of ${found.value.id}`,
          `${model.maxContextTokens} tokens`,
          'Lower it, or name a model with a longer context.',
        ),
      );
  }
  if (model.hostedId !== undefined) {
    const found = findHostedModel(catalog, model.hostedId);
    if (!found.ok) reasons.push(...found.reasons);
    else if (found.value.mode !== 'chat')
      reasons.push(
        reason(
          'model.hostedId',
          'a chat model',
          `${found.value.id}, which is for ${found.value.mode}`,
          'Name a chat model.',
        ),
      );
    else if (found.value.contextWindowTokens !== undefined && model.maxContextTokens > found.value.contextWindowTokens)
      reasons.push(
        reason(
          'model.maxContextTokens',
          `at most the ${found.value.contextWindowTokens} tokens of ${found.value.id}`,
          `${model.maxContextTokens} tokens`,
          'Lower it, or name a model with a longer context.',
        ),
      );
  }
  return reasons;
};

/** GPU names in the answers are names of the catalogue. */
const gpusAreKnown: Rule = ({ infrastructure }, catalog) => {
  if (!infrastructure || !catalog) return [];
  const ids = catalog.gpus.map((gpu) => gpu.id);
  const named: (readonly [string, string])[] = [
    ...(infrastructure.gpu.allow ?? []).map((gpu, index) => [`infrastructure.gpu.allow[${index}]`, gpu] as const),
    ...Object.keys(infrastructure.gpu.quota ?? {}).map((gpu) => [`infrastructure.gpu.quota.${gpu}`, gpu] as const),
    ...infrastructure.owned.map((machine, index) => [`infrastructure.owned[${index}].gpu`, machine.gpu] as const),
  ];
  return named
    .filter(([, gpu]) => lookUpGpu(catalog.gpus, gpu) === undefined)
    .map(([path, gpu]) =>
      reason(path, 'a GPU of the catalogue', `«${gpu}»`, didYouMean(gpu, ids, `Name one of ${ids.join(', ')}.`)),
    );
};

/** Q4: a fine-tuning that is wanted is described; one that is not leaves nothing behind. */
const fineTuningIsWhole: Rule = ({ fineTuning }) => {
  if (!fineTuning) return [];
  const details = ['goal', 'examples', 'format', 'dataPath'] as const;
  if (!fineTuning.needed) {
    return [...details, 'labelKappa' as const]
      .filter((name) => fineTuning[name] !== undefined)
      .map((name) =>
        reason(
          `fineTuning.${name}`,
          'nothing: fine-tuning is not needed',
          String(fineTuning[name]),
          'Remove it, or set fineTuning.needed to true.',
        ),
      );
  }
  const reasons: Reason[] = details
    .filter((name) => fineTuning[name] === undefined)
    .map((name) =>
      missing(
        `fineTuning.${name}`,
        'an answer: fine-tuning is needed (Q4)',
        'Add it, or set fineTuning.needed to false.',
      ),
    );
  if (fineTuning.goal === 'classification-extraction' && fineTuning.labelKappa === undefined)
    reasons.push(
      missing(
        'fineTuning.labelKappa',
        'the agreement of the labels for classification (D6.8)',
        'Add Cohen’s kappa, measured on a doubly labelled sample.',
      ),
    );
  const ending = fineTuning.dataPath?.split('.').at(-1);
  if (ending !== undefined && fineTuning.format !== undefined && ending !== fineTuning.format)
    reasons.push(
      reason(
        'fineTuning.dataPath',
        `a file of the format ${fineTuning.format}`,
        `one that ends in .${ending}`,
        'Make the two agree.',
      ),
    );
  return reasons;
};

/** Q5: retrieval has a corpus, and a corpus has retrieval. */
const retrievalIsWhole: Rule = ({ retrieval }) => {
  if (!retrieval) return [];
  const details = ['corpus', 'updates', 'stalenessToleranceHours', 'keywordSearch'] as const;
  if (!retrieval.needed) {
    return details
      .filter((name) => retrieval[name] !== undefined)
      .map((name) =>
        reason(
          `retrieval.${name}`,
          'nothing: retrieval is not needed',
          name === 'corpus' ? 'a corpus' : String(retrieval[name]),
          'Remove it, or set retrieval.needed to true.',
        ),
      );
  }
  const reasons: Reason[] = details
    .filter((name) => retrieval[name] === undefined)
    .map((name) =>
      missing(`retrieval.${name}`, 'an answer: retrieval is needed (Q5)', 'Add it, or set retrieval.needed to false.'),
    );
  const { updates, stalenessToleranceHours } = retrieval;
  if (updates === 'real-time' && stalenessToleranceHours !== undefined && stalenessToleranceHours > 24)
    reasons.push(
      reason(
        'retrieval.updates',
        `daily or slower: a source may be ${stalenessToleranceHours} h old`,
        'real-time',
        'Lower the tolerance to 1 h or so, or set updates to daily.',
      ),
    );
  return reasons;
};

export const modelRules: readonly Rule[] = [
  classIsNamed,
  modelIsKnown,
  gpusAreKnown,
  fineTuningIsWhole,
  retrievalIsWhole,
];
