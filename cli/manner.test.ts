import { expect } from "chai";
import { Command } from "commander";
import { Formality, OverQuota, Strictness } from "../gen/dragoman/v1/job_pb.ts";
import { type MannerOptions, mannerOf, withManner } from "./manner.ts";

describe("how a document is translated, on the command line", () => {
  const parsed = (...words: string[]) => {
    const command = withManner(new Command().exitOverride().configureOutput({ writeErr: () => undefined }));
    return mannerOf(command.parse(words, { from: "user" }).opts<MannerOptions>());
  };

  it("is what the job's options say", () => {
    const all = ["--engine", "deepl", "--fallback", "azure,apertium", "--formality", "prefer-more", "--strict"];
    expect(parsed(...all, "--max-characters", "500", "--dry-run", "--tone", "warm", "--wait-for-quota")).to.deep.equal({
      ...{ engine: "deepl", fallbackEngines: ["azure", "apertium"], formality: Formality.PREFER_MORE },
      ...{
        strictness: Strictness.STRICT,
        maxCharacters: 500n,
        dryRun: true,
        overQuota: OverQuota.WAIT,
        tone: "warm",
        domain: "",
        context: "",
        instructions: "",
      },
    });
  });
  it("is nothing that was not said", () => {
    expect(parsed()).to.deep.equal({ tone: "", domain: "", context: "", instructions: "" });
  });
  for (const wrong of [
    ["--formality", "polite"],
    ["--formality", "toString"],
    ["--max-characters", "many"],
  ])
    it(`is refused where it is none of the choices: ${wrong.join(" ")}`, () => expect(() => parsed(...wrong)).to.throw());
});
