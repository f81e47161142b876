import { z } from 'zod';

const source = z.strictObject({ ref: z.string(), date: z.string(), note: z.string().optional() });
const basis = z.enum(['measured', 'modelled', 'assumed']);

/** One way a decision could have gone. */
const option = z.strictObject({
  id: z.string(),
  title: z.string(),
  pros: z.array(z.string()),
  cons: z.array(z.string()),
  usdPerMonth: z.number().optional(),
  /** Absent on the chosen one. */
  rejectedBecause: z.strictObject({ kind: z.enum(['limit', 'cost', 'rule', 'advice']), text: z.string() }).optional(),
});

/** A decision as data: the plan keeps it; records, `explain` and `compare` print it and argue nothing. */
export const decisionSchema = z.strictObject({
  /** `D1` … `D11`. */
  id: z.string(),
  title: z.string(),
  question: z.string(),
  /** Chosen option id, the registry key of the product where there is one. */
  choice: z.string(),
  choiceTitle: z.string(),
  /** Rows of the reference that fired, first the one that decided: `D7.1`. */
  rows: z.array(z.string()),
  reasons: z.array(z.string()),
  options: z.array(option),
  /** Answers it read: path and value. */
  answers: z.array(z.strictObject({ path: z.string(), value: z.string() })),
  evidence: z.array(z.strictObject({ text: z.string(), basis, source })),
  /** The nearest single answer that would change it, found by deciding again. */
  wouldChange: z.array(z.strictObject({ path: z.string(), from: z.string(), to: z.string(), choice: z.string() })),
  /** Settings that follow from it, for emitters and records: `maxNumSeqs: 128`. */
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
  /** Figures behind the choice over one variable, for a plot: D2.3's two bills over the volume. */
  curve: z
    .strictObject({
      title: z.string(),
      x: z.strictObject({ title: z.string(), values: z.array(z.number()) }),
      series: z.array(z.strictObject({ title: z.string(), values: z.array(z.number()) })),
      crossing: z.number().optional(),
    })
    .optional(),
  consequences: z.array(z.string()),
  effort: z.string(),
  risk: z.string(),
  reversal: z.string(),
  migration: z.string(),
  pinned: z
    .strictObject({ reason: z.string(), against: z.string().optional(), costUsdPerMonth: z.number().optional() })
    .optional(),
});

export type Decision = z.output<typeof decisionSchema>;
