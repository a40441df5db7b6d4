import path from "node:path/posix";
import { EngineError } from "../../errors.ts";
import { type DecodedXml, decodeXml } from "../xml/encoding.ts";
import { parseXml, type XmlElement } from "../xml/parse.ts";
import { elementsOf } from "../xml/walk.ts";
import { Archive } from "../zip/archive.ts";
import { attributeOf } from "./names.ts";

/** From one part of a package to another. What leads out of the file is never fetched. */
export interface Relationship {
  readonly id: string;
  /** The end of its type's address, which is the same in both conformance classes and in Microsoft's own: "header", "chart". */
  readonly type: string;
  /** The part's name without a slash before it: "word/header1.xml". Of one that is external, its address as it stands there. */
  readonly target: string;
  readonly external: boolean;
}

/** An XML part with its text as it is edited. */
export interface XmlPart extends DecodedXml {
  readonly root: XmlElement;
}

/**
 * A package of the Open Packaging Conventions (ISO/IEC 29500-2): parts that are found by relationships, not by their names.
 * Names of parts are compared without regard to case (clause 6.2.2.3).
 */
export class OfficePackage implements AsyncDisposable {
  readonly archive: Archive;
  readonly #names: ReadonlyMap<string, string>;
  readonly #types: ContentTypes;

  private constructor(archive: Archive, types: ContentTypes) {
    this.archive = archive;
    this.#names = namesOf(archive);
    this.#types = types;
  }

  /** Throws DOCUMENT_CORRUPT, DOCUMENT_ENCRYPTED, DOCUMENT_TOO_COMPLEX. */
  static async open(file: string): Promise<OfficePackage> {
    const archive = await Archive.open(file);
    try {
      const name = namesOf(archive).get("[content_types].xml");
      if (name === undefined) throw new EngineError("DOCUMENT_CORRUPT", "The file does not say of which types its parts are.");
      return new OfficePackage(archive, contentTypes(parseXml(decodeXml(await archive.read(name)).text)));
    } catch (error) {
      await archive[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The main part, and its content type. Throws DOCUMENT_CORRUPT. */
  async main(): Promise<{ readonly part: string; readonly contentType: string }> {
    const [main] = await this.related("", "officeDocument");
    if (!main) throw new EngineError("DOCUMENT_CORRUPT", "The file does not say which of its parts is the document.");
    return { part: main, contentType: this.contentTypeOf(main) };
  }

  /** Lower-case; empty if the package does not say. */
  contentTypeOf(part: string): string {
    const { overrides, defaults } = this.#types;
    return overrides.get(part.toLowerCase()) ?? defaults.get(path.extname(part).slice(1).toLowerCase()) ?? "";
  }

  /** All parts whose content type matches. */
  partsOf(contentType: RegExp): string[] {
    return this.archive.names.filter((name) => contentType.test(this.contentTypeOf(name)));
  }

  /** Those of `part`; of the package itself for "". None if it has none. Throws DOCUMENT_CORRUPT. */
  async relationships(part: string): Promise<Relationship[]> {
    const name = this.#names.get(path.join(path.dirname(part), "_rels", `${path.basename(part)}.rels`).toLowerCase());
    if (name === undefined) return [];
    const root = parseXml(decodeXml(await this.archive.read(name)).text);
    return elementsOf(root).map((element) => {
      const external = attributeOf(element, "TargetMode") === "External";
      const target = attributeOf(element, "Target") ?? "";
      const type = (attributeOf(element, "Type") ?? "").split("/").at(-1) ?? "";
      return { id: attributeOf(element, "Id") ?? "", type, target: external ? target : this.#resolve(part, target), external };
    });
  }

  /** The parts of `part` by the types of their relationships, each once, those that are there. */
  async related(part: string, ...types: readonly string[]): Promise<string[]> {
    const all = await this.relationships(part);
    const targets = all.filter(({ type, external, target }) => !external && types.includes(type) && this.archive.has(target));
    return [...new Set(targets.map(({ target }) => target))];
  }

  /** Throws DOCUMENT_CORRUPT, DOCUMENT_TOO_COMPLEX. */
  async xml(part: string): Promise<XmlPart> {
    const decoded = await this.text(part);
    return { ...decoded, root: parseXml(decoded.text) };
  }

  /** Throws DOCUMENT_CORRUPT, DOCUMENT_TOO_COMPLEX. */
  async text(part: string): Promise<DecodedXml> {
    return decodeXml(await this.archive.read(part));
  }

  #resolve(part: string, target: string): string {
    const joined = target.startsWith("/") ? path.normalize(target) : path.join("/", path.dirname(part), target.split("#", 1)[0] ?? "");
    const name = joined.slice(1);
    return this.#names.get(name.toLowerCase()) ?? this.#names.get(unescaped(name).toLowerCase()) ?? name;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.archive[Symbol.asyncDispose]();
  }
}

interface ContentTypes {
  readonly overrides: ReadonlyMap<string, string>;
  readonly defaults: ReadonlyMap<string, string>;
}

function contentTypes(root: XmlElement): ContentTypes {
  const overrides = new Map<string, string>();
  const defaults = new Map<string, string>();
  for (const element of elementsOf(root)) {
    const type = (attributeOf(element, "ContentType") ?? "").toLowerCase();
    if (element.local === "Override") overrides.set((attributeOf(element, "PartName") ?? "").replace(/^\//, "").toLowerCase(), type);
    else if (element.local === "Default") defaults.set((attributeOf(element, "Extension") ?? "").toLowerCase(), type);
  }
  return { overrides, defaults };
}

function namesOf(archive: Archive): Map<string, string> {
  return new Map(archive.names.map((name) => [name.replace(/^\//, "").toLowerCase(), name]));
}

function unescaped(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
