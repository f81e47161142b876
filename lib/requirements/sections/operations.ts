import { z } from 'zod';
import { ask } from '../question.ts';

/** Q9: operations. */
export const operations = z.strictObject({
  environment: ask(z.enum(['homelab', 'dev', 'staging', 'prod']), {
    row: 'Q9',
    prompt: 'Environment',
    help: 'Ceremony follows it: a homelab skips what the record then lists with its risk.',
  }),
  availabilityPercent: ask(z.number().min(90).max(99.99), {
    row: 'Q9',
    prompt: 'Availability goal',
    help: '99.9% and above: spare replica and several zones.',
    unit: '%',
  }),
  onCall: z
    .strictObject({
      channel: ask(z.string().min(3).max(200), {
        row: 'Q9',
        prompt: 'On-call channel',
        help: 'Where alarms go: an e-mail address or #channel. Never a token or webhook secret.',
        example: 'platform-oncall@example.com',
      }),
      pages: ask(z.string().min(2).max(120), {
        row: 'Q9',
        prompt: 'Who is paged',
        help: 'A team or rota, printed on every runbook.',
      }),
    })
    .optional(),
  users: ask(z.number().int().positive().max(1_000_000_000), {
    row: 'Q9',
    prompt: 'Users',
    help: 'Per-user limits times users bound the load.',
    unit: 'users',
  }),
  rateLimitPerUser: z.strictObject({
    requestsPerMinute: ask(z.number().positive().max(1_000_000), {
      row: 'Q9',
      prompt: 'Requests a user may make',
      help: 'Enforced at the gateway (P5).',
      unit: 'requests/min',
    }),
    tokensPerMinute: ask(z.number().positive().max(1_000_000_000), {
      row: 'Q9',
      prompt: 'Tokens a user may use',
      help: 'Input and output; keeps one user from starving the rest.',
      unit: 'tokens/min',
    }),
  }),
  rtoHours: ask(z.number().min(0.05).max(8760), {
    row: 'Q9',
    prompt: 'Recovery time objective',
    help: 'How long a restore may take.',
    unit: 'hours',
  }),
  rpoHours: ask(z.number().min(0).max(8760), {
    row: 'Q9',
    prompt: 'Recovery point objective',
    help: 'How much data may be lost: the backup interval.',
    unit: 'hours',
  }),
  crossRegionCopies: ask(z.boolean().default(false), {
    row: 'Q9',
    prompt: 'Backups in a second region?',
    help: 'Survives the loss of a region; the second of the regions answered above takes the copies (P15).',
    advanced: true,
  }),
});
