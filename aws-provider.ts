import { Provider } from "./components/aws.ts";
import type { Settings } from "./settings.ts";

/**
 * The provider of AWS for a stack. What it makes is tagged with whose it is; credentials of another account are refused
 * before anything is made with them.
 */
export function awsProvider(
  { region, account }: { readonly region: string; readonly account: string },
  { stack, environment }: Settings,
): Provider {
  return new Provider("aws", {
    region,
    allowedAccountIds: [account],
    defaultTags: { tags: { "tradestack:stack": stack, "tradestack:environment": environment } },
  });
}
