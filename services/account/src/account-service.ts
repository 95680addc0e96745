import { migrationsBeside, type Service, securityEvents } from "../../chassis/index.ts";
import { account } from "../service.ts";
import { registerAccountRoutes } from "./account-routes.ts";
import { Attempts } from "./attempts.ts";
import { forgetOldAttempts } from "./database-attempts.ts";
import { Devices } from "./devices.ts";
import { HashQueue } from "./hash-queue.ts";
import { registerKeyRoutes } from "./key-routes.ts";
import { forgetOldMail } from "./mail.ts";
import { mailTurn } from "./mail-worker.ts";
import { forgetOldResets } from "./password-reset.ts";
import { Passwords } from "./passwords.ts";
import { forgetOldRegistrations } from "./registration.ts";
import { registerRegistrationRoutes } from "./registration-routes.ts";
import { rotateKeysCommand } from "./rotate-keys-command.ts";
import { SecretBox } from "./secret-box.ts";
import { SECURITY_EVENTS } from "./security-events.ts";
import { seed } from "./seed.ts";
import { registerSessionRoutes } from "./session-routes.ts";
import { forgetOldSessions, Sessions } from "./sessions.ts";
import { settings } from "./settings.ts";
import { rotationPolicy, SigningKeys } from "./signing-keys.ts";

const MINUTE = 60_000;
/** Looks this often for mails that another replica left behind, in milliseconds. */
const MAIL_INTERVAL = 2000;
/** Logins that may wait for their turn to be hashed: some two seconds of work. */
const HASHES_WAITING = 64;

/** Turns that remove what nobody needs any more, each few rows at a time. */
const FORGETTING = [
  forgetOldSessions,
  forgetOldRegistrations,
  forgetOldResets,
  forgetOldMail,
  forgetOldAttempts,
];

/** Accounts and sessions, ready to be run. */
export const accountService: Service<typeof settings> = {
  description: account,
  settings,
  migrations: migrationsBeside(import.meta.dirname),
  seed,
  commands: { "rotate-keys": rotateKeysCommand },
  async setup({ api, database, redis, settings, metrics, log, background }) {
    const tell = securityEvents(log, metrics, SECURITY_EVENTS);
    const uncounted = metrics.counter(
      "account_attempts_fallback_total",
      "Times that Redis could not count attempts and the database did",
    );
    const box = new SecretBox(settings.KEY_ENCRYPTION_KEY);
    const queue = new HashQueue({ concurrency: settings.HASH_CONCURRENCY, waiting: HASHES_WAITING });
    metrics.gauge("account_hashes_waiting", "Passwords that wait to be hashed", () => queue.length);

    const keys = new SigningKeys(database, box, rotationPolicy(settings.KEY_ROTATION_DAYS));
    const rotate = async () => {
      const { made, removed, foreign } = await keys.rotate();
      if (made.length + removed.length > 0) {
        tell("keys-rotated");
        log.info({ made, removed, foreign }, "signing keys have changed");
      }
      return false;
    };
    await rotate();
    background("key rotation", MINUTE, rotate);

    const mailOptions = {
      url: settings.MAIL_URL,
      isLogged: settings.MAIL_LOG === "on",
      from: settings.MAIL_FROM,
      publicUrl: settings.PUBLIC_URL,
    };
    const sendMail = mailTurn(database, box, mailOptions, metrics, log);
    const postman = sendMail && background("mail", MAIL_INTERVAL, sendMail);

    const parts = {
      database,
      box,
      passwords: new Passwords(queue),
      sessions: new Sessions(database, box, settings.SESSION_DAYS),
      attempts: new Attempts(redis, database, () => uncounted.inc()),
      devices: new Devices(box),
      verification: settings.EMAIL_VERIFICATION,
      tell,
      onMail: () => postman?.wake(),
    };
    registerRegistrationRoutes(api, parts);
    registerSessionRoutes(api, parts, keys);
    registerAccountRoutes(api, parts);
    registerKeyRoutes(api, keys);

    background("forgetting", 60 * MINUTE, async () => {
      let isMore = false;
      for (const forget of FORGETTING) isMore = (await forget(database)) || isMore;
      return isMore;
    });
  },
};
