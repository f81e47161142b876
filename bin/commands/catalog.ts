import type { Command } from 'commander';
import { loadCatalog } from '../../blueprints/catalog.ts';
import { products } from '../../blueprints/index.ts';
import type { Catalog } from '../../lib/catalog/catalog.ts';
import { checkCatalog } from '../../lib/catalog/check.ts';
import { didYouMean } from '../../lib/catalog/did-you-mean.ts';
import { lookUpGpu, lookUpModel } from '../../lib/catalog/find.ts';
import type { Source } from '../../lib/catalog/source.ts';
import type { Reason } from '../../lib/outcome.ts';
import { exitCodes, paint, printJson, reportFailure, wrongCommand } from '../output.ts';
import { table } from '../print-plan.ts';

interface Options {
  readonly json?: boolean;
  /** ISO date that ages are counted to. */
  readonly today?: string;
  readonly maxAge?: string;
}

/** A row of any table, as the commands need it. */
interface Fact {
  readonly id: string;
  readonly summary: string;
  readonly sources: readonly Source[];
  readonly row: unknown;
}

const number = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 3 });
const gibibytes = (bytes: number) => `${number(Number((bytes / 2 ** 30).toFixed(1)))} GiB`;
const billions = (count: number) => `${number(Number((count / 1e9).toFixed(2)))}B`;

/** Lowest on-demand price and its region: what a list has room for. */
function cheapest(prices: Catalog['offers'][number]['prices']): string {
  const [first] = [...prices].sort((a, b) => a.onDemandUsdPerHour - b.onDemandUsdPerHour);
  return first ? `from ${first.onDemandUsdPerHour} USD/h (${first.region})` : 'no price in any source';
}

const tables = {
  gpus: (catalog) =>
    catalog.gpus.map((row) => ({
      id: row.id,
      summary: [
        gibibytes(row.memoryBytesDriver ?? row.memoryBytesNominal),
        row.memoryBytesPerSecond === undefined ? undefined : `${number(row.memoryBytesPerSecond / 1e9)} GB/s`,
        row.denseFlopsPerSecond.bf16 === undefined
          ? undefined
          : `${number(row.denseFlopsPerSecond.bf16 / 1e12)} TFLOPS bf16`,
        row.architecture,
      ]
        .filter((part) => part !== undefined)
        .join(', '),
      sources: row.sources,
      row,
    })),
  models: (catalog) =>
    catalog.models.map((row) => ({
      id: row.id,
      summary: `${row.kind}, ${billions(row.parameters)}${row.moe ? `, ${billions(row.activeParameters)} active` : ''}, ${number(row.maxPositionEmbeddings)} tokens, ${row.nativeDtype}`,
      sources: row.sources,
      row,
    })),
  offers: (catalog) =>
    catalog.offers.map((row) => ({
      id: row.instanceType,
      summary: `${row.gpu ? `${row.gpu.count} × ${row.gpu.id}, ` : ''}${row.vcpus} vCPU, ${gibibytes(row.memoryBytes)}, ${cheapest(row.prices)}`,
      sources: [...row.sources, ...row.prices.flatMap((price) => price.sources)],
      row,
    })),
  managed: (catalog) =>
    (catalog.managedInstances ?? []).map((row) => ({
      id: `${row.service}/${row.instanceType}`,
      summary: cheapest(row.prices),
      sources: row.prices.flatMap((price) => price.sources),
      row,
    })),
  hosted: (catalog) =>
    catalog.hostedModels.map((row) => ({
      id: row.id,
      summary: `${row.provider}, ${row.mode}, ${row.inputUsdPerMillionTokens} in / ${row.outputUsdPerMillionTokens} out USD per million tokens`,
      sources: row.sources,
      row,
    })),
  services: (catalog) =>
    catalog.servicePrices.map((row) => ({
      id: `${row.service}: ${row.item}${row.tier === undefined ? '' : ` (${row.tier})`}, ${row.region}`,
      summary: `${row.usd} USD per ${row.unit}, confidence ${row.confidence}`,
      sources: row.sources,
      row,
    })),
  products: (catalog) =>
    (['vectorStores', 'modelServers', 'gateways', 'clouds'] as const).flatMap((kind) =>
      Object.entries(catalog.products[kind]).map(([id, row]) => ({
        id,
        summary: row.title,
        sources: row.sources,
        row,
      })),
    ),
} as const satisfies Record<string, (catalog: Catalog) => readonly Fact[]>;

