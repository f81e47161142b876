import type { PartialAnswers } from './questions.ts';

type Predicate = (answers: PartialAnswers) => boolean;

const batch: Predicate = ({ throughput }) => throughput?.pattern === 'batch';
const singleUser: Predicate = ({ throughput }) => throughput?.pattern === 'single-user';
const onAws: Predicate = ({ infrastructure }) => infrastructure?.cloud === 'aws';
const onPremises: Predicate = ({ infrastructure }) => infrastructure?.cloud === 'on-premises';
const selfHosts: Predicate = ({ model }) => model?.class !== 'hosted' || model?.id !== undefined;
const retrieves: Predicate = ({ retrieval }) => retrieval?.needed === true;
const tunes: Predicate = ({ fineTuning }) => fineTuning?.needed === true;
const existingCluster: Predicate = ({ infrastructure }) => infrastructure?.existing?.clusterName !== undefined;
const existingNetwork: Predicate = ({ infrastructure }) => infrastructure?.existing?.vpcId !== undefined;
const logs: Predicate = ({ compliance }) => compliance?.auditLog?.required === true;
const traced: Predicate = ({ throughput }) => throughput?.traceFile !== undefined;

/** When an answer matters, by its path; a path that is not here matters always. First match wins. */
const relevance: readonly (readonly [RegExp, Predicate])[] = [
  [/^latency\.(ttft|tpot)Ms/, (answers) => !batch(answers) && answers.latency?.streaming === true],
  [/^latency\.endToEndMs/, (answers) => !batch(answers) && answers.latency?.streaming === false],
  [/^throughput\.(requestsPerSecond|burstiness)/, (answers) => answers.throughput?.pattern === 'interactive'],
  [/^throughput\.activeHoursPerMonth/, (answers) => !batch(answers)],
  [/^throughput\.concurrency/, singleUser],
  [/^throughput\.batch/, batch],
  [/^throughput\.(input|output)Tokens/, (answers) => !traced(answers)],
  [/^model\.id$/, () => true],
  [/^model\.(revision|qualityTolerance)$/, selfHosts],
  [
    /^model\.hostedId$/,
    ({ model, compliance }) => model?.class !== 'open-weight' && compliance?.dataMayLeave !== false,
  ],
  [/^model\.iterationSpeedFirst$/, ({ model }) => model?.class !== 'open-weight'],
  [/^fineTuning\.labelKappa$/, ({ fineTuning }) => fineTuning?.goal === 'classification-extraction'],
  [/^fineTuning\.(?!needed$)/, tunes],
  [/^retrieval\.(?!needed$)/, retrieves],
  [
    /^infrastructure\.(regions|reservations|ownPrices|discountPercent|purchases|provisioning|nodeOperatingSystem|ipv6)/,
    onAws,
  ],
  [/^infrastructure\.owned/, onPremises],
  [/^infrastructure\.gpu/, (answers) => onAws(answers) && selfHosts(answers)],
  [/^infrastructure\.existing\.(privateSubnetIds|availabilityZones)/, existingNetwork],
  [/^infrastructure\.existing\.clusterSecurityGroupId/, existingCluster],
  [/^infrastructure\.existing\.(?!triton|huggingFace)/, onAws],
  [/^compliance\.auditLog\.retentionDays/, logs],
  [
    /^operations\.onCall/,
    ({ operations }) => operations?.environment === 'prod' || operations?.environment === 'staging',
  ],
  [/^operations\.crossRegionCopies/, onAws],
];

/** Does the answer at this path matter, given the answers so far? */
export function isRelevant(path: string, answers: PartialAnswers): boolean {
  return relevance.find(([pattern]) => pattern.test(path))?.[1](answers) ?? true;
}
