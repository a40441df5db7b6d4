import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import { aborted } from "../../../platform/async/aborted.ts";
import { UsageError } from "../../../platform/usage_error.ts";
import type { EngineConfig } from "../engine_config.ts";
import { askJson, field, malformed } from "../http.ts";

const SCOPE = "https://www.googleapis.com/auth/cloud-translation";
const TOKEN_SERVER = "https://oauth2.googleapis.com/token";
const LIFETIME_S = 3600;
/** So long before its end a token is not used any more. */
const MARGIN_MS = 120_000;
const DEADLINE_MS = 30_000;

/** A service account, as the JSON file of its key says. */
export interface ServiceAccount {
  readonly email: string;
  readonly project: string;
  readonly keyId: string;
  readonly privateKey: KeyObject;
  readonly tokenServer: URL;
}

/** Throws UsageError for what is no such file. */
export function serviceAccount({ name, key }: EngineConfig): ServiceAccount {
  try {
    const file: unknown = JSON.parse(key);
    const of = (name: string) => {
      const value = field(file, name);
      return typeof value === "string" ? value : "";
    };
    return {
      email: of("client_email"),
      project: of("project_id"),
      keyId: of("private_key_id"),
      privateKey: createPrivateKey(of("private_key")),
      tokenServer: new URL(of("token_uri") || TOKEN_SERVER),
    };
  } catch {
    // What was thrown may quote the key.
    throw new UsageError(`The key of the translation engine ${name} is no service account's JSON file.`);
  }
}

/** Access tokens of a service account, each used until shortly before its end (RFC 7523; https://developers.google.com/identity/protocols/oauth2/service-account). */
export class Access {
  readonly #engine: string;
  readonly #account: ServiceAccount;
  #token: Promise<string> | undefined;
  #until = 0;

  constructor(engine: string, account: ServiceAccount) {
    this.#engine = engine;
    this.#account = account;
  }

  /** Throws as engines do. */
  async token(signal: AbortSignal): Promise<string> {
    if (Date.now() >= this.#until) this.forget();
    this.#token ??= this.#fetched();
    const fetching = this.#token;
    try {
      return await aborted(fetching, signal);
    } catch (error) {
      if (!signal.aborted && this.#token === fetching) this.forget();
      throw error;
    }
  }

  forget(): void {
    this.#token = undefined;
    this.#until = Number.POSITIVE_INFINITY;
  }

  /** Others wait for it as well, so it ends with none of them, but by its deadline. */
  async #fetched(): Promise<string> {
    const { tokenServer } = this.#account;
    const form = new URLSearchParams({ grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion: assertion(this.#account) });
    const call = { engine: this.#engine, url: tokenServer, form, deadlineMs: DEADLINE_MS };
    const answer = await askJson(call, new AbortController().signal);
    const token = field(answer, "access_token");
    if (typeof token !== "string") throw malformed(this.#engine);
    const seconds = Number(field(answer, "expires_in") ?? LIFETIME_S);
    this.#until = Date.now() + Math.max(0, seconds * 1000 - MARGIN_MS);
    return token;
  }
}

/** A JWT that the account has signed. */
function assertion({ email, keyId, privateKey, tokenServer }: ServiceAccount): string {
  const now = Math.floor(Date.now() / 1000);
  const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const claims = { iss: email, scope: SCOPE, aud: tokenServer.href, iat: now, exp: now + LIFETIME_S };
  const signed = `${encoded({ alg: "RS256", typ: "JWT", ...(keyId && { kid: keyId }) })}.${encoded(claims)}`;
  return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), privateKey).toString("base64url")}`;
}
