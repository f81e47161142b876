import { readdirSync, readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import type { KubernetesObject } from '../../blueprints/kubernetes/index.ts';

interface SchemaFile {
  readonly source: string;
  readonly kinds: Readonly<Record<string, object>>;
  readonly definitions: Readonly<Record<string, object>>;
}

const folder = new URL('./schemas/', import.meta.url);
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as SchemaFile);

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
const compiled = new Map<string, ValidateFunction>();

function validator(type: string): ValidateFunction | undefined {
  const known = compiled.get(type);
  if (known) return known;
  const file = files.find(({ kinds }) => type in kinds);
  if (!file) return undefined;
  const validate = ajv.compile({ ...file.kinds[type], definitions: file.definitions });
  compiled.set(type, validate);
  return validate;
}

/** What the pinned version's schema says against an object; `undefined` where no schema of its kind is kept here. */
export function schemaProblems(object: KubernetesObject): readonly string[] | undefined {
  const validate = validator(`${object.apiVersion}/${object.kind}`);
  if (!validate) return undefined;
  if (validate(object)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
