import type { DocumentExtras } from '../../../lib/documents/index.ts';
import type { Plan } from '../../../lib/plan/plan.ts';

const page = 'docs/first-deployment.md';
const heading = 'Reach the cluster';

/** How kubectl gets to the cluster: the command, and the page that says from where it works. */
export function clusterAccess(plan: Plan): NonNullable<DocumentExtras['clusterAccess']> {
  const { existing, region } = plan.platform;
  return {
    command: `aws eks update-kubeconfig --name ${existing.clusterName ?? plan.name} --region ${region}`,
    from:
      existing.clusterName === undefined
        ? 'from inside its network: the API server is private'
        : 'from where you reach it today',
    page: `${page}#${heading.toLowerCase().replaceAll(' ', '-')}`,
  };
}

/** The section of the first deployment that runbooks point to. The stacks raise no way in for people, and it says so. */
export function clusterAccessSection(plan: Plan): string {
  const { command } = clusterAccess(plan);
  const { existing, region } = plan.platform;
  if (existing.clusterName !== undefined)
    return [
      `## ${heading}`,
      '',
      'The cluster is yours: the stacks change nothing about who reaches its API server. Use the way and the role you use today:',
      '',
      '```sh',
      command,
      '```',
      '',
    ].join('\n');
  const stack = `${plan.name}-cluster`;
  const physical = (id: string) =>
    `$(aws cloudformation describe-stack-resource --region ${region} --stack-name ${stack} --logical-resource-id ${id} --query StackResourceDetail.PhysicalResourceId --output text)`;
  return [
    `## ${heading}`,
    '',
    'The API server is private: kubectl works only from inside the network of the cluster. The stacks raise no VPN, no Direct Connect and no jump host; builds inside the network apply the manifests. People bring a way in of their own:',
    '',
    existing.vpcId === undefined
      ? '- a VPN, Direct Connect, a transit gateway or a peered network, attached by you to the VPC of the network stack, or'
      : '- the VPN, Direct Connect or peered network that reaches your VPC today, or',
    '- a CloudShell environment that you create in a private subnet of the VPC, with a security group of yours.',
    '',
    'Let that network or group in, once: put its addresses in place of CIDR (for a group, use `--source-group` instead of `--cidr`).',
    '',
    '```sh',
    `aws ec2 authorize-security-group-ingress --region ${region} --protocol tcp --port 443 --cidr CIDR --group-id ${physical('ControlPlaneSecurityGroup')}`,
    '```',
    '',
    `Then log in as a role of the cluster’s own list: AdministratorRole changes everything, ViewerRole only looks. Both stand in the stack ${stack}; IAM of the account decides who may assume them.`,
    '',
    '```sh',
    `${command} --role-arn $(aws iam get-role --role-name ${physical('AdministratorRole')} --query Role.Arn --output text)`,
    '```',
    '',
  ].join('\n');
}
