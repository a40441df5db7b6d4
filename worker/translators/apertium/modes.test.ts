import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { installedPairs } from "./modes.ts";

describe("the installed language pairs", () => {
  it("are those whose programs and data are there when it is looked", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "dragoman-modes-"));
    try {
      expect(await installedPairs(folder)).to.deep.equal([]);
      const data = path.join(folder, "en-fr.bin");
      await writeFile(path.join(folder, "eng-fra.mode"), `cat $1 '${data}' | cat ${data}`);
      await writeFile(path.join(folder, "fra-eng.mode"), "no-such-program-of-apertium -z");
      expect(await installedPairs(folder)).to.deep.equal([]);
      await writeFile(data, "");
      expect(await installedPairs(folder)).to.deep.equal([{ source: "en", target: "fr" }]);
      await rm(data);
      expect(await installedPairs(folder)).to.deep.equal([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
