/** The AWS resources that only machines need, each from its own file (see components/aws.ts). */

export { Group as AutoscalingGroup } from "@pulumi/aws/autoscaling/group.js";
export { Policy as ScalingPolicy } from "@pulumi/aws/autoscaling/policy.js";
export { Instance } from "@pulumi/aws/ec2/instance.js";
export { NetworkInterface } from "@pulumi/aws/ec2/networkInterface.js";
export { Listener } from "@pulumi/aws/lb/listener.js";
export { LoadBalancer as NetworkLoadBalancer } from "@pulumi/aws/lb/loadBalancer.js";
export { TargetGroup } from "@pulumi/aws/lb/targetGroup.js";
export { TargetGroupAttachment } from "@pulumi/aws/lb/targetGroupAttachment.js";
export { getParameterOutput } from "@pulumi/aws/ssm/getParameter.js";
