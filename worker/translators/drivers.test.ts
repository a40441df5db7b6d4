import { expect } from "chai";
import { UsageError } from "../../platform/usage_error.ts";
import { engineOf } from "./drivers.ts";

const KEY = "planted-key-5f1c";

function made(url: string, key = KEY) {
  return () => engineOf({ name: "mine", url: new URL(url), key });
}

describe("the driver of a translation engine", () => {
  it("is told by how its address begins", () => {
    for (const url of [
      "deepl:",
      "deepl+http://127.0.0.1:1",
      "azure:?region=westeurope",
      "libretranslate+https://host.example",
      "openai:?model=m",
      "bergamot:/models",
    ])
      expect(made(url)().name, url).to.equal("mine");
  });
  it("is refused for what it cannot be made of, without a word of its key", () => {
    const refused: readonly [string, string?][] = [
      ["telepathy:"],
      ["deepl:", ""],
      ["azure:", ""],
      ["deepl:", `${KEY}\nhost: elsewhere`],
      ["azure:", `${KEY}é`],
      ["google:"],
      ["deepl+ftp://host.example"],
      ["deepl+http:"],
      ["libretranslate:?texts=many"],
      ["libretranslate:?concurrency=0"],
      ["openai+https://host.example/v1"],
      ["bergamot:"],
      ["bergamot:/100%"],
      ["libretranslate+http://a%20b"],
      ["azure:?version=2.0"],
      ["apertium:?texts=many"],
      ["deepl:?charakters_per_month=1000"],
      [`deepl:?${KEY}`],
    ];
    for (const [url, key] of refused)
      expect(made(url, key), url).to.throw(UsageError).with.property("message").that.includes("mine").and.does.not.include(KEY);
  });
});
