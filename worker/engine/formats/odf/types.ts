import type { FileType, Format } from "../format.ts";
import { isNamed, isZip, type Sample } from "../sample.ts";
import { entriesIn, mimetypeOf } from "../zip/peek.ts";

/** As OpenDocument names it, in its types and in the element that its body has. */
export type Kind = "text" | "presentation" | "spreadsheet";

const BASE = "application/vnd.oasis.opendocument.";
const SUBTYPE = /^application\/vnd\.oasis\.opendocument\.([a-z]+)(?:-(?:template|web|master|master-template))?$/;
const LETTERS: Readonly<Record<Kind, string>> = { text: "t", presentation: "p", spreadsheet: "s" };

type Types = Pick<Format, "mediaTypes" | "extensions">;

/** The package's own, a template's, and one file's. */
export function typesOf(kind: Kind): Types {
  const letter = LETTERS[kind];
  return {
    mediaTypes: [`${BASE}${kind}`, `${BASE}${kind}-template`, `${BASE}${kind}-flat-xml`],
    extensions: [`.od${letter}`, `.ot${letter}`, `.fod${letter}`],
  };
}

/** Of what is written, which is what was read. */
export function typeOf(kind: Kind, { mimetype, flat }: { readonly mimetype: string; readonly flat: boolean }): FileType {
  const { mediaTypes, extensions } = typesOf(kind);
  const index = flat ? 2 : mimetype.endsWith("-template") ? 1 : 0;
  return { mediaType: mediaTypes[index] ?? mediaTypes[0], extension: extensions[index] ?? extensions[0] };
}

/** A package says first what it is; one that does not is told by its name, and by having the parts. */
export function isOfKind(sample: Sample, kind: Kind): boolean {
  // A text may be one for the web, or the master of others.
  const isOne = (mimetype: string | undefined) => mimetype !== undefined && SUBTYPE.exec(mimetype)?.[1] === kind;
  if (!isZip(sample)) return isOne(flatType(sample));
  const mimetype = mimetypeOf(sample.head);
  if (mimetype !== undefined) return isOne(mimetype);
  const entries = sample.entries ?? entriesIn(sample.head);
  return isNamed(sample, typesOf(kind).extensions) && ["content.xml", "META-INF/manifest.xml"].every((name) => entries.includes(name));
}

function flatType({ text }: Sample): string | undefined {
  const [root] = /^\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--[^>]{0,2000}-->\s*)?<office:document\s[^>]*/.exec(text ?? "") ?? [];
  return /\soffice:mimetype\s*=\s*["']([\w.+/-]{1,100})["']/.exec(root ?? "")?.[1];
}
