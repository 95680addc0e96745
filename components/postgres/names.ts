/** Port that PostgreSQL listens on. */
export const POSTGRES_PORT = 5432;

/** Name of the platform's server. */
export const PLATFORM_SERVER = "postgres";

/** Key of the administrator's password in its Secret. */
export const ADMIN_PASSWORD_KEY = "password";

/** What the pods that make databases on a server are called, so that policies can tell them from its clients. */
export function provisionerName(server: string): string {
  return `${server}-provisioner`;
}
