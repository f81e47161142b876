import { z } from 'zod';
import { ask } from '../question.ts';

export const frameworks = ['gdpr', 'hipaa', 'soc2', 'pci-dss', 'fedramp-moderate', 'iso27001', 'eu-ai-act'] as const;

/** Q7: compliance. */
export const compliance = z.strictObject({
  residency: ask(z.enum(['none', 'eu', 'us', 'us-gov', 'uk', 'ca', 'au', 'jp', 'in']), {
    row: 'Q7',
    prompt: 'Where must data stay?',
    help: 'Regions and providers outside are refused.',
  }),
  pii: ask(z.enum(['none', 'present', 'sensitive']), {
    row: 'Q7',
    prompt: 'Personal data in prompts or documents',
    help: 'sensitive: health, payment, children. Decides redaction, logging, keys.',
  }),
  dataMayLeave: ask(z.boolean(), {
    row: 'Q7',
    prompt: 'May prompts leave your infrastructure?',
    help: 'If not, everything is self-hosted (D2.1), without exception.',
  }),
  auditLog: z.strictObject({
    required: ask(z.boolean(), {
      row: 'Q7',
      prompt: 'Must inputs and outputs be logged?',
      help: 'The prompt-audit pipeline and its write-once store (P13).',
    }),
    retentionDays: ask(z.number().int().min(1).max(36_500).optional(), {
      row: 'Q7',
      prompt: 'Days the audit log is kept',
      help: 'A regime may ask for more; the longer one wins.',
      unit: 'days',
    }),
  }),
  frameworks: ask(z.array(z.enum(frameworks)), {
    row: 'Q7',
    prompt: 'Frameworks the platform is audited against',
    help: 'Each changes resources, retention, regions and documents.',
  }),
});
