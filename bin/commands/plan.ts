import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { whyText } from '../../lib/explain/index.ts';
import { printJson, progress, reportFailure } from '../output.ts';
import { addSourceOptions, type PlanSource, planFrom } from '../planning.ts';
import { printPlan } from '../print-plan.ts';

interface Options extends PlanSource {
  readonly json?: boolean;
  readonly why?: boolean;
  readonly out?: string;
}

export function configure(command: Command): void {
  addSourceOptions(command.argument('[answers]', 'answers file, YAML or JSON; - reads standard input'))
    .option('--why', 'print the chain from answer to rule to decision to resource')
    .option('--out <file>', 'also write the plan as JSON')
    .option('--json', 'print the plan as JSON')
    .addHelpText(
      'after',
      `
Examples:
  groundplan plan groundplan.yaml
  groundplan plan --preset support-chat-rag --set infrastructure.costCeilingUsdPerMonth=20000
  groundplan plan groundplan.yaml --json | jq .cost.usdPerMonth`,
    )
    .action(async (answers: string | undefined, options: Options) => {
      progress('planning …');
      const outcome = planFrom({ ...options, ...(answers !== undefined && { answers }) });
      if (!outcome.ok) return reportFailure(outcome, options.json === true);
      // Only whoever reads the links pays for the emitters: they raise the stacks in memory.
      const links = options.why === true || options.json === true || options.out !== undefined;
      const plan = links
        ? await (await import('../../blueprints/links.ts')).withEmitterLinks(outcome.value.plan)
        : outcome.value.plan;
      if (options.out !== undefined) writeFileSync(options.out, `${JSON.stringify(plan, null, 2)}\n`);
      if (options.json) return printJson(plan);
      process.stdout.write(options.why ? whyText(plan) : printPlan(plan));
    });
}
