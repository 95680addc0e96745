/**
 * The AWS resources that the components make, each loaded from its own file: the package's index loads thousands of
 * them, which takes seconds at every preview. What is never used is not loaded at all.
 */

export { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
export { MetricAlarm } from "@pulumi/aws/cloudwatch/metricAlarm.js";
export { DefaultSecurityGroup } from "@pulumi/aws/ec2/defaultSecurityGroup.js";
export { Eip } from "@pulumi/aws/ec2/eip.js";
export { FlowLog } from "@pulumi/aws/ec2/flowLog.js";
export { InternetGateway } from "@pulumi/aws/ec2/internetGateway.js";
export { LaunchTemplate } from "@pulumi/aws/ec2/launchTemplate.js";
export { NatGateway } from "@pulumi/aws/ec2/natGateway.js";
export { Route } from "@pulumi/aws/ec2/route.js";
export { RouteTable } from "@pulumi/aws/ec2/routeTable.js";
export { RouteTableAssociation } from "@pulumi/aws/ec2/routeTableAssociation.js";
export { SecurityGroup } from "@pulumi/aws/ec2/securityGroup.js";
export { Subnet } from "@pulumi/aws/ec2/subnet.js";
export { Vpc } from "@pulumi/aws/ec2/vpc.js";
export { VpcEndpoint } from "@pulumi/aws/ec2/vpcEndpoint.js";
export { LifecyclePolicy } from "@pulumi/aws/ecr/lifecyclePolicy.js";
export { Repository } from "@pulumi/aws/ecr/repository.js";
export { AccessEntry } from "@pulumi/aws/eks/accessEntry.js";
export { AccessPolicyAssociation } from "@pulumi/aws/eks/accessPolicyAssociation.js";
export { Addon } from "@pulumi/aws/eks/addon.js";
export { Cluster } from "@pulumi/aws/eks/cluster.js";
export { NodeGroup } from "@pulumi/aws/eks/nodeGroup.js";
export { PodIdentityAssociation } from "@pulumi/aws/eks/podIdentityAssociation.js";
export { ParameterGroup as CacheParameterGroup } from "@pulumi/aws/elasticache/parameterGroup.js";
export { ReplicationGroup as CacheReplicationGroup } from "@pulumi/aws/elasticache/replicationGroup.js";
export { SubnetGroup as CacheSubnetGroup } from "@pulumi/aws/elasticache/subnetGroup.js";
export { User as CacheUser } from "@pulumi/aws/elasticache/user.js";
export { UserGroup as CacheUserGroup } from "@pulumi/aws/elasticache/userGroup.js";
export { Role } from "@pulumi/aws/iam/role.js";
export { RolePolicy } from "@pulumi/aws/iam/rolePolicy.js";
export { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment.js";
export { Key } from "@pulumi/aws/kms/key.js";
export { Broker as MqBroker } from "@pulumi/aws/mq/broker.js";
export { Provider } from "@pulumi/aws/provider.js";
export { Instance as RdsInstance } from "@pulumi/aws/rds/instance.js";
export { ParameterGroup as RdsParameterGroup } from "@pulumi/aws/rds/parameterGroup.js";
export { SubnetGroup as RdsSubnetGroup } from "@pulumi/aws/rds/subnetGroup.js";
export { Bucket } from "@pulumi/aws/s3/bucket.js";
export { BucketLifecycleConfiguration as BucketLifecycle } from "@pulumi/aws/s3/bucketLifecycleConfiguration.js";
export { BucketPolicy } from "@pulumi/aws/s3/bucketPolicy.js";
export { BucketPublicAccessBlock } from "@pulumi/aws/s3/bucketPublicAccessBlock.js";
export { BucketServerSideEncryptionConfiguration as BucketEncryption } from "@pulumi/aws/s3/bucketServerSideEncryptionConfiguration.js";
export { BucketVersioning } from "@pulumi/aws/s3/bucketVersioning.js";
export { SecurityGroupIngressRule } from "@pulumi/aws/vpc/securityGroupIngressRule.js";
