import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { WorkDescriptorSchema } from "../gen/dragoman/v1/worker_service_pb.ts";
import { FILE_TYPES } from "../platform/file_types.ts";
import { canDo, canDoNothing, installedEngine, sameAbility } from "./ability.ts";
import { installedOffice } from "./engine/services/office/program.ts";

const pairs = [{ source: "en", target: "es" }];
const invited = (format: string) => create(WorkDescriptorSchema, { sourceLanguage: "en", targetLanguage: "es", format });

describe("what a worker can do", () => {
  it("is read by the engine that is installed: every file type, and pictures with the models that npm brings", async () => {
    const { office, ...engine } = await installedEngine();
    expect(engine).to.deep.equal({ formats: FILE_TYPES.map(({ id }) => id), ocr: true });
    expect(office).to.equal(installedOffice()?.missing.length === 0);
  });
  it("decides which invitations it answers", () => {
    const ability = { pairs, engine: { formats: ["image", "text"], ocr: false } };
    expect(["", "text", "pdf", "image"].map((format) => canDo(ability, invited(format)))).to.deep.equal([true, true, false, false]);
  });
  it("is left to the claim where an older orchestrator's invitation does not say what the job is", () => {
    expect(canDo({ pairs: [], engine: { formats: [], ocr: false } }, create(WorkDescriptorSchema))).to.equal(true);
  });
  it("is nothing without languages or without file types", () => {
    expect(canDoNothing({ pairs: [], engine: { formats: ["pdf"], ocr: true } })).to.equal(true);
    expect(canDoNothing({ pairs, engine: { formats: [], ocr: true } })).to.equal(true);
  });
  it("is the same in any order", () => {
    const one = { pairs, engine: { formats: ["a", "b"], ocr: true } };
    expect(sameAbility(one, { pairs, engine: { formats: ["b", "a"], ocr: true } })).to.equal(true);
    expect(sameAbility(one, { pairs, engine: { formats: ["b", "a"], ocr: false } })).to.equal(false);
    expect(sameAbility(one, { pairs, engine: { formats: ["a"], ocr: true } })).to.equal(false);
    expect(sameAbility(one, { pairs, engine: { ...one.engine, office: true } })).to.equal(false);
  });
});
