/**
 * Applies the manifests of every plan of the test suite to a real API server of the pinned version, strictly: an unknown
 * field, a refused value or a warning is a failure. Each pod template is also created as a pod, without running, so that
 * Pod Security, service accounts and priorities are checked as they will be.
 *
 *   node conformance/kubernetes/apply.ts          needs `go`; the first run builds the server (some minutes)
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { type KubernetesObject, kubernetesObjects } from '../../blueprints/kubernetes/index.ts';
import { scales } from '../../blueprints/kubernetes/scales.ts';
import { sleepGroup, sleepingModels } from '../../blueprints/kubernetes/sleep.ts';
import { field, type PodTemplate, workloadsOf } from '../../blueprints/kubernetes/workload-view.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import { plans } from '../../test/kubernetes/plans.ts';
import { type ApiServer, startApiServer } from './api-server.ts';
import { crdModules, kubernetes, moduleDirectory } from './modules.ts';

interface Discovered {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** Collection an object lives in, from the server's own discovery; undefined for a kind it does not know. */
async function collection(api: ApiServer, object: KubernetesObject): Promise<string | undefined> {
  const root = object.apiVersion.includes('/') ? `/apis/${object.apiVersion}` : `/api/${object.apiVersion}`;
  const { status, body } = await api.call('GET', root);
  if (status !== 200) return undefined;
  const found = (body.resources as Discovered[]).find(({ kind, name }) => kind === object.kind && !name.includes('/'));
  if (!found) return undefined;
  return found.namespaced
    ? `${root}/namespaces/${object.metadata.namespace ?? 'default'}/${found.name}`
    : `${root}/${found.name}`;
}

/** Claims of a StatefulSet and the namespace's own account are made by controllers, which do not run here. */
function withClaims(object: KubernetesObject | undefined, spec: PodTemplate['spec']): object {
  const claims = (field(object, 'spec', 'volumeClaimTemplates') ?? []) as { metadata: { name: string } }[];
  const volumes = claims.map(({ metadata: { name } }) => ({ name, persistentVolumeClaim: { claimName: name } }));
  return { restartPolicy: 'Always', ...spec, volumes: [...(spec.volumes ?? []), ...volumes] };
}

async function addDefaultAccount(api: ApiServer, namespace: string): Promise<void> {
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } };
  await api.call('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, account);
}

async function installDefinitions(api: ApiServer): Promise<number> {
  let installed = 0;
  for (const { module, version, crds } of crdModules) {
    for (const crd of crds) {
      const text = readFileSync(join(moduleDirectory(module, version), crd), 'utf8');
      for (const document of parseAllDocuments(text)) {
        const definition = document.toJS() as KubernetesObject | null;
        if (definition?.kind !== 'CustomResourceDefinition') continue;
        const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
        const { status, body } = await api.call('POST', path, definition);
        if (status !== 201) throw new Error(`${definition.metadata.name}: ${body.message}`);
        installed += 1;
      }
    }
  }
  await new Promise((resolve) => setTimeout(resolve, 5000));
  return installed;
}

/** What the server says against one object, warnings included; it stays on the server. */
async function apply(api: ApiServer, path: string, object: KubernetesObject): Promise<string | undefined> {
  const query = 'fieldManager=groundplan&fieldValidation=Strict&force=true';
  const { status, body, headers } = await api.call(
    'PATCH',
    `${path}/${object.metadata.name}?${query}`,
    object,
    'application/apply-patch+yaml',
  );
  if (status >= 300) return body.message ?? `status ${status}`;
  return headers.warning ? `warning ${headers.warning}` : undefined;
}

interface Asked {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly name: string;
}

/** Whether the server would let the role of the sleep do something in the serving namespace. */
async function sleepMay(api: ApiServer, asked: Asked): Promise<boolean> {
  const resourceAttributes = { namespace: 'serving', ...asked };
  const { body } = await api.call('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user: 'the-build', groups: [sleepGroup, 'system:authenticated'], resourceAttributes },
  });
  return (body as unknown as { status?: { allowed?: boolean } }).status?.allowed === true;
}

