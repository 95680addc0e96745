import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";

/** A mail that arrived. */
export interface Delivered {
  readonly to: readonly string[];
  readonly headers: string;
  readonly subject: string;
  readonly text: string;
}

/** A real SMTP server on loopback that keeps what it gets. */
export class PostOffice {
  readonly mails: Delivered[] = [];
  /** Answers to the next recipients, such as 451 or 550; taken one by one. */
  readonly refusals: number[] = [];
  readonly #server: SMTPServer;

  private constructor() {
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: ["STARTTLS"],
      onRcptTo: (_address, _session, done) => {
        const responseCode = this.refusals.shift();
        done(responseCode === undefined ? undefined : Object.assign(new Error("refused"), { responseCode }));
      },
      onData: (stream, session, done) => {
        text(stream).then((raw) => {
          this.mails.push(
            read(
              raw,
              session.envelope.rcptTo.map(({ address }) => address),
            ),
          );
          done();
        }, done);
      },
    });
  }

  static async open(): Promise<PostOffice> {
    const office = new PostOffice();
    office.#server.listen(0, "127.0.0.1");
    await once(office.#server.server, "listening");
    return office;
  }

  get url(): string {
    const { port } = this.#server.server.address() as AddressInfo;
    return `smtp://127.0.0.1:${port}`;
  }

  /** Mails that an address has got. */
  to(email: string): Delivered[] {
    return this.mails.filter(({ to }) => to.includes(email));
  }

  /** Waits for the mail that comes after the first `before` ones. */
  async next(email: string, before = 0): Promise<Delivered> {
    for (const deadline = Date.now() + 15_000; Date.now() < deadline; ) {
      const mail = this.to(email)[before];
      if (mail !== undefined) return mail;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`no mail for ${email}`);
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Takes a message apart, and undoes what quoted-printable does to long lines. */
function read(raw: string, to: string[]): Delivered {
  const end = raw.indexOf("\r\n\r\n");
  const headers = raw.slice(0, end);
  const text = raw
    .slice(end)
    .trim()
    .replaceAll(/=\r?\n/g, "")
    .replaceAll(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return { to, headers, subject: /^Subject: (.*)$/im.exec(headers)?.[1]?.trim() ?? "", text };
}
