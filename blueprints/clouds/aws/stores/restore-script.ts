import type { Plan } from '../../../../lib/plan/plan.ts';

const head = (plan: Plan, what: string) => `#!/usr/bin/env bash
# Restores ${what} of ${plan.name} beside the running one; nothing is overwritten. Runbook: data-store-restore.
set -euo pipefail
region='${plan.platform.region}'
name='${plan.name}'
`;

/** Aurora: a new cluster from a point in time or from a recovery point of AWS Backup, checked before it is used. */
function aurora(plan: Plan): string {
  const store = plan.vectorStore;
  return `${head(plan, 'the vector store (Aurora PostgreSQL)')}
# usage: restore-vector-store.sh latest | 2026-01-31T12:00:00Z | RECOVERY_POINT_ARN
when="\${1:?usage: $0 latest | TIME | RECOVERY_POINT_ARN}"
started=$(date +%s)
source_id=$(aws cloudformation describe-stack-resource --region "$region" --stack-name "$name-data" \\
  --logical-resource-id VectorStore --query StackResourceDetail.PhysicalResourceId --output text)
read -r subnets group key parameters <<<"$(aws rds describe-db-clusters --region "$region" --db-cluster-identifier "$source_id" \\
  --query 'DBClusters[0].[DBSubnetGroup,VpcSecurityGroups[0].VpcSecurityGroupId,KmsKeyId,DBClusterParameterGroup]' --output text)"
target_id="$name-restored-$(date +%Y%m%d%H%M%S)"
common=(--region "$region" --db-cluster-identifier "$target_id" --db-subnet-group-name "$subnets"
  --vpc-security-group-ids "$group" --kms-key-id "$key" --db-cluster-parameter-group-name "$parameters"
  --enable-iam-database-authentication --copy-tags-to-snapshot
  --deletion-protection --enable-cloudwatch-logs-exports postgresql)
case "$when" in
  latest)
    aws rds restore-db-cluster-to-point-in-time "\${common[@]}" --source-db-cluster-identifier "$source_id" \\
      --use-latest-restorable-time >/dev/null ;;
  arn:*)
    snapshot=$(aws backup describe-recovery-point --region "$region" --backup-vault-name "$name" \\
      --recovery-point-arn "$when" --query RecoveryPointArn --output text)
    aws rds restore-db-cluster-from-snapshot "\${common[@]}" --snapshot-identifier "$snapshot" \\
      --engine aurora-postgresql >/dev/null ;;
  *)
    aws rds restore-db-cluster-to-point-in-time "\${common[@]}" --source-db-cluster-identifier "$source_id" \\
      --restore-to-time "$when" >/dev/null ;;
esac
aws rds create-db-instance --region "$region" --db-cluster-identifier "$target_id" \\
  --db-instance-identifier "$target_id-1" --engine aurora-postgresql \\
  --db-instance-class '${store?.size.instanceClass ?? 'db.r7g.large'}' --no-publicly-accessible >/dev/null
aws rds wait db-instance-available --region "$region" --db-instance-identifier "$target_id-1"
host=$(aws rds describe-db-clusters --region "$region" --db-cluster-identifier "$target_id" \\
  --query 'DBClusters[0].Endpoint' --output text)
echo "restored as $host after $(( ($(date +%s) - started) / 60 )) minutes (objective: ${plan.requirements.operations.rtoHours} h)"
cat <<NEXT
1. Compare with the plan: about ${store?.vectors ?? 0} vectors of dimension ${store?.dimension ?? 0} in ${store?.collection ?? ''}.
2. Point pods at it:
   kubectl -n retrieval patch configmap platform-endpoints --type merge -p '{"data":{"VECTOR_STORE_HOST":"$host"}}'
   kubectl -n retrieval rollout restart deployment
3. Import the cluster into the data stack (cdk import) and delete the old one when it is no longer needed.
NEXT
`;
}

/** OpenSearch keeps hourly snapshots itself for 14 days; they are restored by a call from inside the network. */
function openSearch(plan: Plan): string {
  return `${head(plan, 'an index of the vector store (OpenSearch)')}
# usage: restore-vector-store.sh SNAPSHOT    run from a pod of the retrieval namespace; 'list' shows the snapshots
snapshot="\${1:?usage: $0 SNAPSHOT | list}"
: "\${VECTOR_STORE_HOST:?set by the ConfigMap platform-endpoints}"
call() { curl --fail --silent --show-error --aws-sigv4 "aws:amz:$region:es" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \\
  -H "x-amz-security-token: $AWS_SESSION_TOKEN" -H 'content-type: application/json' "$@"; }
base="https://$VECTOR_STORE_HOST/_snapshot/cs-automated-enc"
if [ "$snapshot" = list ]; then call "$base/_all?verbose=false"; exit; fi
call -X POST "$base/$snapshot/_restore?wait_for_completion=true" \\
  -d '{"indices":"${plan.vectorStore?.collection ?? ''}","rename_pattern":"(.+)","rename_replacement":"$1-restored","include_global_state":false}'
call "https://$VECTOR_STORE_HOST/${plan.vectorStore?.collection ?? ''}-restored/_count"
echo "compare with about ${plan.vectorStore?.vectors ?? 0} vectors, then switch the alias to the restored index"
`;
}