type TableName = keyof typeof tables;
const tableNames = Object.keys(tables) as TableName[];

/** Whole days between two ISO dates. */
function daysBetween(from: string, to: string): number {
  return Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000));
}

/** The oldest of its sources makes a fact old. */
function oldest(sources: readonly Source[]): Source | undefined {
  return [...sources].sort((a, b) => (a.date < b.date ? -1 : 1))[0];
}

/** The date ages are counted to; undefined after the refusal of a wrong one was printed. */
function todayOf(options: Options): string | undefined {
  const today = options.today ?? new Date().toISOString().slice(0, 10);
  if (/^\d{4}-\d{2}-\d{2}$/.test(today) && !Number.isNaN(Date.parse(today))) return today;
  refuse(
    { path: '--today', asked: 'a date like 2026-01-31', found: today, change: 'Write year, month and day.' },
    options,
  );
  return undefined;
}

function refuse(reason: Reason, options: Options): void {
  reportFailure(wrongCommand(reason), options.json === true);
}

function listed(fact: Fact, today: string) {
  const source = oldest(fact.sources);
  return {
    id: fact.id,
    summary: fact.summary,
    ageDays: source === undefined ? undefined : daysBetween(source.date, today),
    source: source?.ref ?? '',
  };
}

function list(name: string | undefined, options: Options) {
  const today = todayOf(options);
  if (today === undefined) return;
  const catalog = loadCatalog(products);
  if (name === undefined) {
    const rows = tableNames.map((each) => ({ table: each, rows: tables[each](catalog).length }));
    if (options.json) return printJson({ date: catalog.date, tables: rows });
    const lines = rows.map((row) => [row.table, String(row.rows)]);
    process.stdout.write(`Catalogue of ${catalog.date}\n${table([['table', 'rows'], ...lines])}\n`);
    return;
  }
  if (!Object.hasOwn(tables, name)) {
    const change = didYouMean(name, tableNames, `Choose one of ${tableNames.join(', ')}.`);
    return refuse({ path: 'catalog list', asked: 'a table of the catalogue', found: `«${name}»`, change }, options);
  }
  const rows = tables[name as TableName](catalog).map((fact) => listed(fact, today));
  if (options.json) return printJson(rows);
  const cells = rows.map((row) => [
    row.id,
    row.summary,
    row.ageDays === undefined ? '' : `${row.ageDays} d`,
    row.source,
  ]);
  process.stdout.write(`${table([['id', 'facts', 'age', 'oldest source'], ...cells], '')}\n`);
}

/** Facts by their id; models and GPUs by their usual aliases too. */
function findFacts(catalog: Catalog, id: string): readonly (Fact & { readonly table: TableName })[] {
  const model = lookUpModel(catalog.models, id)?.id;
  const gpu = lookUpGpu(catalog.gpus, id)?.id;
  const wanted = new Set([id.toLowerCase(), model?.toLowerCase(), gpu?.toLowerCase()]);
  return tableNames.flatMap((name) =>
    tables[name](catalog)
      .filter((fact) => wanted.has(fact.id.toLowerCase()) || fact.id.toLowerCase().endsWith(`/${id.toLowerCase()}`))
      .map((fact) => ({ ...fact, table: name })),
  );
}

function show(id: string, options: Options) {
  const today = todayOf(options);
  if (today === undefined) return;
  const catalog = loadCatalog(products);
  const facts = findFacts(catalog, id);
  if (facts.length === 0) {
    const ids = tableNames.flatMap((name) => tables[name](catalog).map((fact) => fact.id));
    const change = didYouMean(id, ids, 'See `groundplan catalog list`.');
    return refuse({ path: 'catalog show', asked: 'a fact of the catalogue', found: `«${id}»`, change }, options);
  }
  if (options.json)
    return printJson(facts.map((fact) => ({ table: fact.table, row: fact.row, ageDays: ages(fact.sources, today) })));
  for (const fact of facts) {
    process.stdout.write(`${paint('bold', fact.id)} (${fact.table})\n${fields(fact.row, '  ')}`);
    for (const source of unique(fact.sources)) {
      const note = source.note === undefined ? '' : ` (${source.note})`;
      process.stdout.write(
        `  source  ${source.ref}, ${source.date}, ${daysBetween(source.date, today)} days old${note}\n`,
      );
    }
  }
}

