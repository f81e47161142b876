import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { ZodError } from 'zod';
import { explain, explanationText, nearSubjects } from '../../lib/explain/index.ts';
import { type Outcome, ok } from '../../lib/outcome.ts';
import { type Plan, readPlan } from '../../lib/plan/plan.ts';
import { readFault } from '../disk.ts';
import { printJson, reportFailure, wrongCommand } from '../output.ts';
import { addSourceOptions, type PlanSource, planFrom } from '../planning.ts';

interface Options extends PlanSource {
  readonly plan?: string;
  readonly json?: boolean;
}

export function configure(command: Command): void {
  addSourceOptions(
    command.argument('<subject>', 'decision (D7), row (D7.1, Q5, V4), answer path, resource, flag or alert'),
  )
    .option('--plan <file>', 'a plan.json made before')
    .option('--answers <file>', 'answers to plan from; groundplan.yaml by default')
    .option('--json', 'print the chain as JSON')
    .addHelpText(
      'after',
      `
Examples:
  groundplan explain D7 --preset support-chat-rag
  groundplan explain retrieval.updates --answers groundplan.yaml
  groundplan explain chat/--max-num-seqs --plan plan.json
  groundplan explain TtftP95High --plan plan.json --json`,
    )
    .action(async (subject: string, options: Options) => {
      const plan = await planOf(options);
      if (!plan.ok) return reportFailure(plan, options.json === true);
      const explanation = explain(plan.value, subject);
      if (!explanation) {
        const near = nearSubjects(plan.value, subject);
        const change = near.length
          ? `Did you mean ${near.join(', ')}?`
          : 'Name a decision, row, answer, resource, flag or alert.';
        const asked = 'something the plan or the reference knows';
        const failure = wrongCommand({ path: 'subject', asked, found: subject, change });
        return reportFailure(failure, options.json === true);
      }
      if (options.json) return printJson(explanation);
      process.stdout.write(explanationText(explanation));
    });
}

async function planOf(options: Options): Promise<Outcome<Plan>> {
  if (options.plan !== undefined) return planFile(options.plan);
  const source =
    options.preset === undefined && options.answers === undefined
      ? { ...options, answers: 'groundplan.yaml' }
      : options;
  const planned = planFrom(source);
  if (!planned.ok) return planned;
  const { withEmitterLinks } = await import('../../blueprints/links.ts');
  return ok(await withEmitterLinks(planned.value.plan));
}

function planFile(path: string): Outcome<Plan> {
  try {
    return ok(readPlan(readFileSync(path, 'utf8')));
  } catch (error) {
    const found = error instanceof ZodError ? 'JSON that is no such plan' : readFault(error);
    return wrongCommand({
      path: '--plan',
      asked: 'a plan.json of this version',
      found: `${path}: ${found}`,
      change: 'Make it with `groundplan plan --out plan.json`.',
    });
  }
}
