import { chmod, copyFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { expect } from "chai";
import { firstWords, makeFiles, saying } from "../../test/support/attack.ts";
import { scratch } from "../../test/support/documents.ts";
import { confine, handOver, start } from "./confinement.ts";

describe("fonts behind walls", () => {
  it("are those of the folders of DRAGOMAN_FONTS", async () => {
    await using folder = await scratch();
    await using fonts = await scratch();
    await chmod(fonts.path, 0o755);
    const font = createRequire(import.meta.url).resolve("@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf");
    await copyFile(font, path.join(fonts.path, "Own.ttf"));
    process.env["DRAGOMAN_FONTS"] = fonts.path;
    try {
      const files = await makeFiles(folder.path);
      const launch = (await confine(folder.path)).launch(files, { memoryBytes: 1024 ** 3, runMs: 60_000 });
      await handOver(files, launch);
      const setting = (name: string) => `import(${JSON.stringify(`${launch.app}/worker/engine/setting/${name}`)})`;
      const expression = `Promise.all([${setting("fonts.ts")}, ${setting("font_files.ts")}]).then(([fonts, files]) => {
        ${saying("fonts.ownFontFolders().flatMap(files.fontsIn).map(({ name }) => name)")}
      })`;
      expect(await firstWords(start(launch, files, ["-e", expression]))).to.deep.equal(["NotoSans-Regular"]);
    } finally {
      delete process.env["DRAGOMAN_FONTS"];
    }
  });
});
