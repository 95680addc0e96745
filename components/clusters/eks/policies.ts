/** Who may be what, and who may do what, as IAM reads it. */

/** One statement of a policy. */
export interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Principal?: { readonly Service: string } | "*";
  readonly Resource?: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A policy document in JSON. */
export function policyDocument(...statements: readonly Statement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/**
 * Lets a service of AWS take a role.
 *
 * @param service Such as `ec2.amazonaws.com`.
 * @param options.sessionTags Whether it says more about the session, as EKS does of pods and Auto Mode of clusters.
 * @param options.account Only on behalf of this account.
 */
export function trust(
  service: string,
  options: { readonly sessionTags?: boolean; readonly account?: string } = {},
): string {
  const { sessionTags = false, account } = options;
  return policyDocument({
    Effect: "Allow",
    Action: ["sts:AssumeRole", ...(sessionTags ? ["sts:TagSession"] : [])],
    Principal: { Service: service },
    ...(account === undefined ? {} : { Condition: { StringEquals: { "aws:SourceAccount": account } } }),
  });
}

/** Lets VPC flow logs write into one group of logs. */
export function flowLogPolicy(logGroupArn: string): string {
  return policyDocument({
    Effect: "Allow",
    Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
    Resource: [logGroupArn, `${logGroupArn}:*`],
  });
}

/** Where a cluster is, as names of its resources have it. */
export interface ClusterPlace {
  readonly cluster: string;
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** Lets the cluster autoscaler look at every group of nodes, and change the size of those of one cluster. */
export function autoscalerPolicy({ cluster, partition, region, account }: ClusterPlace): string {
  return policyDocument(
    {
      Effect: "Allow",
      Action: [
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeAutoScalingInstances",
        "autoscaling:DescribeLaunchConfigurations",
        "autoscaling:DescribeScalingActivities",
        "ec2:DescribeImages",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeLaunchTemplateVersions",
        "ec2:GetInstanceTypesFromInstanceRequirements",
        "eks:DescribeNodegroup",
      ],
      // AWS knows no narrower resource for most of these; nothing is changed by any.
      Resource: ["*"],
    },
    {
      Effect: "Allow",
      Action: ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
      Resource: [`arn:${partition}:autoscaling:${region}:${account}:autoScalingGroup:*`],
      // EKS gives this tag to the groups that it makes.
      Condition: { StringEquals: { [`aws:ResourceTag/k8s.io/cluster-autoscaler/${cluster}`]: "owned" } },
    },
  );
}

/**
 * Lets backups be written, listed, read and thrown out below one prefix of a bucket.
 *
 * @param keyArn The key that the bucket is encrypted by; undefined: that of S3 itself.
 */
export function backupPolicy(
  partition: string,
  bucket: { readonly name: string; readonly prefix: string },
  keyArn: string | undefined,
): string {
  const arn = `arn:${partition}:s3:::${bucket.name}`;
  return policyDocument(
    { Effect: "Allow", Action: ["s3:ListBucket"], Resource: [arn] },
    {
      Effect: "Allow",
      Action: ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
      Resource: [`${arn}/${bucket.prefix}/*`],
    },
    ...(keyArn === undefined
      ? []
      : [{ Effect: "Allow", Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: [keyArn] } as const]),
  );
}

/** Keeps everybody from a bucket who comes without TLS. */
export function bucketTlsPolicy(partition: string, bucket: string): string {
  const arn = `arn:${partition}:s3:::${bucket}`;
  return policyDocument({
    Effect: "Deny",
    Principal: "*",
    Action: ["s3:*"],
    Resource: [arn, `${arn}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  });
}

/** A policy that AWS manages, by the name that its documentation calls it. */
export function managedPolicy(partition: string, name: string): string {
  return `arn:${partition}:iam::aws:policy/${name}`;
}

/**
 * What EKS does for a cluster in its account, as its documentation asks for: with Auto Mode it makes nodes, disks and
 * load balancers as well.
 */
export function clusterPolicies(partition: string, auto: boolean): string[] {
  const names = ["AmazonEKSClusterPolicy"];
  if (auto) {
    names.push(
      "AmazonEKSComputePolicy",
      "AmazonEKSBlockStoragePolicy",
      "AmazonEKSLoadBalancingPolicy",
      "AmazonEKSNetworkingPolicy",
    );
  }
  return names.map((name) => managedPolicy(partition, name));
}

/** What a node may do: join the cluster and pull images. Rights of pods are those of their pod identities. */
export function nodePolicies(partition: string, auto: boolean): string[] {
  const names = [
    auto ? "AmazonEKSWorkerNodeMinimalPolicy" : "AmazonEKSWorkerNodePolicy",
    "AmazonEC2ContainerRegistryPullOnly",
  ];
  return names.map((name) => managedPolicy(partition, name));
}
