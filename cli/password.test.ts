import { expect } from "chai";
import { scratch } from "../test/support/documents.ts";
import { readPassword } from "./password.ts";

describe("the password of a document", () => {
  it("is the first line of a file, with its spaces, whatever the environment says", async () => {
    await using folder = await scratch();
    const file = await folder.file("password", " open sesame \nsecond line\n");
    expect(await readPassword({ passwordFile: file }, { DRAGOMAN_DOCUMENT_PASSWORD: "other" })).to.equal(" open sesame ");
  });
  it("is the environment's, or none", async () => {
    expect(await readPassword({}, { DRAGOMAN_DOCUMENT_PASSWORD: "other" })).to.equal("other");
    expect(await readPassword({}, {})).to.equal("");
  });
  it("is told in a sentence to be missing", async () => {
    const code = (options: object) => readPassword(options, {}).catch((error: { code: string }) => error.code);
    expect(await code({ passwordFile: "/nowhere/password" })).to.equal("INPUT_UNREADABLE");
  });
});
