import type { Plan } from '../../../../lib/plan/plan.ts';
import { endpointContext } from '../../../vector-stores/opensearch-serverless/aws.ts';
import { pinecone } from '../../../vector-stores/pinecone/index.ts';
import { privateService } from '../../../vector-stores/pinecone/private-link.ts';

/** What a person does, and why; a command where there is one. */
export interface PreparationStep {
  readonly title: string;
  readonly because: string;
  readonly command?: string;
  readonly when: (plan: Plan) => boolean;
}

const isServerless = ({ vectorStore }: Plan) => vectorStore?.id === 'opensearch-serverless';
const isPinecone = ({ vectorStore }: Plan) => vectorStore?.id === 'pinecone';

/** The vendor's endpoint service the plan reaches its store through. */
function serviceOf({ platform, requirements, vectorStore }: Plan) {
  if (vectorStore?.id !== 'pinecone') return undefined;
  const { region, isolated } = platform;
  return privateService({ region, isolated, residency: requirements.compliance.residency });
}

const isPrivate = (plan: Plan) => serviceOf(plan) !== undefined;

/** Duties towards the store's provider that come before the stacks. */
export function stepsBeforeStacks(plan: Plan): readonly PreparationStep[] {
  const { region, existing } = plan.platform;
  const definition: unknown = JSON.parse(pinecone.collection?.(plan).contents ?? '{}');
  return [
    {
      title: 'Does an endpoint of OpenSearch Serverless stand in your network already?',
      because:
        'a network takes one, since each brings the same private zone; then deploy with its id, and let its security group admit port 443 from the nodes; where FIPS is asked for it needs the private zone of aoss-fips, too',
      command: `npx cdk deploy --all -c ${endpointContext}=vpce-0123456789abcdef0`,
      when: (each) => isServerless(each) && existing.vpcId !== undefined,
    },
    {
      title: 'Your own key and OpenSearch Serverless',
      because: `a grant on it is made when the collection is: the deploying role needs kms:DescribeKey and kms:CreateGrant through aoss.${region}.amazonaws.com; the answers name the key itself, for an alias is refused`,
      when: (each) => isServerless(each) && existing.kmsKeyArn !== undefined,
    },
    {
      title: 'Plan of Pinecone',
      because: 'private endpoints come with its Enterprise plan, and the owner of the project sets them up',
      when: isPrivate,
    },
    {
      title: 'Project and index of Pinecone',
      because:
        'an index is made through the internet alone, so do it from a workstation that has it; keep the key of the project out of files',
      command: `curl --fail https://api.pinecone.io/indexes -H "Api-Key: $PINECONE_API_KEY" -H 'Content-Type: application/json' -H 'X-Pinecone-Api-Version: 2025-04' --data '${JSON.stringify(definition)}'`,
      when: isPinecone,
    },
    {
      title: 'Zones of Pinecone’s endpoint service',
      because:
        'an endpoint stands only in zones the vendor serves: each zone of your subnets must be in the list, else name others in infrastructure.existing.availabilityZones',
      command: `aws ec2 describe-vpc-endpoint-services --region ${region} --service-names ${serviceOf(plan)?.serviceName} --query 'ServiceDetails[0].[AvailabilityZones,PrivateDnsName,AcceptanceRequired]'`,
      when: isPrivate,
    },
    {
      title: 'Names inside your network',
      because: 'the private names of the store resolve only where both are on',
      command: ['enable-dns-support', 'enable-dns-hostnames']
        .map(
          (attribute) =>
            `aws ec2 modify-vpc-attribute --region ${region} --vpc-id ${existing.vpcId} --${attribute} '{"Value":true}'`,
        )
        .join('\n'),
      when: (each) => isPrivate(each) && existing.vpcId !== undefined,
    },
    {
      title: 'Pinecone has no private endpoint service in the region',
      because: `reads and writes leave ${region} by TLS through the internet; where that is not accepted, choose a store inside the account`,
      when: (each) => isPinecone(each) && !isPrivate(each),
    },
  ];
}

/** Duties towards the store's provider once the stacks stand. */
export function stepsAfterStacks(plan: Plan): readonly PreparationStep[] {
  const { region } = plan.platform;
  return [
    {
      title: 'Register the endpoint in Pinecone',
      because:
        'the vendor accepts calls only from endpoints the project lists, ten at most: in its console under Settings, Network, Private endpoints',
      command: `aws cloudformation describe-stack-resource --region ${region} --stack-name ${plan.name}-data --logical-resource-id VectorStoreEndpoint --query StackResourceDetail.PhysicalResourceId --output text`,
      when: isPrivate,
    },
    {
      title: 'Key and address of Pinecone',
      because: isPrivate(plan)
        ? 'pods read both from the secret and never ask the vendor for the address: take the «Private host» of the index from the console'
        : 'pods read both from the secret: take the «Host» of the index from the console',
      command: `aws secretsmanager put-secret-value --region ${region} --secret-id ${plan.name}/vector-store --secret-string file:///dev/stdin    # {"api-key": "…", "host": "…"}`,
      when: isPinecone,
    },
    {
      title: 'Close the public way into the Pinecone project',
      because:
        'once a search from a pod works: Settings, Network, Access, «Restrict access to only private endpoints»; every other way into the project ends with it',
      when: isPrivate,
    },
    {
      title: 'What stays with you at Pinecone',
      because:
        'making, describing and backing up an index, keys and members go through the internet: do them from a workstation outside the platform, and review the list of endpoints with each access review',
      when: isPrivate,
    },
  ];
}
