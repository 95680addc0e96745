import type { Repairs } from "../runner/repairs.ts";
import type { Cluster } from "./cluster.ts";
import type { Platform } from "./platform.ts";

/** Who the shop's people are known as, and where an operator finds the password that they begin with. */
const ADMIN = "admin@example.com";
const SECRET = "account-secrets";

/** The password that the first administrator, and the people of the demo shop, are made with. */
export async function adminPassword(cluster: Pick<Cluster, "kubectl">, namespace: string): Promise<string> {
  const path = "--output=jsonpath={.data.ADMIN_PASSWORD}";
  const encoded = await cluster.kubectl("get", "secret", SECRET, `--namespace=${namespace}`, path);
  return Buffer.from(encoded, "base64").toString();
}

/** Headers of somebody who may do everything in the shop. */
export type Credentials = Readonly<Record<string, string>>;

/**
 * Logs in as somebody of the demo shop; all of them begin with the same password.
 *
 * @throws {Error} where the password was changed, as it should be anywhere but in a demo.
 */
export async function logIn({ cluster, namespace, shop }: Platform, email = ADMIN): Promise<Credentials> {
  const password = await adminPassword(cluster, namespace);
  const { status, body } = await shop.send("POST", "/api/sessions", { email, password });
  if (status !== 201)
    throw new Error(
      `${email} cannot log in (${status}); the drill needs the password of the secret ${SECRET}`,
    );
  return { authorization: `Bearer ${(body as { accessToken: string }).accessToken}` };
}

/**
 * Puts goods on sale that nobody else buys, and takes them off again when the drill is over.
 *
 * @param pieces How many there are of each kind.
 * @param kinds Variants of the one product. Default: 1.
 * @returns Their SKUs.
 */
export async function putOnSale(
  platform: Platform,
  repairs: Repairs,
  pieces: number,
  kinds = 1,
): Promise<string[]> {
  const { shop } = platform;
  const staff = await logIn(platform);
  const [known = ""] = await shop.skusInStock(1, 1);
  const { currency } = await shop.variant(known);
  const categories = await shop.send("GET", "/api/categories");
  const [category] = (categories.body as { items: { id: string }[] }).items;
  const product = `drill-${Date.now().toString(36)}`;
  const skus = Array.from({ length: kinds }, (_, index) => `${product.toUpperCase()}-${index + 1}`);
  const change = async (method: "PUT" | "DELETE", path: string, body?: unknown) => {
    const { status, body: answer } = await shop.send(method, path, body, staff);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
  };
  repairs.owe(`the goods ${product} are off sale`, async () => {
    const { status } = await shop.send("DELETE", `/api/products/${product}`, undefined, staff);
    if (status !== 204 && status !== 404) throw new Error(`DELETE /api/products/${product}: ${status}`);
  });
  await change("PUT", `/api/products/${product}`, {
    name: "Goods of a drill",
    description: "Sold to nobody else.",
    category: category?.id,
    currency,
    images: [],
    variants: skus.map((sku, index) => ({ sku, options: { Kind: String(index + 1) }, price: 1999 })),
  });
  for (const sku of skus) await change("PUT", `/api/stock/${sku}`, { available: pieces });
  return skus;
}
