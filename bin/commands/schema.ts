import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { answersJsonSchema } from '../../lib/requirements/json-schema.ts';

export function configure(command: Command): void {
  command
    .option('--out <file>', 'write it to a file instead of printing it')
    .option('--json', 'print JSON, as it does without')
    .addHelpText(
      'after',
      `
Editors complete and check an answers file whose first line is
  # yaml-language-server: $schema=.groundplan/answers.schema.json

Examples:
  groundplan schema | jq .properties.latency
  groundplan schema --out answers.schema.json`,
    )
    .action(({ out }: { readonly out?: string }) => {
      const text = `${JSON.stringify(answersJsonSchema(), null, 2)}\n`;
      if (out === undefined) process.stdout.write(text);
      else writeFileSync(out, text);
    });
}
