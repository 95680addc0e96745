import type { Input } from "@pulumi/pulumi";
import type { ThirdPartyImage } from "../../versions.ts";

/** Where the platform's images come from. */
export interface ImageSource {
  /** Reference of a service's image. */
  service(name: string): Input<string>;
  /** Reference of an image that others make, such as `postgres`. */
  thirdParty(name: ThirdPartyImage): Input<string>;
}
