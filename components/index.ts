/** The components that other programs import. */

export type { ReadOutputs, StackOutputs } from "../outputs.ts";
export type { PostgresBackupArgs, ServerLocationArgs } from "./backup/args.ts";
export type { BucketArgs } from "./backup/bucket.ts";
export { PostgresBackup, type PostgresBackupOptions } from "./backup/postgres-backup.ts";
export type { ChildOptions, ChildTransforms } from "./child-transforms.ts";
export type {
  EksClusterArgs,
  EksClusterOptions,
  EksNodeGroupArgs,
  EksTransforms,
  PodIdentityArgs,
} from "./clusters/eks/args.ts";
export {
  EksAutoscaler,
  type EksAutoscalerArgs,
  type EksAutoscalerOptions,
} from "./clusters/eks/autoscaler.ts";
export { EksCluster } from "./clusters/eks/cluster.ts";
export { EksDefaults, type EksDefaultsArgs, type EksDefaultsOptions } from "./clusters/eks/defaults.ts";
export { EksPodIdentity, type EksPodIdentityOptions } from "./clusters/eks/pod-identity.ts";
export type {
  FrontendArgs,
  HealthCheckArgs,
  ServerArgs,
  StandbyArgs,
  StandbyNodeArgs,
  TimeoutArgs,
  TlsArgs,
} from "./clusters/load-balancer/args.ts";
export { LoadBalancer, type LoadBalancerArgs } from "./clusters/load-balancer/load-balancer.ts";
export type { K3sReleaseArgs, VmClusterArgs } from "./clusters/vm/args.ts";
export type { Ec2AgentArgs, Ec2VmClusterArgs } from "./clusters/vm/ec2/args.ts";
export { Ec2VmCluster, type Ec2VmClusterOptions } from "./clusters/vm/ec2/cluster.ts";
export { VmCluster } from "./clusters/vm/vm-cluster.ts";
export {
  type RegistryLoginArgs,
  ServiceImage,
  type ServiceImageArgs,
  type ServiceImageOptions,
} from "./image/service-image.ts";
export {
  PublicIngress,
  type PublicIngressArgs,
  type PublicIngressOptions,
} from "./ingress/public-ingress.ts";
export type { LogImages, LogStackArgs } from "./logs/args.ts";
export { LogStack, type LogStackOptions } from "./logs/stack.ts";
export {
  AmazonMqBroker,
  type AmazonMqBrokerArgs,
  type AmazonMqBrokerOptions,
} from "./managed/amazon-mq-broker.ts";
export { BackupBucket, type BackupBucketArgs, type BackupBucketOptions } from "./managed/backup-bucket.ts";
export {
  ElastiCacheRedis,
  type ElastiCacheRedisArgs,
  type ElastiCacheRedisOptions,
} from "./managed/elasticache-redis.ts";
export { RdsPostgres, type RdsPostgresArgs, type RdsPostgresOptions } from "./managed/rds-postgres.ts";
export type { MeshArgs } from "./mesh/args.ts";
export type { MeshObject } from "./mesh/mesh.ts";
export { ServiceMesh, type ServiceMeshArgs, type ServiceMeshOptions } from "./mesh/service-mesh.ts";
export type { MicroserviceArgs, MicroserviceOptions, StoreArgs } from "./microservice/args.ts";
export { Microservice } from "./microservice/microservice.ts";
export type { GrafanaArgs, MonitoringImages, MonitoringStackArgs } from "./monitoring/args.ts";
export { OperatorMonitors, type OperatorMonitorsArgs } from "./monitoring/operator.ts";
export {
  PostgresExporter,
  type PostgresExporterArgs,
  type PostgresExporterOptions,
} from "./monitoring/postgres-exporter.ts";
export {
  RedisExporter,
  type RedisExporterArgs,
  type RedisExporterOptions,
} from "./monitoring/redis-exporter.ts";
export { MonitoringStack, type MonitoringStackOptions } from "./monitoring/stack.ts";
export type { ScrapeTargetArgs } from "./monitoring/targets.ts";
export {
  EnvironmentNamespace,
  type EnvironmentNamespaceArgs,
  type EnvironmentNamespaceOptions,
} from "./namespace/namespace.ts";
export {
  PostgresDatabase,
  type PostgresDatabaseArgs,
  type PostgresDatabaseOptions,
} from "./postgres/database.ts";
export type { CertificateAuthority } from "./postgres/endpoint.ts";
export {
  ReplicatedPostgres,
  type ReplicatedPostgresArgs,
  type ReplicatedPostgresOptions,
} from "./postgres/replicated.ts";
export { PostgresServer, type PostgresServerArgs } from "./postgres/server.ts";
export { type BrokerUserArgs, MessageBroker, type MessageBrokerArgs } from "./rabbitmq/broker.ts";
export { readStack } from "./read-stack.ts";
export {
  type RedisInternalArgs,
  RedisReplicaSet,
  type RedisReplicaSetArgs,
  type RedisUserArgs,
} from "./redis/replica-set.ts";
export type { SecretFile } from "./secret-file.ts";
export type { StoreBaseArgs } from "./stateful.ts";
export type { StoreOptions, StoreTransforms } from "./store-options.ts";
export type { TraceStoreArgs } from "./tracing/args.ts";
export { TraceStore } from "./tracing/trace-store.ts";
export type { Transform } from "./transform.ts";
