import path from "node:path";
import { EngineError } from "../../errors.ts";
import type { DecodedXml } from "../xml/encoding.ts";
import { decodeXml } from "../xml/encoding.ts";
import { parseXml, type XmlElement } from "../xml/parse.ts";
import type { Archive } from "../zip/archive.ts";

const CONTAINER = "META-INF/container.xml";
const ENCRYPTION = "META-INF/encryption.xml";
const PACKAGE_TYPE = "application/oebps-package+xml";
const PAGE_TYPES = new Set(["application/xhtml+xml", "text/html", "text/x-oeb1-document"]);
const NCX_TYPE = "application/x-dtbncx+xml";
/** Fonts may be obfuscated in a book that is read by anybody (EPUB 3.3, 4.3; and Adobe's own way). */
const OBFUSCATION = new Set(["http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"]);

/** An XML part of the book. */
export interface XmlPart {
  /** Of its entry in the archive. */
  readonly name: string;
  readonly decoded: DecodedXml;
  readonly root: XmlElement;
}

/** What the book says of itself (EPUB 3.3, 5). */
export interface Package extends XmlPart {
  /** Names of the entries that are read, in order. */
  readonly spine: readonly string[];
  /** Those of pages that nothing leads to in order. */
  readonly others: readonly string[];
  readonly navigation: string | undefined;
  readonly ncx: string | undefined;
  /** What is read in order and is no page: its media type. */
  readonly notPages: readonly string[];
  /** How many of the book's pages its archive lacks. */
  readonly missing: number;
}

/** Throws EngineError: DOCUMENT_CORRUPT, DOCUMENT_ENCRYPTED. */
export async function readPackage(archive: Archive): Promise<Package> {
  await refuseEncrypted(archive);
  const container = await xmlPart(archive, CONTAINER);
  const rootfile = elementsOf(container.root, "rootfile").find((each) => (attribute(each, "media-type") ?? PACKAGE_TYPE) === PACKAGE_TYPE);
  const name = rootfile && attribute(rootfile, "full-path");
  if (name === undefined) throw new EngineError("DOCUMENT_CORRUPT", "The book does not say where its pages are.");
  const part = await xmlPart(archive, name);
  return { ...part, ...itemsOf(part, archive) };
}

function itemsOf({ name, root }: XmlPart, archive: Archive): Omit<Package, keyof XmlPart> {
  const manifest = elementsOf(root, "manifest").flatMap((each) => elementsOf(each, "item"));
  const items = new Map(
    manifest.map((item) => [
      attribute(item, "id") ?? "",
      {
        name: resolved(name, attribute(item, "href") ?? ""),
        type: attribute(item, "media-type") ?? "",
        properties: (attribute(item, "properties") ?? "").split(/\s+/),
      },
    ]),
  );
  const all = [...items.values()];
  const isPage = ({ type }: { type: string }) => PAGE_TYPES.has(type);
  const references = elementsOf(root, "spine").flatMap((spine) => elementsOf(spine, "itemref"));
  const ordered = [...new Set(references.flatMap((reference) => items.get(attribute(reference, "idref") ?? "") ?? []))];
  const has = (item: { name: string }) => archive.has(item.name);
  const names = (list: readonly { name: string }[]) => [...new Set(list.filter(has).map((item) => item.name))];
  const spine = names(ordered.filter(isPage));
  const navigation = all.find(({ properties }) => properties.includes("nav"))?.name;
  const seen = new Set([...spine, navigation]);
  return {
    ...{ spine, navigation },
    others: names(all.filter(isPage)).filter((each) => !seen.has(each)),
    ncx: all.find((item) => item.type === NCX_TYPE && has(item))?.name,
    notPages: [...new Set(ordered.filter((item) => !isPage(item) && has(item)).map(({ type }) => type))],
    missing: ordered.filter((item) => isPage(item) && !has(item)).length,
  };
}

/** Throws EngineError: DOCUMENT_CORRUPT. */
export async function xmlPart(archive: Archive, name: string): Promise<XmlPart> {
  const decoded = decodeXml(await archive.read(name));
  return { name, decoded, root: parseXml(decoded.text) };
}

/** The elements of that name in `root`, itself with them, whatever their namespace. */
export function elementsOf(root: XmlElement, local: string): XmlElement[] {
  const own = root.local === local ? [root] : [];
  return [...own, ...root.children.flatMap((child) => (child.kind === "element" ? elementsOf(child, local) : []))];
}

export function attribute(element: XmlElement, name: string): string | undefined {
  return element.attributes.find((each) => each.name === name)?.value;
}

/** The entry that `href` leads to from the entry `base`. */
function resolved(base: string, href: string): string {
  const [address = ""] = href.split("#", 1);
  let name = address;
  try {
    name = decodeURIComponent(address);
  } catch {
    // It is as it is written.
  }
  return path.posix.normalize(path.posix.join(path.posix.dirname(base), name));
}

async function refuseEncrypted(archive: Archive): Promise<void> {
  if (!archive.has(ENCRYPTION)) return;
  const { root } = await xmlPart(archive, ENCRYPTION);
  const methods = elementsOf(root, "EncryptedData").map((data) =>
    elementsOf(data, "EncryptionMethod").find(({ parent }) => parent === data),
  );
  if (methods.every((method) => method && OBFUSCATION.has(attribute(method, "Algorithm") ?? ""))) return;
  throw new EngineError("DOCUMENT_ENCRYPTED", "The book is protected against copying (DRM).");
}
