import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { expect } from "chai";
import { ZipFile } from "yazl";
import { scratch } from "../../../../test/support/documents.ts";
import { Archive } from "./archive.ts";

const { signal } = new AbortController();

/** Entries as they are to be written: a stored one has `stored`. */
type Given = readonly (readonly [name: string, content: string | Buffer, how?: "stored"])[];

async function zipped(file: string, entries: Given): Promise<void> {
  const zip = new ZipFile();
  for (const [name, content, how] of entries)
    if (name.endsWith("/")) zip.addEmptyDirectory(name, { mtime: new Date(2020, 1, 2) });
    else zip.addBuffer(Buffer.from(content), name, { compress: how !== "stored", mtime: new Date(2020, 1, 2) });
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file));
}

async function codeOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    return (error as { code?: string }).code;
  }
}

describe("a ZIP archive", () => {
  it("is written again with what changed, everything else in its place as it was", async () => {
    await using folder = await scratch();
    const [from, to] = [path.join(folder.path, "a.zip"), path.join(folder.path, "b.zip")];
    const large = Buffer.alloc(5_000_000, "The garden is open. ");
    await zipped(from, [
      ["mimetype", "application/epub+zip", "stored"],
      ["b.xml", "<b/>"],
      ["folder/", ""],
      ["large", large],
      ["a.xml", "<a/>"],
    ]);
    await using archive = await Archive.open(from);
    await archive.write(to, new Map([["b.xml", Buffer.from("<c/>")]]), signal);
    await using written = await Archive.open(to);
    expect(written.names).to.deep.equal(["mimetype", "b.xml", "folder/", "large", "a.xml"]);
    expect((await written.read("b.xml")).toString()).to.equal("<c/>");
    expect((await written.read("large")).equals(large)).to.equal(true);
    expect((await readFile(to)).subarray(26, 58).toString("latin1")).to.equal("\u0008\u0000\u0000\u0000mimetypeapplication/epub+zip");
  });
  it("is refused if it is cut off, says one name twice, or unpacks to too much", async () => {
    await using folder = await scratch();
    const file = path.join(folder.path, "a.zip");
    await zipped(file, [["a", "x"]]);
    const bytes = await readFile(file);
    const cut = await folder.file("cut.zip", bytes.subarray(0, bytes.length - 30));
    expect(await codeOf(() => Archive.open(cut))).to.equal("DOCUMENT_CORRUPT");
    await zipped(file, [
      ["a", "x"],
      ["a", "y"],
    ]);
    expect(await codeOf(() => Archive.open(file))).to.equal("DOCUMENT_CORRUPT");
    await zipped(file, [["a", Buffer.alloc(17 * 1024 ** 2)]]);
    expect(await codeOf(() => Archive.open(file))).to.equal("DOCUMENT_TOO_COMPLEX");
  });
  it("is refused where a part has not the checksum that it says, read or written again", async () => {
    await using folder = await scratch();
    const file = path.join(folder.path, "a.zip");
    await zipped(file, [["a", "water", "stored"]]);
    const bytes = await readFile(file);
    bytes.write("wafer", bytes.indexOf("water"));
    await using archive = await Archive.open(await folder.file("bent.zip", bytes));
    expect(await codeOf(() => archive.read("a"))).to.equal("DOCUMENT_CORRUPT");
    expect(await codeOf(() => archive.write(path.join(folder.path, "b.zip"), new Map(), signal))).to.equal("DOCUMENT_CORRUPT");
  });
  it("gives no more than it declares", async () => {
    await using folder = await scratch();
    const file = path.join(folder.path, "a.zip");
    await zipped(file, [["a", Buffer.alloc(100_000)]]);
    const bytes = await readFile(file);
    const size = bytes.lastIndexOf("PK\u0001\u0002") + 24;
    bytes.writeUInt32LE(10, size);
    await using archive = await Archive.open(await folder.file("lies.zip", bytes));
    expect(await codeOf(() => archive.read("a"))).to.equal("DOCUMENT_CORRUPT");
  });
});
