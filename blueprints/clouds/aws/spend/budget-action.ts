import { Aws } from 'aws-cdk-lib';
import { CfnBudgetsAction } from 'aws-cdk-lib/aws-budgets';
import { CfnManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { allow, policyDocument, sameAccount, serviceRole } from '../iam.ts';

/**
 * When the ceiling is spent, a policy that forbids starting machines is attached to the node role: what runs goes on,
 * nothing is added. Automatic outside production; in production the on-call engineer approves it.
 */
export function addBudgetAction(scope: Construct, plan: Plan, props: { readonly topicArn: string }): void {
  const stop = new CfnManagedPolicy(scope, 'NoNewMachines', {
    description: 'Attached by the budget action when the ceiling is spent',
    policyDocument: policyDocument([
      {
        Sid: 'NoNewMachines',
        Effect: 'Deny',
        Action: ['ec2:RunInstances', 'ec2:CreateFleet', 'ec2:StartInstances', 'autoscaling:SetDesiredCapacity'],
        Resource: '*',
      },
    ]),
  });
  const target = `${plan.name}-${plan.platform.region}-provisioner`;
  const role = serviceRole(scope, 'BudgetActionRole', {
    description: 'Attaches the stop policy',
    service: 'budgets.amazonaws.com',
    assumeConditions: sameAccount,
    statements: [
      allow(
        ['iam:AttachRolePolicy', 'iam:DetachRolePolicy'],
        [`arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/${target}`],
        { ArnEquals: { 'iam:PolicyARN': stop.ref } },
      ),
    ],
  });
  new CfnBudgetsAction(scope, 'StopAtCeiling', {
    budgetName: `${plan.name}-ceiling`,
    actionType: 'APPLY_IAM_POLICY',
    actionThreshold: { type: 'PERCENTAGE', value: 100 },
    notificationType: 'ACTUAL',
    approvalModel: plan.platform.environment === 'prod' ? 'MANUAL' : 'AUTOMATIC',
    executionRoleArn: role.attrArn,
    definition: { iamActionDefinition: { policyArn: stop.ref, roles: [target] } },
    subscribers: [{ type: 'SNS', address: props.topicArn }],
  }).addResourceDependency(scope.node.findChild('MonthlyCeiling') as CfnBudgetsAction);
}
