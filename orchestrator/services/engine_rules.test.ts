import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { expect } from "chai";
import { Formality, JobOptionsSchema, type MemoryUse, type Strictness } from "../../gen/dragoman/v1/job_pb.ts";
import { CreateJobRequestSchema, TranslationEngineSchema } from "../../gen/dragoman/v1/job_service_pb.ts";
import type { DragomanError } from "../../platform/errors.ts";
import { pairsOf, type TranslationAbility } from "../jobs/translation.ts";
import { boundedEngines } from "./engine_rules.ts";
import { validateCreateJob } from "./validation.ts";

const engine = (name: string, sources: string, targets: string, follows: string[] = []): TranslationAbility => ({
  ...{ name, model: "", follows, billed: false },
  groups: [{ sources: sources.split(" "), targets: targets.split(" "), formality: follows.includes("formality"), glossary: false }],
});
const own = [engine("apertium", "en es", "en es")];
const engines = [...own, engine("deepl", "en fr", "de pt-BR pt-PT", ["formality", "context"])];

describe("what a job says of its translation", () => {
  /** The error's code, and of INVALID_REQUEST the fields; "" where it is taken. */
  function refusal(options: MessageInitShape<typeof JobOptionsSchema>): string {
    try {
      const request = create(CreateJobRequestSchema, { uploadId: "u" });
      validateCreateJob(request, create(JobOptionsSchema, { sourceLanguage: "en", ...options }), { pairs: pairsOf(own), engines, own });
      return "";
    } catch (error) {
      const { code, violations } = (error as DragomanError).detail;
      return [code, ...violations.map(({ field }) => field)].join(" ");
    }
  }

  for (const [name, options, expected] of [
    ["takes the deployment's own engine where none is named", { targetLanguage: "es" }, ""],
    ["takes an engine by its name, and others behind it", { targetLanguage: "de", engine: "deepl", fallbackEngines: ["apertium"] }, ""],
    ["takes a variety by the language that is served", { targetLanguage: "es-MX" }, ""],
    ["takes a language by a variety that is served", { targetLanguage: "pt", engine: "deepl" }, ""],
    ["refuses an engine that is not there", { targetLanguage: "es", engine: "google" }, "TRANSLATION_ENGINE_UNKNOWN"],
    ["refuses one behind it that is not there", { targetLanguage: "es", fallbackEngines: ["google"] }, "TRANSLATION_ENGINE_UNKNOWN"],
    ["refuses what the named engine does not serve", { targetLanguage: "es", engine: "deepl" }, "UNSUPPORTED_LANGUAGE_PAIR"],
    ["refuses what only an engine serves that it does not name", { targetLanguage: "de" }, "UNSUPPORTED_LANGUAGE_PAIR"],
    ["refuses what no engine serves", { targetLanguage: "ja" }, "UNSUPPORTED_LANGUAGE_PAIR"],
    ["takes a formality that the engine has", { targetLanguage: "de", engine: "deepl", formality: Formality.MORE }, ""],
    ["refuses one that it has not", { targetLanguage: "es", formality: Formality.LESS }, "OPTION_UNSUPPORTED"],
    ["takes one that is only preferred", { targetLanguage: "es", formality: Formality.PREFER_LESS }, ""],
    [
      "refuses an engine named twice",
      { targetLanguage: "es", engine: "deepl", fallbackEngines: ["deepl"] },
      "INVALID_REQUEST options.fallback_engines",
    ],
    ["refuses what is no name", { targetLanguage: "es", engine: "Deep L" }, "INVALID_REQUEST options.engine"],
    [
      "refuses too many words",
      { targetLanguage: "es", tone: "x".repeat(201), context: "x".repeat(4001) },
      "INVALID_REQUEST options.tone options.context",
    ],
    ["refuses a code that is written otherwise", { targetLanguage: "ES" }, "INVALID_REQUEST options.target_language"],
    [
      "refuses what it has no word for",
      { targetLanguage: "es", formality: 99 as Formality, memory: 99 as MemoryUse, strictness: -1 as Strictness },
      "INVALID_REQUEST options.formality options.memory options.strictness",
    ],
    ["refuses less than no characters", { targetLanguage: "es", maxCharacters: -1n }, "INVALID_REQUEST options.max_characters"],
  ] as const)
    it(name, () => expect(refusal(options as MessageInitShape<typeof JobOptionsSchema>)).to.equal(expected));
});

describe("what a worker says of its engines", () => {
  it("is names, codes and options alone, whatever it says", () => {
    const said = create(TranslationEngineSchema, {
      ...{ name: "deepl", model: "m".repeat(1000), follows: ["tone", "<b>"] },
      languages: [{ sources: ["en", "EN", "pt-BR", "x".repeat(100)], targets: ["es"] }],
    });
    const [only, ...others] = boundedEngines([said, create(TranslationEngineSchema, { name: "<script>" })]);
    expect(others).to.deep.equal([]);
    expect([only?.model.length, only?.follows, only?.languages[0]?.sources]).to.deep.equal([200, ["tone"], ["en", "pt-BR"]]);
  });
});
