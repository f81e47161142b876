import type { Answers } from '../../lib/requirements/schema.ts';
import agenticCoding from './agentic-coding.json' with { type: 'json' };
import batchExtraction from './batch-extraction.json' with { type: 'json' };
import hipaaDocumentAssistant from './hipaa-document-assistant.json' with { type: 'json' };
import homelab from './homelab.json' with { type: 'json' };
import hostedWithFallback from './hosted-with-fallback.json' with { type: 'json' };
import supportChatRag from './support-chat-rag.json' with { type: 'json' };

/** Named starting answers: a real situation, whole and feasible within its own ceiling. */
export interface Preset {
  readonly title: string;
  /** One line, for the list. */
  readonly description: string;
  readonly answers: Answers;
}

/** JSON types widen `'aws'` to `string`; the preset test parses each file with the schema. */
const answers = (file: object) => file as Answers;

/** The presets in the order they are offered. */
export const presets = {
  'support-chat-rag': {
    title: 'Support chat with retrieval',
    description: 'Public support chat over 250,000 articles on an 8B model; streaming, one region, SOC 2.',
    answers: answers(supportChatRag),
  },
  'hipaa-document-assistant': {
    title: 'HIPAA document assistant',
    description:
      'Clinical staff ask 2 million records through a 70B model; HIPAA, United States, copies in a second region.',
    answers: answers(hipaaDocumentAssistant),
  },
  'agentic-coding': {
    title: 'Agentic coding assistant',
    description: 'Coding agents with long contexts and tools for 300 developers on a mixture-of-experts model.',
    answers: answers(agenticCoding),
  },
  'batch-extraction': {
    title: 'Overnight batch extraction',
    description: '400,000 documents to JSON each night within 8 hours on spot machines in the EU.',
    answers: answers(batchExtraction),
  },
  'hosted-with-fallback': {
    title: 'Hosted API with self-hosted fallback',
    description: 'A provider’s API inside the EU first, an open-weight model when it fails; GDPR, EU AI Act.',
    answers: answers(hostedWithFallback),
  },
  homelab: {
    title: 'Homelab',
    description: 'One 24 GB GPU at home for a few people; no ceremony, skipped safeguards listed.',
    answers: answers(homelab),
  },
} as const satisfies Record<string, Preset>;

export type PresetId = keyof typeof presets;
