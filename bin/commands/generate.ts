import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { recoverProject, type WriteReport, writeProject } from '../../lib/artifacts/write.ts';

import { checkPlace } from '../disk.ts';
import { exitCodes, paint, printJson, progress, type Refusal, reportFailure, wrongCommand } from '../output.ts';
import { addSourceOptions, type PlanSource, planFrom } from '../planning.ts';

interface Options extends PlanSource {
  readonly json?: boolean;
  readonly out?: string;
  readonly replaceAnswers?: boolean;
  readonly dryRun?: boolean;
}

/** The project the answers already lie in, or a new folder beside them with the platform's name. */
function targetFolder(options: Options, answers: string | undefined, name: string): string {
  if (options.out !== undefined) return resolve(options.out);
  if (answers !== undefined && answers !== '-') {
    const folder = dirname(resolve(answers));
    if (existsSync(join(folder, '.groundplan')) || basename(folder) === name) return folder;
    return join(folder, name);
  }
  return resolve(name);
}

function otherAnswers(path: string): Refusal {
  const reason = {
    path,
    asked: 'to generate from other answers than the project holds',
    found: 'a groundplan.yaml with different contents',
    change: `Edit ${path} and generate from it, pass --replace-answers, or choose another --out.`,
  };
  return wrongCommand(reason);
}

export function printReport(root: string, report: WriteReport): string {
  const shown = relative(process.cwd(), root) || '.';
  const lines = [
    `${paint('bold', shown)}: ${report.created.length} new, ${report.updated.length} changed, ${report.unchanged.length} unchanged, ${report.removed.length} removed`,
  ];
  const kept = [...report.keptEdits, ...report.keptForeign];
  if (kept.length > 0) {
    lines.push(paint('yellow', `kept as you left them (the new contents lie under ${shown}/.groundplan/incoming/):`));
    lines.push(...kept.map((path) => `  ${path}`));
  }
  return `${lines.join('\n')}\n`;
}

export function configure(command: Command): void {
  addSourceOptions(command.argument('[answers]', 'answers file, YAML or JSON; - reads standard input'))
    .option('--out <folder>', 'where the project goes (default: beside the answers, by the name of the platform)')
    .option('--replace-answers', 'let these answers replace those a project already holds')
    .option('--dry-run', 'say what would be written, write nothing')
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      `
Writing is all or nothing. Files it did not generate, and generated files you edited, are reported and left alone.

Examples:
  groundplan generate groundplan.yaml
  groundplan generate --preset homelab --out my-lab`,
    )
    .action(async (answers: string | undefined, options: Options) => {
      if (options.out !== undefined && !options.dryRun) checkPlace(options.out);
      progress('planning …');
      const outcome = planFrom({ ...options, ...(answers !== undefined && { answers }) });
      if (!outcome.ok) return reportFailure(outcome, options.json === true);
      const { plan, answersText } = outcome.value;
      const root = targetFolder(options, answers, plan.name);
      if (options.out === undefined && !options.dryRun) checkPlace(root);
      if (existsSync(root)) recoverProject(root);
      const own = join(root, 'groundplan.yaml');
      const isOwn = answers !== undefined && answers !== '-' && resolve(answers) === own;
      const conflict = !isOwn && existsSync(own) && readFileSync(own, 'utf8') !== answersText;
      if (conflict && !options.replaceAnswers)
        return reportFailure(otherAnswers(relative(process.cwd(), own)), options.json === true);
      progress('generating …');
      const { projectArtifacts } = await import('../project-artifacts.ts');
      const artifacts = await projectArtifacts(plan);
      // The answers are the user's: written once, replaced only when that was asked for, never counted as generated.
      const answersArtifact = isOwn ? [] : [{ path: 'groundplan.yaml', contents: answersText }];
      if (options.dryRun) {
        const paths = [...artifacts, ...answersArtifact].map((artifact) => artifact.path).sort();
        if (options.json) printJson({ ok: true, root, dryRun: true, paths });
        else process.stdout.write(`${paths.join('\n')}\n`);
        return;
      }
      const report = writeProject(root, artifacts, answersArtifact);
      if (options.json) printJson({ ok: true, root, ...report });
      else
        process.stdout.write(
          `${printReport(root, report)}next: cd ${relative(process.cwd(), root) || '.'} && npm install && npx ${
            plan.platform.cloud === 'aws' ? 'cdk synth' : 'groundplan verify .'
          }\n`,
        );
      process.exitCode = exitCodes.done;
    });
}
