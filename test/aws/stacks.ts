import { describe, expect, test } from 'vitest';
import { unvalidated, withSynthesized } from '../../blueprints/clouds/aws/raise.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import { type PlanName, plans } from './plans.ts';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export interface Resource {
  Type: string;
  DependsOn?: string[];
  DeletionPolicy?: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is untyped JSON, and a test reads deep into it
  Properties: any;
}

/** Templates of a platform by stack id: `Network`, `Security`, … */
export type Templates = Record<string, { Resources: Record<string, Resource>; Outputs?: Record<string, Json> }>;

const cache = new Map<string, string>();

/** Synthesizes once a plan and file; every call gets a copy of its own, to plant a defect in. */
export function templatesOf(name: PlanName): Templates {
  let text = cache.get(name);
  if (!text) {
    text = JSON.stringify(synthesize(plans[name]).templates);
    cache.set(name, text);
  }
  return JSON.parse(text) as Templates;
}

export function synthesize(plan: Plan): { templates: Templates; regions: Record<string, string> } {
  return withSynthesized(
    plan,
    (app) => {
      const stacks = app.synth().stacksRecursively;
      const id = (displayName: string) => displayName.split(' ')[0]?.split('/').at(-1) ?? displayName;
      return {
        templates: Object.fromEntries(
          stacks.map((stack) => [id(stack.displayName), stack.template as Templates[string]]),
        ),
        regions: Object.fromEntries(stacks.map((stack) => [id(stack.displayName), stack.environment.region])),
      };
    },
    unvalidated,
  );
}

/** Every resource of some types, as `Stack/LogicalId`. */
export function ofType(templates: Templates, ...types: readonly string[]): (Resource & { id: string })[] {
  return Object.entries(templates).flatMap(([stack, { Resources }]) =>
    Object.entries(Resources)
      .filter(([, resource]) => types.includes(resource.Type))
      .map(([id, resource]) => Object.assign(resource, { id: `${stack}/${id}` })),
  );
}

export function only(templates: Templates, id: string): Resource {
  const [stack = '', logicalId = ''] = id.split('/');
  const found = templates[stack]?.Resources[logicalId];
  if (!found) throw new Error(`no resource ${id}; has ${Object.keys(templates[stack]?.Resources ?? {}).join(', ')}`);
  return found;
}

export interface PlatformPromise {
  /** Row and promise: `P1: private subnets never give public addresses`. */
  readonly title: string;
  readonly plan: PlanName;
  /** What is wrong; empty when the promise holds. */
  readonly problems: (templates: Templates) => readonly unknown[];
  /** Breaks the promise, so that the check is seen failing. */
  readonly defect: (templates: Templates) => void;
}

/** Each promise twice: it holds, and its check fails once the defect is planted. */
export function checkPromises(name: string, promises: readonly PlatformPromise[]): void {
  describe(name, () => {
    test.each(promises)('$title ($plan)', ({ plan, problems, defect }) => {
      expect(problems(templatesOf(plan))).toEqual([]);
      const broken = templatesOf(plan);
      defect(broken);
      expect(problems(broken)).not.toEqual([]);
    });
  });
}

/** The parts of a policy that name everything. */
export const text = (value: unknown) => JSON.stringify(value) ?? '';
