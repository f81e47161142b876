import { imageRelease } from '../../cluster/node-image.ts';
import { volumeKey } from '../../security/key-names.ts';
import type { Rule } from '../rule.ts';
import { asList, asObject, asText, at, type Json, type JsonObject, ofType } from '../world.ts';

/** What starts nodes and volumes, in the stacks and in the manifests alike. */
export const startRules: readonly Rule[] = [
  {
    id: 'Groundplan-NODE6',
    title: 'Node classes and storage classes encrypt every volume with the platform’s own key',
    control: 'encryption-at-rest-cmk',
    check: (world) => {
      const key = volumeKey(world.plan);
      return world.objects
        .filter((object) => volumesOf(object).some(({ encrypted, keyId }) => !encrypted || keyId !== key))
        .map((object) => ({
          resource: `kubernetes/${object.kind}/${at(object, 'metadata.name')}`,
          message: `a volume is not encrypted with ${key}`,
        }));
    },
  },
  {
    id: 'Groundplan-NODE7',
    title: 'A node image is the release matched to the Kubernetes version, of the system the plan names',
    control: 'change-record',
    check: (world) => {
      const { platform } = world.plan;
      const release = imageRelease(platform);
      const kind = platform.nodeOperatingSystem.toUpperCase();
      const groups = ofType(world, 'AWS::EKS::Nodegroup')
        .filter(
          ({ properties }) =>
            properties.ReleaseVersion !== release || asText(properties.AmiType)?.startsWith(`${kind}_`) !== true,
        )
        .map(({ address }) => ({ resource: address, message: `its image is not ${kind} ${release}` }));
      const classes = world.objects
        .filter(({ kind: type }) => type === 'EC2NodeClass')
        .filter((object) => !asList(at(object, 'spec.amiSelectorTerms')).every((term) => isPinned(term, release)))
        .map((object) => ({
          resource: `kubernetes/EC2NodeClass/${at(object, 'metadata.name')}`,
          message: `its image is not ${kind} ${release}`,
        }));
      return [...groups, ...classes];
    },
  },
  {
    id: 'Groundplan-NODE8',
    title: 'Where validated cryptography is asked for, every node image has it',
    control: 'node-hardening',
    check: (world) => {
      if (!world.plan.platform.fips) return [];
      const message = 'its image is not the one with the validated module';
      const groups = ofType(world, 'AWS::EKS::Nodegroup')
        .filter(({ properties }) => asText(properties.AmiType)?.endsWith('_FIPS') !== true)
        .map(({ address }) => ({ resource: address, message }));
      const classes = world.objects
        .filter((object) => validated(object) === false)
        .map((object) => ({ resource: `kubernetes/${object.kind}/${at(object, 'metadata.name')}`, message }));
      return [...groups, ...classes];
    },
  },
];

/** Volumes a class makes, with their key; none for any other kind of object. */
function volumesOf(object: JsonObject): readonly { readonly encrypted: boolean; readonly keyId: Json | undefined }[] {
  switch (object.kind) {
    case 'EC2NodeClass': {
      const mappings = asList(at(object, 'spec.blockDeviceMappings')).map((mapping) => asObject(asObject(mapping).ebs));
      // Without a mapping the image's own volumes are used, under the account's default key.
      return (mappings.length > 0 ? mappings : [{}]).map((volume: JsonObject) => ({
        encrypted: volume.encrypted === true,
        keyId: volume.kmsKeyID,
      }));
    }
    case 'NodeClass':
      return [{ encrypted: true, keyId: at(object, 'spec.ephemeralStorage.kmsKeyID') }];
    case 'StorageClass':
      return [{ encrypted: at(object, 'parameters.encrypted') === 'true', keyId: at(object, 'parameters.kmsKeyId') }];
    default:
      return [];
  }
}

/** `bottlerocket@v1.66.0`, `al2023@v20260911`, or the parameter of that one version. */
function isPinned(term: Json, release: string): boolean {
  const named = asText(asObject(term).alias) ?? asText(asObject(term).ssmParameter) ?? '';
  return release.split('-').some((part) => named.endsWith(`@v${part}`) || named.includes(`/${part}/`));
}

/** Whether a node class asks for the validated module; undefined for any other kind of object. */
function validated(object: JsonObject): boolean | undefined {
  if (object.kind === 'NodeClass') return at(object, 'spec.advancedSecurity.fips') === true;
  if (object.kind !== 'EC2NodeClass') return undefined;
  const terms = asList(at(object, 'spec.amiSelectorTerms'));
  return terms.length > 0 && terms.every((term) => asText(asObject(term).ssmParameter)?.includes('-fips/') === true);
}
