import { chmod, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { firstWords, makeFiles, saying } from "../../test/support/attack.ts";
import { scratch } from "../../test/support/documents.ts";
import { installedTesseract } from "../engine/services/ocr/readers/native.ts";
import { confine, handOver, start } from "./confinement.ts";

describe("OCR behind walls", () => {
  const limits = { memoryBytes: 1024 ** 3, runMs: 60_000 };
  /** What the engine finds there, as `module` of its OCR tells when asked for `expression`. */
  const found = async (folder: string, module: string, expression: string): Promise<unknown> => {
    const files = await makeFiles(folder);
    const launch = (await confine(folder)).launch(files, limits);
    await handOver(files, launch);
    const url = `${launch.app}/worker/engine/services/ocr/${module}`;
    const child = start(launch, files, ["-e", `import(${JSON.stringify(url)}).then(async (ocr) => ${saying(`await ${expression}`)})`]);
    return await firstWords(child);
  };

  it("finds the models of DRAGOMAN_TESSDATA beside npm's", async () => {
    await using folder = await scratch();
    await using models = await scratch();
    await chmod(models.path, 0o755);
    await writeFile(path.join(models.path, "tlh.traineddata"), "a model");
    process.env["DRAGOMAN_TESSDATA"] = models.path;
    try {
      expect(await found(folder.path, "models.ts", "[...ocr.findModels().keys()]")).to.include.members(["tlh", "eng", "spa", "osd"]);
    } finally {
      delete process.env["DRAGOMAN_TESSDATA"];
    }
  });
  it("can run the tesseract that this machine has", async function () {
    const installed = await installedTesseract();
    if (!installed) this.skip();
    await using folder = await scratch();
    expect(await found(folder.path, "readers/native.ts", "ocr.installedTesseract()")).to.deep.equal(installed);
  });
});
