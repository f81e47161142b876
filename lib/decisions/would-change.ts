import type { Outcome } from '../outcome.ts';
import { answerAt, withValue } from '../requirements/path.ts';
import type { Requirements } from '../requirements/schema.ts';
import type { Decided } from './decided.ts';
import { answerText } from './decision.ts';
import type { Decision } from './record.ts';

const limitPerDecision = 6;

/** Neighbouring values of an answer: every other choice of a list, thresholds of the rows for a number. */
type Neighbours = (requirements: Requirements) => readonly unknown[];

const flip =
  (path: string): Neighbours =>
  (requirements) => [answerAt(requirements, path) !== true];
const oneOf =
  (...values: readonly unknown[]): Neighbours =>
  () =>
    values;

/** Answers whose change decides, each with values on both sides of its rows. Sizes stay as they were sized. */
const neighbours: Readonly<Record<string, Neighbours>> = {
  'retrieval.updates': oneOf('static', 'weekly', 'daily', 'real-time'),
  'retrieval.corpus.documents': oneOf(50_000, 100_001, 500_000, 1_000_000, 5_000_000, 10_000_000, 20_000_000),
  'retrieval.keywordSearch': oneOf('none', 'helpful', 'first-class'),
  'retrieval.structuredMatch': flip('retrieval.structuredMatch'),
  'retrieval.managedPreferred': flip('retrieval.managedPreferred'),
  'retrieval.documentStructure': oneOf('uniform', 'inconsistent', 'long-sectioned'),
  'retrieval.recall': oneOf('normal', 'low', 'diverse'),
  'retrieval.rerank': flip('retrieval.rerank'),
  'retrieval.existing': oneOf([], ['postgres'], ['elasticsearch'], ['opensearch']),
  'fineTuning.needed': flip('fineTuning.needed'),
  'fineTuning.narrowTask': flip('fineTuning.narrowTask'),
  'fineTuning.promptingFails': flip('fineTuning.promptingFails'),
  'fineTuning.gpuMemoryTight': flip('fineTuning.gpuMemoryTight'),
  'fineTuning.labelKappa': oneOf(0.7, 0.9),
  'fineTuning.examples': oneOf(400, 5000, 50_000, 200_000),
  'fineTuning.goal': oneOf(
    'instruction-following',
    'preference',
    'reasoning',
    'classification-extraction',
    'generation',
  ),
  'compliance.dataMayLeave': flip('compliance.dataMayLeave'),
  'model.class': oneOf('open-weight', 'hosted', 'either'),
  'model.iterationSpeedFirst': flip('model.iterationSpeedFirst'),
  'model.qualityTolerance': oneOf('strict', 'moderate', 'relaxed'),
  'throughput.requestsPerSecond.expected': (requirements) => {
    const rate = requirements.throughput.requestsPerSecond?.expected;
    return rate === undefined ? [] : [rate / 100, rate / 10, rate / 3, rate * 3, rate * 10];
  },
  'throughput.sharedPrefixTokens': oneOf(0, 1000),
  'infrastructure.existing.triton': flip('infrastructure.existing.triton'),
  'infrastructure.existing.huggingFace': flip('infrastructure.existing.huggingFace'),
  'infrastructure.cpuOnly': flip('infrastructure.cpuOnly'),
  'infrastructure.workloadsBesideLlm': oneOf([], ['vision']),
  'infrastructure.existing.clusterName': oneOf(undefined, 'a-cluster-of-yours'),
  'infrastructure.isolated': flip('infrastructure.isolated'),
  'infrastructure.provisioning': oneOf(undefined, 'managed-node-groups', 'karpenter', 'auto-mode'),
  'operations.environment': oneOf('homelab', 'dev', 'staging', 'prod'),
  'application.shape': oneOf('single-call', 'chain', 'agent'),
  'application.output': oneOf('free-text', 'json', 'function-calls'),
  'application.languages': oneOf(['en'], ['en', 'de']),
  'application.lowDiversityOutput': flip('application.lowDiversityOutput'),
  'application.repeatedQuestions': flip('application.repeatedQuestions'),
};

/** The answers with one value changed; the rest is shared. */
export function withAnswer(requirements: Requirements, path: string, value: unknown): Requirements {
  return withValue(requirements, path.split('.'), value) as Requirements;
}

/** A changed answer must still make sense without asking further questions. */
function askable(path: string, requirements: Requirements): boolean {
  const section = path.split('.').slice(0, -1).join('.');
  if (path.startsWith('retrieval.') && !requirements.retrieval.needed) return false;
  if (path.startsWith('fineTuning.') && !requirements.fineTuning.needed && path !== 'fineTuning.needed') return false;
  if (path === 'fineTuning.needed' && requirements.fineTuning.examples === undefined) return false;
  return answerAt(requirements, section) !== undefined;
}

/** Fills `wouldChange` of every record by deciding again with one answer changed, sizes unchanged. */
export function withNeighbours(
  decided: Decided,
  requirements: Requirements,
  decideAgain: (neighbour: Requirements) => Outcome<Decided>,
): Decided {
  const changes = new Map<string, Decision['wouldChange']>();
  const unpinned = { ...requirements, pins: {} };
  for (const [path, values] of Object.entries(neighbours)) {
    if (!askable(path, requirements)) continue;
    const from = answerAt(requirements, path);
    const moved = new Set<string>();
    for (const value of nearestFirst(values(requirements), from)) {
      if (JSON.stringify(value) === JSON.stringify(from)) continue;
      const other = decideAgain(withAnswer(unpinned, path, value));
      if (!other.ok) continue;
      for (const record of decided.records) {
        if (moved.has(record.id) || requirements.pins[record.id]) continue;
        const choice = other.value.records.find((row) => row.id === record.id)?.choice;
        if (choice === undefined || choice === record.choice) continue;
        moved.add(record.id);
        const change = {
          path,
          from: answerText(requirements, path),
          to: answerText(withAnswer(requirements, path, value), path),
          choice,
        };
        changes.set(record.id, [...(changes.get(record.id) ?? []), change]);
      }
    }
  }
  return {
    ...decided,
    records: decided.records.map((record) => ({
      ...record,
      wouldChange: ownAnswersFirst(changes.get(record.id) ?? [], record).slice(0, limitPerDecision),
    })),
  };
}

function nearestFirst(values: readonly unknown[], from: unknown): readonly unknown[] {
  if (typeof from !== 'number') return values;
  const distance = (value: unknown) => (typeof value === 'number' ? Math.abs(Math.log((value + 1) / (from + 1))) : 0);
  return values.toSorted((a, b) => distance(a) - distance(b));
}

function ownAnswersFirst(changes: Decision['wouldChange'], record: Decision): Decision['wouldChange'] {
  const reads = new Set(record.answers.map((answer) => answer.path));
  return [
    ...changes.filter((change) => reads.has(change.path)),
    ...changes.filter((change) => !reads.has(change.path)),
  ];
}
