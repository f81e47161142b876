/**
 * Writes `test/kubernetes/schemas/*.json`: the schemas of every kind the charts emit, for the pinned versions, without
 * descriptions and closed to unknown fields. They come from the Go modules of each project; `go` must be installed.
 *
 *   node conformance/kubernetes/refresh-schemas.ts
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { crdModules, kubernetes, moduleDirectory } from './modules.ts';

type Schema = { [key: string]: unknown };

/** Kinds of Kubernetes itself, as its OpenAPI names them. */
const kinds: Readonly<Record<string, string>> = {
  'v1/Namespace': 'io.k8s.api.core.v1.Namespace',
  'v1/ServiceAccount': 'io.k8s.api.core.v1.ServiceAccount',
  'v1/Service': 'io.k8s.api.core.v1.Service',
  'v1/ConfigMap': 'io.k8s.api.core.v1.ConfigMap',
  'v1/ResourceQuota': 'io.k8s.api.core.v1.ResourceQuota',
  'v1/LimitRange': 'io.k8s.api.core.v1.LimitRange',
  'apps/v1/Deployment': 'io.k8s.api.apps.v1.Deployment',
  'apps/v1/StatefulSet': 'io.k8s.api.apps.v1.StatefulSet',
  'batch/v1/Job': 'io.k8s.api.batch.v1.Job',
  'batch/v1/CronJob': 'io.k8s.api.batch.v1.CronJob',
  'rbac.authorization.k8s.io/v1/Role': 'io.k8s.api.rbac.v1.Role',
  'rbac.authorization.k8s.io/v1/RoleBinding': 'io.k8s.api.rbac.v1.RoleBinding',
  'networking.k8s.io/v1/NetworkPolicy': 'io.k8s.api.networking.v1.NetworkPolicy',
  'networking.k8s.io/v1/Ingress': 'io.k8s.api.networking.v1.Ingress',
  'policy/v1/PodDisruptionBudget': 'io.k8s.api.policy.v1.PodDisruptionBudget',
  'scheduling.k8s.io/v1/PriorityClass': 'io.k8s.api.scheduling.v1.PriorityClass',
  'storage.k8s.io/v1/StorageClass': 'io.k8s.api.storage.v1.StorageClass',
};

const target = new URL('../../test/kubernetes/schemas/', import.meta.url);

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Without prose and Kubernetes' own marks; an object that names its fields takes no others. */
function compact(schema: unknown, inProperties = false): unknown {
  if (Array.isArray(schema)) return schema.map((each) => compact(each));
  if (!isObject(schema)) return schema;
  if (inProperties) return Object.fromEntries(Object.entries(schema).map(([key, each]) => [key, compact(each)]));
  if (schema['x-kubernetes-int-or-string']) return { anyOf: [{ type: 'integer' }, { type: 'string' }] };
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const kept: Schema = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'description' || key === 'default' || key === 'format' || key === 'title' || key === 'example')
      continue;
    if (key.startsWith('x-kubernetes')) continue;
    // Go's inline flags have no word in this language.
    if (key === 'pattern' && typeof value === 'string' && value.includes('(?i)')) continue;
    if (key === 'properties') kept[key] = compact(value, true);
    else if (key === 'enum' || key === 'required') kept[key] = value;
    else kept[key] = compact(value);
  }
  if (isObject(kept.properties) && kept.additionalProperties === undefined && !open) kept.additionalProperties = false;
  return kept;
}

/** The definitions a kind needs, by reference. */
function withReferences(definitions: Schema, roots: readonly string[]): Schema {
  const needed: Schema = {};
  const visit = (name: string): void => {
    if (name in needed) return;
    const definition = special[name] ?? compact(definitions[name]);
    needed[name] = definition;
    for (const match of JSON.stringify(definition).matchAll(/"#\/definitions\/([^"]+)"/g)) visit(match[1] as string);
  };
  for (const root of roots) visit(root);
  return Object.fromEntries(Object.entries(needed).sort(([left], [right]) => (left < right ? -1 : 1)));
}

const special: Schema = {
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { anyOf: [{ type: 'integer' }, { type: 'string' }] },
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { anyOf: [{ type: 'number' }, { type: 'string' }] },
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': { type: 'object' },
};

const metadata = {
  type: 'object',
  required: ['name'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', maxLength: 253, pattern: '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$' },
    namespace: { type: 'string', maxLength: 63 },
    labels: { type: 'object', additionalProperties: { type: 'string', maxLength: 63 } },
    annotations: { type: 'object', additionalProperties: { type: 'string' } },
  },
};

function write(file: string, source: string, contents: Schema): void {
  writeFileSync(new URL(`${file}.json`, target), `${JSON.stringify({ source, ...contents })}\n`);
}

function writeKubernetes(): void {
  const directory = moduleDirectory(kubernetes.module, kubernetes.version);
  const { definitions } = JSON.parse(readFileSync(`${directory}/api/openapi-spec/swagger.json`, 'utf8')) as {
    definitions: Schema;
  };
  write('kubernetes', `${kubernetes.module}@${kubernetes.version} (Apache-2.0)`, {
    kinds: Object.fromEntries(Object.entries(kinds).map(([kind, name]) => [kind, { $ref: `#/definitions/${name}` }])),
    definitions: withReferences(definitions, Object.values(kinds)),
  });
}

interface CustomResource {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly storage: boolean;
      readonly schema: { readonly openAPIV3Schema: Schema };
    }[];
  };
}

/** The stored version of a custom resource, or every served one: what a manifest may be written in. */
function customKinds(text: string): [string, unknown][] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as CustomResource | null)
    .filter((crd): crd is CustomResource => crd?.spec?.versions !== undefined)
    .flatMap(({ spec }) =>
      spec.versions
        .filter((version) => version.served)
        .map((version): [string, unknown] => {
          const schema = compact(version.schema.openAPIV3Schema) as { properties: Schema };
          prune(spec.names.kind, schema);
          const { status: _status, ...properties } = schema.properties;
          return [
            `${spec.group}/${version.name}/${spec.names.kind}`,
            { ...schema, properties: { ...properties, metadata } },
          ];
        }),
    );
}

/** Dozens of providers the charts never name. */
function prune(kind: string, schema: { properties: Schema }): void {
  if (kind !== 'ClusterSecretStore') return;
  const spec = schema.properties.spec as { properties: { provider: { properties: Schema } } };
  spec.properties.provider.properties = { aws: spec.properties.provider.properties.aws };
}

mkdirSync(target, { recursive: true });
writeKubernetes();
for (const { file, module, version, crds } of crdModules) {
  if (!file) continue;
  const directory = moduleDirectory(module, version);
  const all = crds.flatMap((crd) => customKinds(readFileSync(`${directory}/${crd}`, 'utf8')));
  write(file, `${module}@${version} (Apache-2.0)`, { kinds: Object.fromEntries(all), definitions: {} });
}
