/**
 * Runs the emitted pgvector schema in a real PostgreSQL with the real extension: creation twice, a refused dimension,
 * hybrid search by reciprocal rank, use of the index, and the size of the index against the formula that sizes machines.
 *
 *   node conformance/vector-stores/pgvector.ts        the first run installs the database with npm
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { hnswIndexBytes } from '../../blueprints/vector-stores/pgvector/index.ts';
import { pgvectorSchema } from '../../blueprints/vector-stores/pgvector/schema.ts';
import { fixturePlan } from '../../test/fixtures/plan.ts';

const packages = { '@electric-sql/pglite': '0.5.14', '@electric-sql/pglite-pgvector': '0.0.15' } as const;
const folder = join(process.env.GROUNDPLAN_CACHE ?? join(homedir(), '.cache', 'groundplan'), 'pglite');

interface Database {
  exec(sql: string): Promise<unknown>;
  query<Row>(sql: string, parameters?: readonly unknown[]): Promise<{ rows: Row[] }>;
  close(): Promise<void>;
}

async function openDatabase(): Promise<Database> {
  if (!existsSync(join(folder, 'node_modules', '@electric-sql', 'pglite-pgvector'))) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    const names = Object.entries(packages).map(([name, version]) => `${name}@${version}`);
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '-E', ...names], { cwd: folder, stdio: 'inherit' });
  }
  const resolve = createRequire(join(folder, 'package.json')).resolve;
  const load = async (name: string) => (await import(pathToFileURL(resolve(name)).href)) as Record<string, unknown>;
  const { PGlite } = (await load('@electric-sql/pglite')) as {
    PGlite: { create(options: object): Promise<Database> };
  };
  const { vector } = await load('@electric-sql/pglite-pgvector');
  return PGlite.create({ extensions: { vector } });
}

let failures = 0;
function check(title: string, passed: boolean, detail = ''): void {
  if (!passed) failures += 1;
  console.log(`${passed ? 'ok  ' : 'FAIL'} ${title}${detail ? `: ${detail}` : ''}`);
}

/** A small generator of its own, so that every run sees the same vectors. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
}

const literal = (dimension: number, next: () => number) =>
  `[${Array.from({ length: dimension }, () => next().toFixed(4)).join(',')}]`;

function planOf(dimension: number) {
  const plan = fixturePlan();
  if (!plan.vectorStore) throw new Error('the fixture has a store');
  return fixturePlan({ vectorStore: { ...plan.vectorStore, dimension, collection: `corpus--model--${dimension}` } });
}

const count = 300;

/** Rows first and the graph after them, as a first load does it. */
async function fill(database: Database, dimension: number): Promise<void> {
  const schema = pgvectorSchema(planOf(dimension));
  const table = `corpus--model--${dimension}`;
  for (const statement of schema) await database.exec(statement);
  await database.exec(`DROP INDEX "${table}_hnsw"`);
  const next = random(dimension);
  for (let start = 0; start < count; start += 100) {
    const rows = Array.from({ length: 100 }, (_, offset) => {
      const id = start + offset;
      const content = id === 42 ? 'the part number is QX-7741' : `chunk ${id} speaks of topic ${id % 17}`;
      return `('doc-${id}', 0, '${content}', '\\x00', '${literal(dimension, next)}')`;
    });
    await database.exec(
      `INSERT INTO "${table}" (document_id, chunk, content, content_hash, embedding) VALUES ${rows.join(',')}`,
    );
  }
  for (const statement of schema) await database.exec(statement);
}

const database = await openDatabase();
const [server] = (await database.query<{ server_version: string }>('SHOW server_version')).rows;
console.log(`PostgreSQL ${server?.server_version}`);

const dimension = 1024;
const table = `corpus--model--${dimension}`;
await fill(database, dimension);
check('the schema is created, and created again', true, `${pgvectorSchema(planOf(dimension)).length} statements`);
const query = literal(dimension, random(7));

const refused = await database
  .query(
    `INSERT INTO "${table}" (document_id, chunk, content, content_hash, embedding) VALUES ('x', 0, 'x', '\\x00', '${literal(768, random(1))}')`,
  )
  .then(
    () => '',
    (error: Error) => error.message,
  );
check('a vector of another dimension is refused (D8.8)', refused.includes('expected 1024 dimensions'), refused);

const hybrid = await database.query<{ document_id: string; score: number }>(
  `SELECT * FROM "${table}_search"($1, $2::halfvec(${dimension}), 5)`,
  ['QX-7741', query],
);
check(
  'a part number nobody’s vector knows is found by its words (D8.4)',
  hybrid.rows.some(({ document_id }) => document_id === 'doc-42'),
  hybrid.rows.map(({ document_id }) => document_id).join(' '),
);
const ordered = hybrid.rows.every(({ score }, index, all) => index === 0 || score <= (all[index - 1]?.score ?? 0));
check('hybrid answers come best first', ordered && hybrid.rows.length === 5);

await database.exec('SET enable_seqscan = off');
const explained = await database.query<{ 'QUERY PLAN': string }>(
  `EXPLAIN SELECT id FROM "${table}" ORDER BY embedding <=> '${query}'::halfvec(${dimension}) LIMIT 10`,
);
check('the graph answers a dense query', JSON.stringify(explained.rows).includes('_hnsw'));
await database.exec('SET enable_seqscan = on');
const exact = await database.query<{ id: number }>(
  `SELECT id FROM "${table}" ORDER BY embedding::vector(${dimension}) <=> '${query}'::vector(${dimension}) LIMIT 10`,
);
const near = await database.query<{ id: number }>(
  `SELECT id FROM "${table}" ORDER BY embedding <=> '${query}'::halfvec(${dimension}) LIMIT 10`,
);
const common = near.rows.filter(({ id }) => exact.rows.some((each) => each.id === id)).length;
check('half precision finds what single precision finds', common >= 9, `${common} of 10`);

for (const each of [384, 768, 1024, 1536, 3072]) {
  const name = `corpus--model--${each}`;
  if (each !== dimension) await fill(database, each);
  const [size] = (await database.query<{ bytes: number }>(`SELECT pg_relation_size('"${name}_hnsw"') AS bytes`)).rows;
  const measured = Number(size?.bytes);
  const predicted = hnswIndexBytes(count, each);
  const error = predicted / measured - 1;
  check(
    `index of ${each} dimensions`,
    Math.abs(error) < 0.15,
    `${Math.round(measured / count)} bytes a vector measured, ${Math.round(predicted / count)} planned (${(100 * error).toFixed(1)}%)`,
  );
}
await database.close();
process.exitCode = failures === 0 ? 0 : 1;
