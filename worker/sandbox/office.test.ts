import { mkdir, readdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { expect } from "chai";
import { runTool } from "../../test/formats/support/tools.ts";
import { firstWords, makeFiles, saying } from "../../test/support/attack.ts";
import { scratch } from "../../test/support/documents.ts";
import { OFFICE_PACKAGES, officeProgram } from "../engine/services/office/program.ts";
import { confine, handOver, start } from "./confinement.ts";

const NAMESPACES = ["office", "text", "script", "xlink", "draw", "svg", "dom"].map((name) => {
  const urns: Readonly<Record<string, string>> = {
    xlink: "http://www.w3.org/1999/xlink",
    dom: "http://www.w3.org/2001/xml-events",
    draw: "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    svg: "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
  };
  return `xmlns:${name}="${urns[name] ?? `urn:oasis:names:tc:opendocument:xmlns:${name}:1.0`}"`;
});

/** A text with a macro that runs when it is opened, and writes `written`; a picture and a section of `address`. */
function hostileText(written: string, address: string): string {
  const macro = `Sub Main\nn = FreeFile\nOpen "${written}" For Output As n\nPrint #n, "run"\nClose n\nEnd Sub`;
  const basic = `<ooo:libraries xmlns:ooo="http://openoffice.org/2004/office"><ooo:library-embedded ooo:name="Standard"><ooo:module ooo:name="M"><ooo:source-code>${macro.replaceAll('"', "&quot;")}</ooo:source-code></ooo:module></ooo:library-embedded></ooo:libraries>`;
  const event =
    '<office:event-listeners><script:event-listener script:language="ooo:script" script:event-name="dom:load" xlink:href="vnd.sun.star.script:Standard.M.Main?language=Basic&amp;location=document" xlink:type="simple"/></office:event-listeners>';
  const scripts = `<office:scripts><office:script script:language="ooo:Basic">${basic}</office:script>${event}</office:scripts>`;
  const section = `<text:section text:name="S"><text:section-source xlink:type="simple" xlink:href="${address}/section.odt"/><text:p>Linked.</text:p></text:section>`;
  const picture = `<text:p><draw:frame svg:width="2cm" svg:height="2cm"><draw:image xlink:href="${address}/picture.png" xlink:type="simple" xlink:actuate="onLoad"/></draw:frame>The garden is open.</text:p>`;
  return `<?xml version="1.0" encoding="UTF-8"?><office:document ${NAMESPACES.join(" ")} office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text">${scripts}<office:body><office:text>${section}${picture}</office:text></office:body></office:document>`;
}

/** Counts who comes. */
async function listening() {
  let asked = 0;
  const server = createServer((socket) => {
    asked += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return { url: `http://127.0.0.1:${port}`, asked: () => asked, [Symbol.asyncDispose]: async () => void server.close() };
}

describe("LibreOffice behind walls", () => {
  before(() => {
    if (!officeProgram())
      throw new Error(`LibreOffice is not there with all its parts: apt-get install ${OFFICE_PACKAGES} (npm test does)`);
  });

  /** What a document becomes by the engine's own way to LibreOffice, run as an engine is. */
  async function converted(document: (output: string) => string) {
    await using folder = await scratch();
    const files = await makeFiles(folder.path);
    const launch = (await confine(folder.path)).launch(files, { memoryBytes: 2 * 1024 ** 3, runMs: 60_000 });
    await writeFile(path.join(files.output, "d.fodt"), document(launch.output), { mode: 0o666 });
    await handOver(files, launch);
    const office = `import(${JSON.stringify(`${launch.app}/worker/engine/services/office/office.ts`)})`;
    const expression = `${office}.then(async ({ openOffice }) => {
      const out = ${JSON.stringify(launch.output)};
      const made = await openOffice(out).pdfs([out + "/d.fodt"], AbortSignal.timeout(50_000)).catch((error) => [error.message]);
      ${saying("made")}
    })`;
    const said = await firstWords(start(launch, files, ["-e", expression]));
    const left = await readdir(files.output);
    const pdf = path.join(files.output, "d.pdf");
    const text = left.includes("d.pdf") ? (await runTool("pdftotext", [pdf, "-"])).stdout : "";
    return { said, left: left.sort(), text };
  }

  it("makes a PDF, and leaves nothing else", async () => {
    const { left, text } = await converted(() => hostileText("/nowhere", "file:///nowhere"));
    expect(left).to.include("d.pdf");
    expect(left.filter((name) => name.startsWith("office-"))).to.deep.equal([]);
    expect(text).to.contain("The garden is open.");
  });

  it("runs no macro of a document, and fetches nothing that it links to", async () => {
    await using server = await listening();
    const { left } = await converted((output) => hostileText(`${output}/ran`, server.url));
    expect(left).to.include("d.pdf");
    expect(left).to.not.include("ran");
    expect(server.asked()).to.equal(0);
  });

  // By its usual settings LibreOffice 7.4 asks twice.
  it("does neither by its own settings, without walls", async () => {
    await using folder = await scratch();
    await using server = await listening();
    const { openOffice } = await import("../engine/services/office/office.ts");
    const out = path.join(folder.path, "out");
    await mkdir(out);
    const file = path.join(out, "d.fodt");
    await writeFile(file, hostileText(path.join(out, "ran"), server.url));
    const [made] = (await openOffice(out)?.pdfs([file], AbortSignal.timeout(60_000))) ?? [];
    expect(made).to.equal(path.join(out, "d.pdf"));
    expect((await readdir(out)).sort()).to.deep.equal(["d.fodt", "d.pdf"]);
    expect(server.asked()).to.equal(0);
  });
});
