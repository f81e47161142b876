import type { Rule } from '../rule.ts';
import { asList, asObject, asText, at, isSet, type Json, type JsonObject, ofType, type World } from '../world.ts';

const collections = (world: World) => ofType(world, 'AWS::OpenSearchServerless::Collection');

/** A policy given as JSON text, with what is known at deployment only in angle brackets; undefined where it is no JSON. */
function parsedPolicy(policy: Json | undefined): Json | undefined {
  const parts = asText(policy) === undefined ? asList(at(policy, 'Fn::Join.1')) : [policy];
  const text = parts.map((part) => asText(part) ?? `<${JSON.stringify(part).replaceAll('"', '')}>`).join('');
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

interface NamedPolicy {
  readonly address: string;
  readonly type: string | undefined;
  /** Its parts: a network or data policy is a list of them, an encryption policy is one. */
  readonly parts: readonly JsonObject[];
}

function policies(world: World): readonly NamedPolicy[] {
  return ofType(world, 'AWS::OpenSearchServerless::SecurityPolicy', 'AWS::OpenSearchServerless::AccessPolicy').map(
    ({ address, properties }) => ({
      address,
      type: asText(properties.Type),
      parts: asList(parsedPolicy(properties.Policy)).map(asObject),
    }),
  );
}

/** Whether a part of a policy speaks of exactly this collection. */
function names(part: JsonObject, name: Json | undefined): boolean {
  return asList(part.Rules).some((rule) => asList(asObject(rule).Resource).includes(`collection/${String(name)}`));
}

const unknownPrincipal = /\*|:root\b|:user\//;

export const collectionRules: readonly Rule[] = [
  {
    id: 'Groundplan-AOSS1',
    title: 'Search collections are encrypted with a key of ours',
    control: 'encryption-at-rest-cmk',
    check: (world) =>
      collections(world)
        .filter(
          ({ properties }) =>
            !policies(world).some(({ type, parts }) =>
              parts.some(
                (part) =>
                  type === 'encryption' &&
                  names(part, properties.Name) &&
                  isSet(part.KmsARN) &&
                  part.AWSOwnedKey !== true,
              ),
            ),
        )
        .map(({ address }) => ({ resource: address, message: 'no encryption policy names it with a key of ours' })),
  },
  {
    id: 'Groundplan-AOSS2',
    title: 'Search collections are reached through named private endpoints only',
    control: 'network-endpoints',
    check: (world) => {
      const network = policies(world).filter(({ type }) => type === 'network');
      return [
        ...network
          .filter(({ parts }) =>
            parts.some((part) => part.AllowFromPublic !== false || asList(part.SourceVPCEs).length === 0),
          )
          .map(({ address }) => ({ resource: address, message: 'lets the internet in, or names no endpoint' })),
        ...collections(world)
          .filter(({ properties }) => !network.some(({ parts }) => parts.some((part) => names(part, properties.Name))))
          .map(({ address }) => ({ resource: address, message: 'no network policy names it' })),
      ];
    },
  },
  {
    id: 'Groundplan-AOSS3',
    title: 'Inside a search collection each role may do what it needs, and no more',
    control: 'least-privilege-roles',
    check: (world) =>
      policies(world)
        .filter(({ type }) => type === 'data')
        .flatMap(({ address, parts }) => {
          const rules = parts.flatMap((part) => asList(part.Rules).map(asObject));
          const permissions = rules.flatMap((rule) => asList(rule.Permission).map(String));
          const resources = rules.flatMap((rule) => asList(rule.Resource).map(String));
          const principals = parts.flatMap((part) => asList(part.Principal).map(String));
          const found = [
            ...permissions.filter((each) => each.includes('*')),
            ...resources.filter((each) => /^(collection|index|model)\/[^/]*\*/.test(each)),
            ...principals.filter((each) => unknownPrincipal.test(each)),
            ...(principals.length === 0 ? ['nobody'] : []),
          ];
          return [...new Set(found)].map((each) => ({ resource: address, detail: each, message: `grants ${each}` }));
        }),
  },
  {
    id: 'Groundplan-AOSS4',
    title: 'Search collections have a limit of capacity, and so of cost',
    control: 'alarms-to-on-call',
    check: (world) => {
      const limited = ofType(world, 'AWS::OpenSearchServerless::CollectionGroup').filter(({ properties }) =>
        ['MaxIndexingCapacityInOcu', 'MaxSearchCapacityInOcu'].every((key) =>
          isSet(at(properties, `CapacityLimits.${key}`)),
        ),
      );
      return collections(world)
        .filter(({ properties }) => !limited.some((group) => group.properties.Name === properties.CollectionGroupName))
        .map(({ address }) => ({ resource: address, message: 'stands in no group with both limits' }));
    },
  },
  {
    id: 'Groundplan-AOSS5',
    title: 'Search collections of production stand in two zones and cannot be deleted by mistake',
    control: 'multi-zone',
    check: (world) =>
      world.plan.platform.environment === 'prod'
        ? collections(world)
            .filter(
              ({ properties }) =>
                properties.DeletionProtection !== 'ENABLED' || properties.StandbyReplicas !== 'ENABLED',
            )
            .map(({ address }) => ({ resource: address, message: 'no standby, or no protection' }))
        : [],
  },
];
