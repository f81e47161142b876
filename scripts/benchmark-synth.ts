/**
 * Synthesis of the largest plan against the same templates written by hand: each resource the CDK's own L1 class with
 * ready-made properties, in bare stacks. Prints medians and their ratio; exits 1 above the limit.
 *
 *   node scripts/benchmark-synth.ts [--rounds 15]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { App, CfnResource, Lazy, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { LlmPlatform } from '../blueprints/clouds/aws/index.ts';
import type { Plan } from '../lib/plan/plan.ts';
import { plans } from '../test/aws/plans.ts';

const limit = 1.2;
const folder = mkdtempSync(join(tmpdir(), 'groundplan-benchmark-'));
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } });
const rounds = Number(values.rounds);

type ResourceClass = new (scope: Construct, id: string, props: object) => CfnResource;

interface HandWritten {
  readonly name: string;
  readonly region: string;
  readonly resources: readonly {
    readonly id: string;
    readonly resourceClass: ResourceClass;
    readonly props: object;
    readonly dependsOn: readonly string[];
  }[];
}

interface Synthesis {
  readonly milliseconds: number;
  readonly app: App;
}

function timed(build: (app: App) => void): Synthesis {
  const outdir = mkdtempSync(join(folder, 'app-'));
  const begin = performance.now();
  const app = new App({ outdir, analyticsReporting: false, builtinCloudFormationValidation: false });
  build(app);
  app.synth();
  return { milliseconds: performance.now() - begin, app };
}

/** Resources of the app being written by hand, by `stack/LogicalId`. */
let written = new Map<string, CfnResource>();

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type Exports = ReadonlyMap<string, { readonly stackName: string; readonly value: Json }>;

/** References stay references, inside a stack and across: what the CDK makes of them is on both clocks. */
function live(stackName: string, exports: Exports, json: Json): unknown {
  if (Array.isArray(json)) return json.map((each) => live(stackName, exports, each));
  if (typeof json !== 'object' || json === null) return json;
  const [key, value] = Object.entries(json)[0] ?? [];
  if (key === 'Fn::ImportValue') {
    const exported = exports.get(String(value));
    if (exported) return live(exported.stackName, exports, exported.value);
  }
  const [id, attribute] = key === 'Fn::GetAtt' ? (value as readonly string[]) : key === 'Ref' ? [String(value)] : [];
  if (id !== undefined && !id.startsWith('AWS::')) {
    return Lazy.uncachedAny({
      produce: () => {
        const resource = written.get(`${stackName}/${id}`);
        return attribute === undefined ? Token.asAny(resource?.ref) : resource?.getAtt(attribute);
      },
    });
  }
  return Object.fromEntries(Object.entries(json).map(([name, each]) => [name, live(stackName, exports, each as Json)]));
}

/** Properties as a person types them, made before the clock starts. */
function readyMade(stack: Stack, exports: Exports, value: unknown): unknown {
  if (Token.isUnresolved(value)) {
    const resolved = live(stack.stackName, exports, stack.resolve(value) as Json);
    if (typeof value === 'string') return typeof resolved === 'string' ? resolved : Token.asString(resolved);
    return Array.isArray(value) ? Token.asList(resolved) : Token.asAny(resolved);
  }
  if (Array.isArray(value)) return value.map((each) => readyMade(stack, exports, each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([key, each]) => [key, readyMade(stack, exports, each)]),
  );
}

interface Template {
  readonly Resources: Readonly<Record<string, { readonly DependsOn?: readonly string[] }>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: Json; readonly Export?: { readonly Name: string } }>>;
}

function handWritten(app: App): readonly HandWritten[] {
  const artifacts = app.synth().stacksRecursively;
  const exports: Exports = new Map(
    artifacts.flatMap(({ stackName, template }) =>
      Object.values((template as Template).Outputs ?? {}).flatMap(({ Value, Export }) =>
        Export ? [[Export.Name, { stackName, value: Value }] as const] : [],
      ),
    ),
  );
  return artifacts.map((artifact) => {
    const { stackName } = artifact;
    const stack = app.node.findAll().find((each) => Stack.isStack(each) && each.stackName === stackName) as Stack;
    const resources = stack.node.findAll().filter((each) => CfnResource.isCfnResource(each));
    return {
      name: stackName,
      region: artifact.environment.region,
      resources: resources.map((resource) => {
        const id = String(stack.resolve(resource.logicalId));
        // Protected, and exactly what the constructor was given.
        const { cfnProperties } = resource as unknown as { cfnProperties: object };
        return {
          id,
          resourceClass: resource.constructor as ResourceClass,
          props: readyMade(stack, exports, cfnProperties) as object,
          dependsOn: (artifact.template as Template).Resources[id]?.DependsOn ?? [],
        };
      }),
    };
  });
}

function byHand(app: App, stacks: readonly HandWritten[]): void {
  written = new Map();
  for (const { name, region, resources } of stacks) {
    const stack = new Stack(app, name, { stackName: name, env: { region }, analyticsReporting: false });
    for (const { id, resourceClass, props } of resources)
      written.set(`${name}/${id}`, new resourceClass(stack, id, props));
    for (const { id, dependsOn } of resources) {
      for (const other of dependsOn) {
        const dependency = written.get(`${name}/${other}`);
        if (dependency) written.get(`${name}/${id}`)?.addResourceDependency(dependency);
      }
    }
  }
}

const median = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
const resourcesOf = (stacks: readonly HandWritten[]) =>
  stacks.reduce((sum, { resources }) => sum + resources.length, 0);

const largest = (Object.values(plans) as Plan[])
  .map((plan) => ({ plan, stacks: handWritten(timed((app) => new LlmPlatform(app, plan)).app) }))
  .reduce((most, each) => (resourcesOf(each.stacks) > resourcesOf(most.stacks) ? each : most));

const ours: number[] = [];
const bare: number[] = [];
// Turn and turn about, so that a busy moment of the machine meets both.
for (let round = 0; round < rounds + 2; round++) {
  const a = timed((app) => new LlmPlatform(app, largest.plan)).milliseconds;
  const b = timed((app) => byHand(app, largest.stacks)).milliseconds;
  if (round >= 2) {
    ours.push(a);
    bare.push(b);
  }
}
const ratio = median(ours) / median(bare);
const check = timed((app) => byHand(app, largest.stacks)).app.synth().stacksRecursively;
const same = check.reduce((sum, { template }) => sum + Object.keys((template as Template).Resources).length, 0);
if (same !== resourcesOf(largest.stacks)) throw new Error('the two apps differ');
rmSync(folder, { recursive: true, force: true });
console.log(`resources   ${resourcesOf(largest.stacks)} in ${largest.stacks.length} stacks`);
console.log(`groundplan  ${median(ours).toFixed(0)} ms`);
console.log(`by hand     ${median(bare).toFixed(0)} ms`);
console.log(`ratio       ${ratio.toFixed(2)} (limit ${limit})`);
process.exitCode = ratio <= limit ? 0 : 1;
