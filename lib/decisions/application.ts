import { type Outcome, ok } from '../outcome.ts';
import type { Requirements } from '../requirements/schema.ts';
import type { ApplicationChoice } from './decided.ts';
import { count, evidence, type Ruling, recordOf, reference, settle } from './decision.ts';
import type { Decision } from './record.ts';

const maxAgentIterations = 12;
const chainSteps = 4;

/** D9: chain or agent, and how its output is held to a form. */
export function chooseApplication(
  requirements: Requirements,
): Outcome<{ readonly value: ApplicationChoice; readonly record: Decision }> {
  const { application, throughput, model } = requirements;
  const typed = application.output !== 'free-text';
  const agent = application.shape === 'agent';
  const ruling: Ruling<'agent' | 'chain'> = {
    rows: [agent ? 'D9.1' : 'D9.2', typed ? 'D9.3' : 'D9.4'],
    admits: [agent ? 'agent' : 'chain'],
    because: agent
      ? 'several steps, tools and decisions at run time need a loop with state and limits.'
      : 'the steps are known beforehand; a chain is easier to test.',
    ranking: 'order',
  };
  const settled = settle('D9', requirements.pins, applicationOptions, ruling);
  if (!settled.ok) return settled;
  const shape = settled.value.choice;
  const outputTokens = throughput.outputTokens?.p95 ?? 1024;
  const maxIterations = shape === 'agent' ? maxAgentIterations : application.shape === 'chain' ? chainSteps : 1;
  const value: ApplicationChoice = {
    shape,
    structuredOutput:
      application.output === 'json'
        ? 'json-schema'
        : application.output === 'function-calls'
          ? 'function-calling'
          : 'none',
    maxIterations,
    maxTokensPerRun: Math.ceil(maxIterations * (model.maxContextTokens / 2 + outputTokens)),
    outputChecks: typed
      ? ['schema validation', 'content filter']
      : ['format check', 'content filter', ...(requirements.compliance.pii === 'none' ? [] : ['personal-data filter'])],
  };
  const record = recordOf(requirements, settled.value, {
    id: 'D9',
    title: 'Application shape',
    question: 'A prompt chain or an agent, and in what form does the output come?',
    reasons: [
      typed
        ? `D9.3: ${application.output} is enforced by guided decoding and the tool parser of the server, never by prose alone.`
        : 'D9.4: free text passes format checks and content filters after generation.',
    ],
    reads: [
      'application.shape',
      'application.output',
      'application.exposure',
      'compliance.pii',
      'model.maxContextTokens',
    ],
    evidence: [
      evidence(
        `A run is bounded by ${maxIterations} steps, each with half the context and one long output; traces replace the assumption.`,
        'assumed',
        reference,
      ),
    ],
    parameters: {
      maxIterations,
      maxTokensPerRun: value.maxTokensPerRun,
      structuredOutput: value.structuredOutput,
      outputChecks: [...value.outputChecks],
    },
    consequences: [
      `A run ends after ${maxIterations} step${maxIterations === 1 ? '' : 's'} or ${count(value.maxTokensPerRun)} tokens, whichever comes first.`,
      ...(typed ? ['The server is started with guided decoding and the parser of the model.'] : []),
    ],
    effort: shape === 'agent' ? 'Two to four weeks with tools and their tests.' : 'Days.',
    risk:
      shape === 'agent'
        ? 'Loops and tool misuse; limits and traces bound them.'
        : 'A case outside the chain fails openly.',
    reversal: 'The reference application holds both shapes behind one endpoint.',
    migration: 'Turn each chain step into a tool, or fix an agent’s usual path as a chain.',
  });
  return ok({ value, record });
}

const applicationOptions = [
  {
    id: 'chain',
    title: 'Prompt chain',
    pros: ['Each step is tested apart.', 'Cost and latency are known beforehand.'],
    cons: ['Cannot choose its own steps.'],
    unmet: [],
    rows: ['D9.2'],
  },
  {
    id: 'agent',
    title: 'Agent loop with explicit state',
    pros: ['Chooses tools and steps at run time.'],
    cons: ['Cost and latency vary; limits must end a run.', 'Harder to test.'],
    unmet: [],
    rows: ['D9.1'],
  },
] as const;
