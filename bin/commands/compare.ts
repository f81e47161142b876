import type { Command } from 'commander';
import { comparePlans, comparisonText } from '../../lib/explain/index.ts';
import { makePlan } from '../../lib/make-plan.ts';
import { printJson, progress, reportFailure } from '../output.ts';
import { planFrom } from '../planning.ts';

export function configure(command: Command): void {
  command
    .argument('<a>', 'answers file, YAML or JSON; or preset:<id>')
    .argument('<b>', 'answers file, YAML or JSON; or preset:<id>')
    .option('--set <path=value>', 'replace one answer of the second; may be repeated', collect, [])
    .option('--json', 'print the comparison as JSON')
    .addHelpText(
      'after',
      `
Examples:
  groundplan compare today.yaml tomorrow.yaml
  groundplan compare preset:support-chat-rag preset:support-chat-rag --set retrieval.updates=daily
  groundplan compare a.yaml b.yaml --json | jq '.differences[].id'`,
    )
    .action(
      async (first: string, second: string, options: { readonly set: readonly string[]; readonly json?: boolean }) => {
        const json = options.json === true;
        progress('planning both …');
        const a = planFrom(sourceOf(first));
        if (!a.ok) return reportFailure(a, json);
        const b = planFrom({ ...sourceOf(second), set: options.set });
        if (!b.ok) return reportFailure(b, json);
        const comparison = comparePlans(a.value.plan, b.value.plan, (requirements) => {
          const plan = makePlan(requirements, b.value.catalog);
          return plan.ok ? plan.value : undefined;
        });
        if (json) return printJson(comparison);
        process.stdout.write(comparisonText(comparison));
      },
    );
}

function sourceOf(name: string): { readonly preset: string } | { readonly answers: string } {
  return name.startsWith('preset:') ? { preset: name.slice('preset:'.length) } : { answers: name };
}

function collect(value: string, all: readonly string[]): readonly string[] {
  return [...all, value];
}
