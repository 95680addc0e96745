import type { ComponentResource, Input } from "@pulumi/pulumi";
import type { StoreArgs } from "../microservice/args.ts";
import type { SecretFile } from "../secret-file.ts";
import type { BrokerUserArgs } from "./broker.ts";

/** A broker as its clients see it: the same whether it is pods or a cloud's. */
export interface BrokerEndpoint {
  /** Where NetworkPolicies let its clients go. */
  readonly store: StoreArgs;
  /** The connection URL of a user. */
  urlFile(user: string): SecretFile;
}

/** What a broker that a cloud runs is made from. */
export interface BrokerFormArgs {
  readonly namespace: Input<string>;
  readonly users: BrokerUserArgs[];
  /** Password of its administrator. */
  readonly adminPassword: Input<string>;
  /** Image with Node, in which users and queues are brought to it. */
  readonly image: Input<string>;
  /** Changes with the passwords. */
  readonly revision: string;
}

/**
 * Makes a broker that a cloud runs.
 *
 * @param name Name of the broker, such as `rabbitmq`.
 */
export type BrokerForm = (name: string, args: BrokerFormArgs, parent: ComponentResource) => BrokerEndpoint;
