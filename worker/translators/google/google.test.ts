import { expect } from "chai";
import { UsageError } from "../../../platform/usage_error.ts";
import { fakeGoogle } from "../../../test/servers/translation/google.ts";
import { describeEngine, KEY, REQUEST } from "../../../test/support/translation_suite.ts";
import { google } from "./google.ts";

async function open() {
  const server = await fakeGoogle(KEY);
  const engine = google({ name: "google", url: new URL(`google+${server.origin}`), key: server.account });
  return { engine, server, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

describeEngine("Google", open);

describe("Google's driver", () => {
  const { signal } = new AbortController();
  const word = [{ text: "word", tags: [] }];

  it("fetches one token for all that is asked meanwhile, and a new one when that has ended", async () => {
    await using driven = await open();
    const tokens = () => driven.server.asked.filter(({ url }) => url.pathname === "/token").length;
    await Promise.all([1, 2, 3].map(() => driven.engine.translate(word, REQUEST, signal)));
    expect(tokens()).to.equal(1);
    driven.server.expire();
    const thrown = await driven.engine.translate(word, REQUEST, signal).catch((error: { code?: string }) => error);
    expect(thrown).to.have.property("code", "TRANSLATOR_UNAVAILABLE");
    expect((await driven.engine.translate(word, REQUEST, signal)).translations.length).to.equal(1);
    expect(tokens()).to.equal(2);
  });
  it("refuses a key that is no service account's, and tells nothing of it", () => {
    for (const key of [KEY, `{"private_key":"${KEY}"}`, ""]) {
      const made = () => google({ name: "google", url: new URL("google:"), key });
      expect(made).to.throw(UsageError, "The key of the translation engine google is no service account's JSON file.");
    }
  });
  it("is refused where the account is not the server's", async () => {
    await using driven = await open();
    await using other = await open();
    const account = { ...JSON.parse(driven.server.account), token_uri: `${other.server.origin}/token` };
    const engine = google({ name: "google", url: new URL(`google+${other.server.origin}`), key: JSON.stringify(account) });
    expect(await engine.translate(word, REQUEST, signal).catch((error: { code?: string }) => error)).to.have.property(
      "code",
      "TRANSLATOR_REFUSED",
    );
  });
  it("names a model within its project and place", async () => {
    await using driven = await open();
    const url = new URL(`google+${driven.server.origin}/?model=general/nmt`);
    const engine = google({ name: "google", url, key: driven.server.account });
    await engine.translate(word, REQUEST, signal);
    expect(driven.server.asked.at(-1)?.body).to.deep.include({ model: "projects/fake-project/locations/global/models/general/nmt" });
    expect(engine.traits.model).to.equal("general/nmt");
  });
});
