import { type Database, oneOf, type Queryable, readSettings, statement, text } from "../../chassis/index.ts";
import type { Role } from "../../contracts/identity.ts";
import { addAccount, canonicalEmail, findByEmail } from "./accounts.ts";
import { HashQueue } from "./hash-queue.ts";
import { Passwords } from "./passwords.ts";

/** People of the demo shop. Their password is the admin's. */
const DEMO_PEOPLE: readonly { readonly email: string; readonly name: string; readonly roles: Role[] }[] = [
  { email: "shopper@example.com", name: "Sam Shopper", roles: [] },
  { email: "support@example.com", name: "Sasha Support", roles: ["support"] },
  { email: "merchant@example.com", name: "Mika Merchant", roles: ["merchant"] },
];

/** The address of the first admin is somebody's who is none: to make them one may be a mistake, or a trap. */
export class SeedError extends Error {
  override readonly name = "SeedError";
}

const FIND_ADMIN = statement<{ id: string }>(
  "seed-find-admin",
  "SELECT id FROM accounts WHERE 'admin' = ANY (roles) LIMIT 1",
);

/**
 * Makes the first admin where there is none, from `ADMIN_EMAIL` and the secret `ADMIN_PASSWORD`, and where
 * `SEED_DEMO` is `true` the people of the demo shop. Who is there stays as they are.
 *
 * @throws {SettingsError} when a variable is missing or wrong; {@link SeedError} when the address is taken.
 */
export async function seed(database: Database, environment: NodeJS.ProcessEnv): Promise<void> {
  const { ADMIN_EMAIL, ADMIN_PASSWORD, SEED_DEMO } = readSettings(
    {
      ADMIN_EMAIL: text("admin@example.com"),
      ADMIN_PASSWORD: text(),
      SEED_DEMO: oneOf(["true", "false"], "false"),
    },
    environment,
  );
  const passwords = new Passwords(new HashQueue({ concurrency: 1, waiting: Number.POSITIVE_INFINITY }));
  const add = async (person: { email: string; name: string; roles: readonly Role[] }) =>
    addAccount(database, { ...person, passwordHash: await passwords.hash(ADMIN_PASSWORD) });

  if (!(await hasAdmin(database))) {
    const added = await add({ email: canonicalEmail(ADMIN_EMAIL), name: "Admin", roles: ["admin"] });
    if (added === undefined && !(await hasAdmin(database))) {
      throw new SeedError("ADMIN_EMAIL belongs to an account that is no admin; name another address");
    }
  }
  if (SEED_DEMO === "false") return;
  for (const person of DEMO_PEOPLE) {
    if ((await findByEmail(database, person.email)) === undefined) await add(person);
  }
}

const hasAdmin = async (database: Queryable): Promise<boolean> =>
  (await database.query(FIND_ADMIN)).length > 0;
