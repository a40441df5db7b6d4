import { deflateSync } from "node:zlib";
import { expect } from "chai";
import { onePage, pdfStream, rawPdf, SHOWN } from "../../../../test/fuzz/raw_pdf.ts";
import { asEngineError } from "../../errors.ts";
import { weightsOf } from "./weight.ts";

const form = (content: string, next: string) =>
  pdfStream(content, `/Type /XObject /Subtype /Form /BBox [0 0 500 500] /Resources << /XObject << ${next} >> >>`);

/** Each of `depth` forms paints the next one `times` times. */
const tower = (depth: number, times: number) =>
  Array.from({ length: depth }, (_, index) =>
    index === depth - 1 ? form("0 0 1 1 re f", "") : form("/X Do ".repeat(times), `/X ${index + 7} 0 R`),
  );

const withForms = (more: readonly (string | Buffer)[], content = `${SHOWN} /X Do`) =>
  rawPdf(onePage({ content, resources: "/XObject << /X 6 0 R >>", more: [...more] }));

async function codeOf(bytes: Buffer): Promise<string> {
  try {
    (await weightsOf(bytes, "")).require(1);
    return "light";
  } catch (error) {
    return asEngineError(error)?.code ?? String(error);
  }
}

describe("the weight of a PDF's pages", () => {
  it("counts forms as often as they are painted, however deep", async () => {
    const started = performance.now();
    expect(await codeOf(withForms(tower(8, 12)))).to.equal("DOCUMENT_TOO_COMPLEX");
    expect(await codeOf(withForms(tower(24, 2)))).to.equal("DOCUMENT_TOO_COMPLEX");
    expect(performance.now() - started).to.be.below(1500);
  });

  it("counts what a large form comes to that is painted many times", async () => {
    const large = form("0 0 1 1 re f\n".repeat(50_000), "");
    expect(await codeOf(withForms([large], "/X Do ".repeat(1000)))).to.equal("DOCUMENT_TOO_COMPLEX");
    expect(await codeOf(withForms([large], "/X Do ".repeat(20)))).to.equal("light");
  });

  it("finds forms whose names are written in numbers", async () => {
    const bytes = Buffer.from(withForms(tower(8, 12)).toString("latin1").replaceAll("/Form", "/#46#6Frm"), "latin1");
    expect(await codeOf(bytes)).to.not.equal("light");
  });

  it("lets forms be that paint themselves, as readers do", async () => {
    expect(await codeOf(withForms([form("/X Do /X Do", "/X 6 0 R")]))).to.equal("light");
  });

  it("unpacks no stream that is packed again and again beyond what it may be", async () => {
    const once = deflateSync(Buffer.alloc(300 * 1024 ** 2, 32));
    const filters = (count: number) => `/Filter [${"/FlateDecode ".repeat(count)}]`;
    const twice = pdfStream(deflateSync(once), filters(2));
    expect(await codeOf(rawPdf(onePage({ content: twice })))).to.equal("DOCUMENT_TOO_COMPLEX");
    const small = pdfStream(deflateSync(deflateSync(Buffer.from(SHOWN))), filters(2));
    expect(await codeOf(rawPdf(onePage({ content: small })))).to.equal("light");
  });

  it("is not known of files whose objects cannot be read", async () => {
    expect(await codeOf(Buffer.from("%PDF-1.7 /Form"))).to.equal("light");
    const page = "/Resources 6 0 R";
    expect(await codeOf(rawPdf(onePage({ content: SHOWN, page, more: [form("", "")] })))).to.equal("light");
  });
});
