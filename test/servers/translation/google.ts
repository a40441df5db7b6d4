import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { type Answer, type Asked, type Contract, characters, type FakeServer, isTextList, startFake } from "./fake.ts";

const CODES = ["en", "es", "de", "pt-BR", "zh-TW"];
const FIELDS = ["contents", "sourceLanguageCode", "targetLanguageCode", "mimeType", "model"];
const MAX_TEXTS = 1_024;
const MAX_CHARACTERS = 30_720;
const PARENT = "/v3/projects/fake-project/locations/global";

export interface FakeGoogle extends FakeServer {
  /** The JSON file of the one account that it knows. */
  readonly account: string;
  /** Ends all tokens that it gave. */
  expire(): void;
}

/** Google's Cloud Translation, version 3, and its server of tokens: https://cloud.google.com/translate/docs/reference/rest. */
export async function fakeGoogle(secret: string): Promise<FakeGoogle> {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const tokens = new Set<string>();
  const server = await startFake(
    cloudTranslation({ publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(), tokens, secret }),
  );
  const account = JSON.stringify({
    type: "service_account",
    project_id: "fake-project",
    private_key_id: "key-1",
    private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
    client_email: "translator@fake-project.iam.gserviceaccount.com",
    token_uri: `${server.origin}/token`,
  });
  return Object.assign(server, { account, expire: () => tokens.clear() });
}

interface Identity {
  readonly publicKey: string;
  readonly tokens: Set<string>;
  readonly secret: string;
}

const says = (code: number, status: string, message: string): Answer => ({ status: code, body: { error: { code, status, message } } });

function cloudTranslation({ publicKey, tokens, secret }: Identity): Contract {
  return {
    isTexts: ({ url }) => url.pathname.endsWith(":translateText"),
    answer: (asked, translate) => {
      const { url, headers, method } = asked;
      if (url.pathname === "/token") {
        if (!isAccount(asked, publicKey)) return { status: 400, body: { error: "invalid_grant" } };
        const token = `${secret}-${tokens.size}`;
        tokens.add(token);
        return { status: 200, body: { access_token: token, expires_in: 3_599, token_type: "Bearer" } };
      }
      if (!tokens.has(headers.authorization?.replace(/^Bearer /, "") ?? ""))
        return says(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.");
      if (url.pathname === `${PARENT}/supportedLanguages` && method === "GET")
        return {
          status: 200,
          body: { languages: CODES.map((languageCode) => ({ languageCode, supportSource: true, supportTarget: true })) },
        };
      return url.pathname === `${PARENT}:translateText` && method === "POST"
        ? translation(asked, translate)
        : says(404, "NOT_FOUND", "Not found");
    },
    refusals: {
      "429": { ...says(429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric per minute."), headers: { "retry-after": "7" } },
      "500": says(503, "UNAVAILABLE", "The service is currently unavailable."),
      quota: says(403, "PERMISSION_DENIED", "Daily Limit Exceeded"),
      key: says(403, "PERMISSION_DENIED", "Cloud IAM permission 'cloudtranslate.generalModels.predict' denied."),
      "too long": says(400, "INVALID_ARGUMENT", "Text is too long."),
      pair: says(400, "INVALID_ARGUMENT", "Target language is invalid."),
    },
  };
}

/** A JWT of the account, for this scope and server, and of now (RFC 7523). */
function isAccount({ body }: Asked, publicKey: string): boolean {
  const { grant_type, assertion = "" } = body as Record<string, string>;
  const [head = "", claims = "", signature = ""] = assertion.split(".");
  const decoded = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString() || "{}") as Record<string, unknown>;
  const { iss, scope, aud, exp, iat } = decoded(claims);
  const now = Date.now() / 1000;
  return (
    grant_type === "urn:ietf:params:oauth:grant-type:jwt-bearer" &&
    decoded(head)["alg"] === "RS256" &&
    verify("RSA-SHA256", Buffer.from(`${head}.${claims}`), createPublicKey(publicKey), Buffer.from(signature, "base64url")) &&
    iss === "translator@fake-project.iam.gserviceaccount.com" &&
    scope === "https://www.googleapis.com/auth/cloud-translation" &&
    String(aud).endsWith("/token") &&
    Number(iat) <= now + 1 &&
    Number(exp) > now &&
    Number(exp) - Number(iat) <= 3600
  );
}

function translation({ body }: Asked, translate: (texts: readonly string[]) => string[]): Answer {
  const { contents, sourceLanguageCode, targetLanguageCode, mimeType, ...others } = body as Record<string, unknown>;
  const unknown = Object.keys(others).find((name) => !FIELDS.includes(name));
  if (unknown) return says(400, "INVALID_ARGUMENT", `Unknown name "${unknown}"`);
  if (!isTextList(contents) || contents.length > MAX_TEXTS) return says(400, "INVALID_ARGUMENT", "Too many contents.");
  if (characters(contents) > MAX_CHARACTERS) return says(400, "INVALID_ARGUMENT", "Text is too long.");
  if (!CODES.includes(String(sourceLanguageCode))) return says(400, "INVALID_ARGUMENT", "Source language is invalid.");
  if (!CODES.includes(String(targetLanguageCode))) return says(400, "INVALID_ARGUMENT", "Target language is invalid.");
  if (mimeType !== "text/plain" && mimeType !== "text/html") return says(400, "INVALID_ARGUMENT", "Invalid mime type.");
  // As it does of HTML.
  const made = translate(contents).map((text) => (mimeType === "text/html" ? text.replaceAll("'", "&#39;") : text));
  return { status: 200, body: { translations: made.map((translatedText) => ({ translatedText })) } };
}
