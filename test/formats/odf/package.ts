import { buffer } from "node:stream/consumers";
import { ZipFile } from "yazl";

const OASIS = "urn:oasis:names:tc:opendocument:xmlns:";
const NAMESPACES = [
  ...["office", "style", "text", "table", "meta", "presentation", "chart", "form"].map((name) => `xmlns:${name}="${OASIS}${name}:1.0"`),
  ...[`xmlns:draw="${OASIS}drawing:1.0"`, `xmlns:fo="${OASIS}xsl-fo-compatible:1.0"`, `xmlns:svg="${OASIS}svg-compatible:1.0"`],
  ...[`xmlns:xlink="http://www.w3.org/1999/xlink"`, `xmlns:dc="http://purl.org/dc/elements/1.1/"`, `xmlns:of="${OASIS}of:1.2"`],
].join(" ");
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

export type Kind = "text" | "presentation" | "spreadsheet";

/** An OpenDocument file in the making: what stands in its elements. */
export interface Given {
  readonly kind: Kind;
  readonly body: string;
  readonly automatic?: string;
  readonly styles?: string;
  readonly master?: string;
  readonly meta?: string;
  /** Further entries by their names. */
  readonly entries?: Readonly<Record<string, string | Buffer>>;
}

/** What LibreOffice needs to know where text stands that says nothing itself. */
const DEFAULTS = `<style:default-style style:family="paragraph"><style:paragraph-properties style:writing-mode="page"/><style:text-properties fo:language="en" fo:country="GB" style:language-asian="zh" style:country-asian="CN" style:language-complex="hi" style:country-complex="IN" fo:font-size="12pt"/></style:default-style><style:default-style style:family="graphic"><style:paragraph-properties/><style:text-properties fo:language="en" fo:country="GB"/></style:default-style><style:style style:name="Standard" style:family="paragraph"/>`;
const PAGE = `<style:page-layout style:name="pm1"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" fo:margin="2cm"/><style:header-style/><style:footer-style/></style:page-layout>`;

export function contentXml({ kind, body, automatic = "" }: Given): string {
  return `${DECLARATION}<office:document-content ${NAMESPACES} office:version="1.3"><office:automatic-styles>${automatic}</office:automatic-styles><office:body><office:${kind}>${body}</office:${kind}></office:body></office:document-content>`;
}

function stylesXml({ styles = "", master = '<style:master-page style:name="Standard" style:page-layout-name="pm1"/>' }: Given): string {
  return `${DECLARATION}<office:document-styles ${NAMESPACES} office:version="1.3"><office:styles>${DEFAULTS}${styles}</office:styles><office:automatic-styles>${PAGE}</office:automatic-styles><office:master-styles>${master}</office:master-styles></office:document-styles>`;
}

function metaXml({ meta = "<dc:title>Plans for the garden</dc:title><dc:language>en-GB</dc:language>" }: Given): string {
  return `${DECLARATION}<office:document-meta ${NAMESPACES} office:version="1.3"><office:meta>${meta}</office:meta></office:document-meta>`;
}

/** A chart as an object of its own, with the table that it draws. */
export function chartXml(body: string): string {
  return `${DECLARATION}<office:document-content ${NAMESPACES} office:version="1.3"><office:automatic-styles/><office:body><office:chart>${body}</office:chart></office:body></office:document-content>`;
}

/** The entries of a package in their order, the first one not compressed. */
export function entriesOf(given: Given): [name: string, content: string | Buffer][] {
  const mimetype = `application/vnd.oasis.opendocument.${given.kind}`;
  const parts = { "content.xml": contentXml(given), "styles.xml": stylesXml(given), "meta.xml": metaXml(given), ...given.entries };
  const objects = new Set(
    Object.keys(parts).flatMap((name) => (name.endsWith("/content.xml") ? [name.slice(0, -"content.xml".length)] : [])),
  );
  const listed = [
    `<manifest:file-entry manifest:full-path="/" manifest:media-type="${mimetype}"/>`,
    ...[...objects].map(
      (name) => `<manifest:file-entry manifest:full-path="${name}" manifest:media-type="application/vnd.oasis.opendocument.chart"/>`,
    ),
    ...Object.keys(parts).map(
      (name) =>
        `<manifest:file-entry manifest:full-path="${name}" manifest:media-type="${name.endsWith(".png") ? "image/png" : "text/xml"}"/>`,
    ),
  ];
  const manifest = `${DECLARATION}<manifest:manifest xmlns:manifest="${OASIS}manifest:1.0" manifest:version="1.3">${listed.join("")}</manifest:manifest>`;
  return [["mimetype", mimetype], ...Object.entries(parts), ["META-INF/manifest.xml", manifest]];
}

export async function packed(entries: readonly (readonly [string, string | Buffer])[]): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of entries)
    zip.addBuffer(Buffer.from(content), name, { compress: name !== "mimetype", mtime: new Date(2026, 0, 2), forceDosTimestamp: true });
  zip.end();
  return buffer(zip.outputStream);
}

/** The same in one XML file. */
export function flatXml(given: Given): string {
  const {
    kind,
    body,
    automatic = "",
    styles = "",
    master = '<style:master-page style:name="Standard" style:page-layout-name="pm1"/>',
  } = given;
  const meta = "<dc:title>Plans for the garden</dc:title>";
  return `${DECLARATION}<office:document ${NAMESPACES} office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.${kind}"><office:meta>${meta}</office:meta><office:styles>${DEFAULTS}${styles}</office:styles><office:automatic-styles>${PAGE}${automatic}</office:automatic-styles><office:master-styles>${master}</office:master-styles><office:body><office:${kind}>${body}</office:${kind}></office:body></office:document>`;
}
