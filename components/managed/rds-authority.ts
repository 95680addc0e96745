import { readFileSync } from "node:fs";
import { SettingsError } from "../../settings/error.ts";

const PEM = "-----BEGIN CERTIFICATE-----";

/** Where AWS publishes the authorities that sign certificates of databases in a region. */
export function authorityUrl(region: string): string {
  if (region.startsWith("cn-")) {
    return `https://rds-truststore.s3.cn-north-1.amazonaws.com.cn/${region}/${region}-bundle.pem`;
  }
  const place = region.startsWith("us-gov-") ? "us-gov-west-1.rds" : "rds";
  return `https://truststore.pki.${place}.amazonaws.com/${region}/${region}-bundle.pem`;
}

/**
 * The authorities that sign certificates of databases in a region, in PEM.
 *
 * @param path A file that holds them. Default: what AWS publishes is asked for.
 * @throws {SettingsError} where they cannot be had, with the way to have them without the internet.
 */
export async function rdsAuthority(region: string, path?: string): Promise<string> {
  const from = path ?? authorityUrl(region);
  let text: string;
  try {
    text = path === undefined ? await download(from) : readFileSync(path, "utf8");
  } catch (error) {
    throw new SettingsError(
      `the authority of RDS cannot be had from ${from} (${error instanceof Error ? error.message : error}); download it and write its path to tradestack:postgres.authority`,
    );
  }
  if (text.includes(PEM)) return text;
  throw new SettingsError(
    `${from} holds no certificate in PEM; download that of ${authorityUrl(region)} and write its path to tradestack:postgres.authority`,
  );
}

async function download(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(20_000) });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return await response.text();
}
