/** The policy pack, as Pulumi's engine runs it: `pulumi preview --policy-pack policy/dist`. */

import { PolicyPack } from "@pulumi/policy";
import { RULES } from "../rules/index.ts";
import { policies } from "./policies.ts";

new PolicyPack("tradestack", {
  description: "The rules that every Tradestack deployment is held to",
  enforcementLevel: "mandatory",
  policies: policies(RULES),
});