/** The role of the sleep does what the commands ask and nothing more, as the server itself decides. */
async function sleepProblems(api: ApiServer, plan: Plan): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const model of sleepingModels(plan)) {
    const { role: name } = model;
    const kind = model.nodesPerReplica > 1 ? 'leaderworkersets' : 'deployments';
    const group = model.nodesPerReplica > 1 ? 'leaderworkerset.x-k8s.io' : 'apps';
    const may: readonly Asked[] = scales(model)
      ? [{ verb: 'patch', group: 'keda.sh', resource: 'scaledobjects', name }]
      : [
          { verb: 'get', group, resource: kind, name },
          { verb: 'patch', group, resource: kind, subresource: 'scale', name },
        ];
    const mayNot: readonly Asked[] = [
      { verb: 'patch', group, resource: kind, name },
      { verb: 'delete', group, resource: kind, name },
      { verb: 'patch', group, resource: kind, subresource: 'scale', name: `${name}-of-others` },
      { verb: 'get', group: '', resource: 'secrets', name },
    ];
    for (const asked of may)
      if (!(await sleepMay(api, asked))) problems.push(`the sleep may not ${JSON.stringify(asked)}`);
    for (const asked of mayNot) if (await sleepMay(api, asked)) problems.push(`the sleep may ${JSON.stringify(asked)}`);
  }
  return problems;
}

interface Report {
  readonly plan: string;
  applied: number;
  pods: number;
  readonly unknown: Set<string>;
  readonly problems: string[];
}

async function applyPlan(api: ApiServer, name: string): Promise<Report> {
  const plan = plans[name];
  if (!plan) throw new RangeError(`no plan ${name}`);
  const report: Report = { plan: name, applied: 0, pods: 0, unknown: new Set(), problems: [] };
  const objects = [...(await kubernetesObjects(plan)).values()].flat();
  const kept: string[] = [];
  for (const object of objects) {
    const path = await collection(api, object);
    const id = `${object.kind}/${object.metadata.name}`;
    if (!path) {
      report.unknown.add(`${object.apiVersion}/${object.kind}`);
      continue;
    }
    const problem = await apply(api, path, object);
    if (problem) report.problems.push(`${id}: ${problem.slice(0, 400)}`);
    else report.applied += 1;
    if (object.kind === 'Namespace') await addDefaultAccount(api, object.metadata.name);
    else kept.push(`${path}/${object.metadata.name}`);
  }
  for (const { id, kind, namespace, name: workload, templates } of workloadsOf(objects)) {
    const owner = objects.find((each) => each.kind === kind && each.metadata.name === workload);
    for (const template of templates) {
      const spec = withClaims(owner, template.spec);
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { ...template.metadata, generateName: `${workload}-` },
        spec,
      };
      const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All&fieldValidation=Strict`;
      const { status, body, headers } = await api.call('POST', path, pod);
      if (status !== 201 || headers.warning) report.problems.push(`pod of ${id}: ${body.message ?? headers.warning}`);
      else report.pods += 1;
    }
  }
  report.problems.push(...(await sleepProblems(api, plan)));
  for (const path of kept.reverse()) await api.call('DELETE', path);
  return report;
}

const api = await startApiServer();
try {
  const definitions = await installDefinitions(api);
  console.log(`Kubernetes ${kubernetes.version}, ${definitions} custom resource definitions`);
  let failures = 0;
  for (const name of Object.keys(plans)) {
    const { applied, pods, unknown, problems } = await applyPlan(api, name);
    failures += problems.length;
    const unproven = unknown.size > 0 ? `, not proven: ${[...unknown].sort().join(', ')}` : '';
    console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${name}: ${applied} objects, ${pods} pods${unproven}`);
    for (const problem of problems) console.log(`       ${problem}`);
  }
  process.exitCode = failures === 0 ? 0 : 1;
} finally {
  api.stop();
}
