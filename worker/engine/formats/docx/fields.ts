/**
 * Fields whose results are no words of the document (ISO/IEC 29500-1, 17.16.5): numbers, dates, names of people and files,
 * what is merged in, citations that a program keeps, codes that show nothing. All others show words of it.
 */
const KEPT = new Set(
  [
    "PAGE PAGEREF NUMPAGES SECTION SECTIONPAGES SEQ NOTEREF FTNREF LISTNUM AUTONUM AUTONUMLGL AUTONUMOUT NUMCHARS NUMWORDS",
    "DATE TIME SAVEDATE CREATEDATE PRINTDATE EDITTIME REVNUM FILENAME FILESIZE TEMPLATE SYMBOL BARCODE DISPLAYBARCODE",
    "AUTHOR LASTSAVEDBY USERNAME USERINITIALS USERADDRESS ADDRESSBLOCK GREETINGLINE",
    "MERGEFIELD MERGEREC MERGESEQ MERGEBARCODE NEXT NEXTIF SKIPIF SET ASK DATABASE",
    "ADDIN CITATION PRIVATE XE TC TA RD EMBED LINK INCLUDEPICTURE DDE DDEAUTO SHAPE CONTROL",
    "EQ ADVANCE FORMCHECKBOX FORMDROPDOWN MACROBUTTON GOTOBUTTON HTMLACTIVEX",
  ]
    .join(" ")
    .split(" "),
);

export interface Field {
  readonly as: "text" | "field" | "formula";
  /** Where it leads. */
  readonly link?: string;
}

/** What the field of these instructions is to a reader. */
export function fieldOf(instructions: string): Field {
  const [, name = ""] = /^\s*([A-Za-z]+|=)/.exec(instructions) ?? [];
  const kind = name.toUpperCase();
  if (kind === "EQ") return { as: "formula" };
  if (kind === "HYPERLINK") {
    const [, address] = /HYPERLINK\s+(?:\\[lnmot]\s+)*"([^"]{1,2000})"/i.exec(instructions) ?? [];
    return { as: "text", ...(address !== undefined && { link: /\\l\s+"/.test(instructions) ? `#${address}` : address }) };
  }
  return { as: kind === "=" || KEPT.has(kind) ? "field" : "text" };
}
