import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import type { DocumentContext } from "../../../worker/engine/context.ts";
import { type Leaf, leavesOf, mapLeaves, plainText } from "../../../worker/engine/document/model.ts";
import { registry } from "../../../worker/engine/formats/registry.ts";
import { upper, WRITING } from "../../support/in_place.ts";
import { judgedMails } from "./judge.ts";

const base64 = (bytes: string) => Buffer.from(bytes, "latin1").toString("base64").replace(/.{76}/g, "$&\r\n");
const part = (name: string, bytes: string) =>
  `--m\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(bytes)}\r\n`;
const mail = (parts: string) =>
  `From: a@example.org\r\nSubject: Files\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n\r\nSee the files.\r\n${parts}--m--\r\n`;
const TABLE = "id,text\r\n1,The garden is open.\r\n2,The library is closed.\r\n";
const SOURCE = mail(
  part("table.csv", TABLE) +
    part("note.txt", "A note for Peter.\n") +
    part("cut.srt", "This is no subtitle.") +
    part("picture.png", "\x89PNG\r\n\x1a\n") +
    part("within.eml", mail(part("deep.txt", "A deep text.\n") + part("deeper.eml", mail(part("deepest.txt", "The deepest text.\n"))))),
);

describe("documents that are attached to a mail", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "dragoman-attached-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function translated(attachments: boolean) {
    const file = path.join(folder, "mail.eml");
    await writeFile(file, SOURCE, "latin1");
    const time: DocumentContext["time"] = (_name, _page, work) => work();
    const context: DocumentContext = { ...WRITING, folder, time, selection: { attachments } };
    const { document } = await registry.open(file, "mail.eml", context);
    await using source = document;
    const writer = source.writer?.(WRITING);
    const texts: string[] = [];
    const ids: string[] = [];
    for (let number = 1; number <= source.pageCount; number++) {
      const { page } = (await source.page(number)) as { page: Parameters<NonNullable<typeof writer>["page"]>[0] };
      const leaves = [...leavesOf(page.blocks)];
      expect(page.number).to.equal(number);
      texts.push(...leaves.map(({ content }) => plainText(content)));
      ids.push(...leaves.map(({ id }) => id));
      await writer?.page({ ...page, blocks: mapLeaves(page.blocks, (leaf): Leaf => ({ ...leaf, content: upper(leaf.content) })) });
    }
    await writer?.finish(`${file}.made`);
    const [parts = []] = await judgedMails([await readFile(`${file}.made`)]);
    return { texts, ids, remarks: source.remarks.map(({ message }) => message), parts };
  }

  it("stay as they are unless they are chosen", async () => {
    const { texts, remarks, parts } = await translated(false);
    expect(texts).to.deep.equal(["Files", "See the files."]);
    expect(remarks).to.deep.equal(["Attached files and pictures are left as they are (5)."]);
    expect(Buffer.from(parts[2]?.bytes ?? "", "hex").toString()).to.equal(TABLE);
  });
  it("come back in their parts, translated, each as its own type, where they are chosen", async () => {
    const { texts, ids, remarks, parts } = await translated(true);
    expect(texts.filter((text) => /\p{L}/u.test(text))).to.deep.equal([
      ...["Files", "See the files.", "id", "text", "The garden is open.", "The library is closed.", "A note for Peter."],
      ...["Files", "See the files.", "A deep text.", "Files", "See the files."],
    ]);
    expect(new Set(ids).size).to.equal(ids.length);
    expect(remarks).to.deep.equal([
      "Attached files and pictures are left as they are (2).",
      "Attached files and pictures are left as they are (1).",
    ]);
    const bytes = parts.map((each) => Buffer.from(each.bytes ?? "", "hex").toString("latin1"));
    expect(bytes[2]).to.equal("id,text\r\n1,THE GARDEN IS OPEN.\r\n2,THE LIBRARY IS CLOSED.\r\n");
    expect(bytes[3]).to.equal("A NOTE FOR PETER.\n");
    expect(bytes[4]).to.equal("This is no subtitle.");
    expect(bytes[6]).to.contain("Subject: FILES").and.to.contain("SEE THE FILES.");
    expect(bytes[6]).to.contain(base64("A DEEP TEXT.\n"));
  });
});