const ages = (sources: readonly Source[], today: string) => sources.map((source) => daysBetween(source.date, today));

function unique(sources: readonly Source[]): readonly Source[] {
  return [...new Map(sources.map((source) => [JSON.stringify(source), source])).values()];
}

function fields(row: unknown, indent: string): string {
  if (typeof row !== 'object' || row === null) return '';
  return Object.entries(row)
    .filter(([key, value]) => key !== 'sources' && typeof value !== 'function')
    .map(([key, value]) => {
      if (key === 'prices' && Array.isArray(value)) return prices(value as Catalog['offers'][number]['prices'], indent);
      return `${indent}${key}  ${typeof value === 'object' ? JSON.stringify(value) : value}\n`;
    })
    .join('');
}

function prices(rows: Catalog['offers'][number]['prices'], indent: string): string {
  if (rows.length === 0) return `${indent}prices  in no source\n`;
  const cells = rows.map((row) => [
    row.region,
    String(row.onDemandUsdPerHour),
    String(row.reserved1yNoUpfrontUsdPerHour ?? ''),
    String(row.spotUsdPerHour ?? ''),
  ]);
  return `${table([['USD/h in', 'on-demand', 'reserved 1y', 'spot'], ...cells], indent)}\n`;
}

function check(options: Options) {
  const today = todayOf(options);
  if (today === undefined) return;
  const limit = Number(options.maxAge ?? 365);
  if (!(limit >= 0)) {
    const found = String(options.maxAge);
    refuse(
      { path: '--max-age', asked: 'a number of days', found, change: 'Write for example --max-age 180.' },
      options,
    );
    return;
  }
  const catalog = loadCatalog(products);
  const reasons = checkCatalog(catalog);
  const stale = tableNames.map((name) => {
    const facts = tables[name](catalog).map((fact) => listed(fact, today));
    const old = facts.filter((fact) => (fact.ageDays ?? 0) > limit);
    return {
      table: name,
      rows: facts.length,
      olderThanLimit: old.length,
      oldestDays: Math.max(0, ...facts.map((fact) => fact.ageDays ?? 0)),
    };
  });
  if (reasons.length > 0) process.exitCode = exitCodes.bug;
  if (options.json) return printJson({ date: catalog.date, today, maxAgeDays: limit, reasons, tables: stale });
  const cells = stale.map((row) => [row.table, String(row.rows), String(row.olderThanLimit), `${row.oldestDays} d`]);
  process.stdout.write(
    `Catalogue of ${catalog.date}, checked for ${today}\n${table([['table', 'rows', `over ${limit} d`, 'oldest'], ...cells])}\n`,
  );
  for (const { path, found } of reasons) process.stdout.write(`  ${path}: ${found}\n`);
  process.stdout.write(
    reasons.length === 0 ? 'Every row has its source and fits its schema.\n' : `${reasons.length} rows are wrong.\n`,
  );
}

export function configure(command: Command): void {
  command.addHelpText(
    'after',
    `
Examples:
  groundplan catalog list                      the tables and their sizes
  groundplan catalog list models
  groundplan catalog show H100-SXM
  groundplan catalog show RedHatAI/Llama-3.1-8B-Instruct-FP8
  groundplan catalog check --max-age 180`,
  );
  const withOptions = (child: Command) =>
    child
      .option('--json', 'print JSON')
      .option('--today <date>', 'count ages to this date, YYYY-MM-DD (default: the machine’s)');
  withOptions(command.command('list [table]').description(`print a table: ${tableNames.join(', ')}`)).action(list);
  withOptions(command.command('show <id>').description('print one fact whole, with every source and its age')).action(
    show,
  );
  withOptions(command.command('check').description('parse every row, refuse one without a source, count the old ones'))
    .option('--max-age <days>', 'a row is old beyond this', '365')
    .action(check);
}