/** OpenSearch Serverless keeps hourly snapshots; they go back into the same collection, by the administrator's role alone. */
function openSearchServerless(plan: Plan): string {
  const collection = plan.vectorStore?.collection ?? '';
  return `${head(plan, 'an index of the vector store (OpenSearch Serverless)')}
# usage: restore-vector-store.sh SNAPSHOT    'list' shows the snapshots
# Run it in a pod of the retrieval namespace: service account vector-store-administrator, label
# app.kubernetes.io/name=ingestion (its network policy leads to the store), environment from the ConfigMap
# platform-endpoints, an image with the AWS client and curl.
#   kubectl -n retrieval create serviceaccount vector-store-administrator
# Requests to the index fail until a restore ends. One restore at a time.
snapshot="\${1:?usage: $0 SNAPSHOT | list}"
: "\${VECTOR_STORE_HOST:?set by the ConfigMap platform-endpoints}"
eval "$(aws configure export-credentials --format env)"
call() { # METHOD PATH [BODY]
  local body="\${3:-}" sum
  sum=$(printf '%s' "$body" | sha256sum | cut -d' ' -f1)
  curl --fail --silent --show-error --request "$1" "https://$VECTOR_STORE_HOST/$2" \\
    --aws-sigv4 "aws:amz:$region:aoss" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \\
    -H "x-amz-security-token: $AWS_SESSION_TOKEN" -H "x-amz-content-sha256: $sum" \\
    -H 'content-type: application/json' \${body:+--data "$body"}
}
if [ "$snapshot" = list ]; then call GET _cat/snapshots/aoss-automated; exit; fi
started=$(date +%s)
call GET "_snapshot/aoss-automated/$snapshot/"
call POST "_snapshot/aoss-automated/$snapshot/_restore" \\
  '{"indices":"${collection}","rename_pattern":"(.+)","rename_replacement":"$1-restored","include_global_state":false,"include_aliases":false}'
until [ "$(call GET '${collection}-restored/_count' 2>/dev/null | grep -c '"count"')" = 1 ]; do
  call GET _cat/recovery
  sleep 30
done
call GET '${collection}-restored/_count'
echo "restored after $(( ($(date +%s) - started) / 60 )) minutes (objective: ${plan.requirements.operations.rtoHours} h)"
echo "compare with about ${plan.vectorStore?.vectors ?? 0} vectors, then switch the alias to ${collection}-restored"
`;
}

/** S3 Vectors takes no backup: the index is built again from the documents, which are backed up. */
function rebuild(plan: Plan): string {
  return `${head(plan, 'the vector index, from its documents,')}
# usage: restore-vector-store.sh
bucket=$(aws cloudformation describe-stack-resource --region "$region" --stack-name "$name-data" \\
  --logical-resource-id Corpus --query StackResourceDetail.PhysicalResourceId --output text)
queue=$(aws cloudformation describe-stack-resource --region "$region" --stack-name "$name-data" \\
  --logical-resource-id Ingestion --query StackResourceDetail.PhysicalResourceId --output text)
aws s3api list-objects-v2 --region "$region" --bucket "$bucket" --query 'Contents[].Key' --output json |
  python3 -c 'import json,sys; [print(json.dumps({"key": key})) for key in json.load(sys.stdin) or []]' |
  while IFS= read -r body; do
    aws sqs send-message --region "$region" --queue-url "$queue" --message-body "$body" >/dev/null
  done
echo "every document is in the queue again; about ${plan.vectorStore?.vectors ?? 0} vectors are expected"
`;
}

/** The restore procedure of the store AWS raises; undefined for a store that runs elsewhere. */
export function restoreScript(plan: Plan): string | undefined {
  switch (plan.vectorStore?.target === 'aws' ? plan.vectorStore.id : undefined) {
    case 'pgvector':
      return aurora(plan);
    case 'opensearch':
      return openSearch(plan);
    case 'opensearch-serverless':
      return openSearchServerless(plan);
    case 's3-vectors':
      return rebuild(plan);
    default:
      return undefined;
  }
}
