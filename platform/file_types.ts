import { Flow, type Job } from "../gen/dragoman/v1/job_pb.ts";

/**
 * The file types that documents come in: plain data, for all who never look into a document (the page, `GET /formats`, the
 * README's table, the names of results, what a worker is asked for). What a file is its content tells:
 * `worker/engine/formats/registry.ts`, which a test holds to be the same table.
 */
export interface FileType {
  readonly id: string;
  /** For people: "Word (DOCX)". */
  readonly name: string;
  /** The first is what a result of this type is sent as. */
  readonly mediaTypes: readonly string[];
  /** With their dots, in lower case; the first is what a result of this type is named with. */
  readonly extensions: readonly string[];
  readonly flow: "paged" | "continuous";
  /** What of it can be chosen: fields of the contract's ContentSelection. */
  readonly selection?: readonly SelectionField[];
  /** What LibreOffice is to it: a way to a PDF and pictures of its pages, or what it must be converted with to be read at all. */
  readonly office?: "pictures" | "needed";
  /** Of the type that its result has, where that is another. */
  readonly becomes?: string;
  /** For people: what of it is translated, and what is left as it is. */
  readonly translated: string;
  readonly kept: string;
}

export type SelectionField = "comments" | "sheet_names" | "attachments" | "keys" | "columns" | "header";

const WORD_MACROS = "application/vnd.ms-word.document.macroenabled.12";
const WORD_MACRO_TEMPLATE = "application/vnd.ms-word.template.macroenabled.12";
const EXCEL = "application/vnd.ms-excel";
const POWERPOINT = "application/vnd.ms-powerpoint";
const OPEN_XML = "application/vnd.openxmlformats-officedocument";
const OPEN_DOCUMENT = "application/vnd.oasis.opendocument";

/** All that are read, in the registry's order: the surest to tell first. */
export const FILE_TYPES: readonly FileType[] = [
  {
    id: "pdf",
    name: "PDF",
    mediaTypes: ["application/pdf"],
    extensions: [".pdf"],
    flow: "paged",
    translated: "text, scans, form values, notes, outline, title",
    kept: "drawings, pictures, links, layers, attachments",
  },
  {
    id: "image",
    name: "pictures (PNG, JPEG, TIFF, WebP, GIF)",
    mediaTypes: ["image/png", "image/jpeg", "image/webp", "image/tiff", "image/gif"],
    extensions: [".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".gif"],
    flow: "paged",
    translated: "what is written in them, by OCR",
    kept: "everything else of the picture",
  },
  {
    id: "docx",
    name: "Word (DOCX)",
    mediaTypes: [`${OPEN_XML}.wordprocessingml.document`, WORD_MACROS, `${OPEN_XML}.wordprocessingml.template`, WORD_MACRO_TEMPLATE],
    extensions: [".docx", ".docm", ".dotx", ".dotm"],
    flow: "continuous",
    selection: ["comments"],
    office: "pictures",
    translated: "body, headers, footers, notes, text boxes, tables, charts, SmartArt, contents, alt texts, title; comments by choice",
    kept: "fields, formulas, macros, tracked deletions, styles, numbering, pictures",
  },
  {
    id: "pptx",
    name: "PowerPoint (PPTX)",
    mediaTypes: [
      `${OPEN_XML}.presentationml.presentation`,
      `${POWERPOINT}.presentation.macroenabled.12`,
      `${OPEN_XML}.presentationml.template`,
      `${POWERPOINT}.template.macroenabled.12`,
      `${OPEN_XML}.presentationml.slideshow`,
      `${POWERPOINT}.slideshow.macroenabled.12`,
    ],
    extensions: [".pptx", ".pptm", ".potx", ".potm", ".ppsx", ".ppsm"],
    flow: "continuous",
    selection: ["comments"],
    office: "pictures",
    translated: "slides, notes, layouts' own text, tables, charts, SmartArt; comments by choice",
    kept: "animations, media, looks; text that grows is fitted",
  },
  {
    id: "xlsx",
    name: "Excel (XLSX)",
    mediaTypes: [
      `${OPEN_XML}.spreadsheetml.sheet`,
      `${EXCEL}.sheet.macroenabled.12`,
      `${OPEN_XML}.spreadsheetml.template`,
      `${EXCEL}.template.macroenabled.12`,
    ],
    extensions: [".xlsx", ".xlsm", ".xltx", ".xltm"],
    flow: "continuous",
    selection: ["comments", "sheet_names"],
    office: "pictures",
    translated: "cells with text, heads of tables and charts; comments and sheets' names by choice",
    kept: "numbers, dates, formulas, formats",
  },
  {
    id: "odt",
    name: "OpenDocument text (ODT)",
    mediaTypes: [`${OPEN_DOCUMENT}.text`, `${OPEN_DOCUMENT}.text-template`, `${OPEN_DOCUMENT}.text-flat-xml`],
    extensions: [".odt", ".ott", ".fodt"],
    flow: "continuous",
    selection: ["comments"],
    office: "pictures",
    translated: "body, headers, footers, notes, text boxes, tables, alt texts, title; comments by choice",
    kept: "styles, fields, pictures",
  },
  {
    id: "odp",
    name: "OpenDocument presentation (ODP)",
    mediaTypes: [`${OPEN_DOCUMENT}.presentation`, `${OPEN_DOCUMENT}.presentation-template`, `${OPEN_DOCUMENT}.presentation-flat-xml`],
    extensions: [".odp", ".otp", ".fodp"],
    flow: "continuous",
    selection: ["comments"],
    office: "pictures",
    translated: "slides, notes, tables, alt texts, title; comments by choice",
    kept: "styles, fields, pictures, media",
  },
  {
    id: "ods",
    name: "OpenDocument spreadsheet (ODS)",
    mediaTypes: [`${OPEN_DOCUMENT}.spreadsheet`, `${OPEN_DOCUMENT}.spreadsheet-template`, `${OPEN_DOCUMENT}.spreadsheet-flat-xml`],
    extensions: [".ods", ".ots", ".fods"],
    flow: "continuous",
    selection: ["comments", "sheet_names"],
    office: "pictures",
    translated: "cells with text; comments and sheets' names by choice",
    kept: "numbers, dates, formulas, formats",
  },
  {
    id: "doc",
    name: "old Word (DOC)",
    mediaTypes: ["application/msword"],
    extensions: [".doc", ".dot"],
    flow: "continuous",
    selection: ["comments"],
    office: "needed",
    becomes: "docx",
    translated: "as Word (DOCX), which it is converted to first",
    kept: "what LibreOffice carries over",
  },
  {
    id: "ppt",
    name: "old PowerPoint (PPT)",
    mediaTypes: ["application/vnd.ms-powerpoint"],
    extensions: [".ppt", ".pps"],
    flow: "continuous",
    selection: ["comments"],
    office: "needed",
    becomes: "pptx",
    translated: "as PowerPoint (PPTX), which it is converted to first",
    kept: "what LibreOffice carries over",
  },
  {
    id: "xls",
    name: "old Excel (XLS)",
    mediaTypes: ["application/vnd.ms-excel"],
    extensions: [".xls", ".xlt"],
    flow: "continuous",
    selection: ["comments", "sheet_names"],
    office: "needed",
    becomes: "xlsx",
    translated: "as Excel (XLSX), which it is converted to first",
    kept: "what LibreOffice carries over",
  },
  {
    id: "rtf",
    name: "rich text (RTF)",
    mediaTypes: ["application/rtf", "text/rtf"],
    extensions: [".rtf"],
    flow: "continuous",
    selection: ["comments"],
    office: "needed",
    becomes: "docx",
    translated: "as Word (DOCX), which it is converted to first",
    kept: "what LibreOffice carries over",
  },
  {
    id: "odg",
    name: "OpenDocument drawing (ODG)",
    mediaTypes: [`${OPEN_DOCUMENT}.graphics`],
    extensions: [".odg"],
    flow: "paged",
    office: "needed",
    becomes: "pdf",
    translated: "as PDF, which it is converted to first",
    kept: "the drawing's look",
  },
  {
    id: "html",
    name: "HTML",
    mediaTypes: ["text/html", "application/xhtml+xml"],
    extensions: [".html", ".htm", ".xhtml"],
    flow: "continuous",
    translated: "text, alternative texts, titles, placeholders, the description",
    kept: 'markup, scripts, styles, links, code, what is marked translate="no"',
  },
  {
    id: "epub",
    name: "EPUB",
    mediaTypes: ["application/epub+zip"],
    extensions: [".epub"],
    flow: "continuous",
    translated: "chapters, navigation, title",
    kept: "styles, pictures, links",
  },
  {
    id: "srt",
    name: "subtitles (SRT)",
    mediaTypes: ["application/x-subrip"],
    extensions: [".srt"],
    flow: "continuous",
    translated: "sentences over cues, split again by reading speed",
    kept: "numbers, times",
  },
  {
    id: "vtt",
    name: "subtitles (WebVTT)",
    mediaTypes: ["text/vtt"],
    extensions: [".vtt"],
    flow: "continuous",
    translated: "sentences over cues, split again by reading speed",
    kept: "times, positions, styles, notes",
  },
  {
    id: "xliff",
    name: "XLIFF",
    mediaTypes: ["application/xliff+xml"],
    extensions: [".xlf", ".xliff"],
    flow: "continuous",
    translated: "empty and unconfirmed targets",
    kept: "finished targets, protected parts, codes",
  },
  {
    id: "arb",
    name: "application resources (ARB)",
    mediaTypes: ["application/x-arb+json"],
    extensions: [".arb"],
    flow: "continuous",
    selection: ["keys"],
    translated: "values",
    kept: "keys, placeholders, plurals' structure, order, layout",
  },
  {
    id: "json",
    name: "JSON",
    mediaTypes: ["application/json"],
    extensions: [".json", ".jsonc", ".jsonl", ".ndjson"],
    flow: "continuous",
    selection: ["keys"],
    translated: "values that are text, or those whose keys are chosen",
    kept: "keys, placeholders, order, layout",
  },
  {
    id: "yaml",
    name: "YAML",
    mediaTypes: ["application/yaml"],
    extensions: [".yaml", ".yml"],
    flow: "continuous",
    selection: ["keys"],
    translated: "values that are text, or those whose keys are chosen",
    kept: "keys, placeholders, comments, anchors, order, layout",
  },
  {
    id: "po",
    name: "gettext catalogues (PO)",
    mediaTypes: ["text/x-gettext-translation"],
    extensions: [".po", ".pot"],
    flow: "continuous",
    translated: "empty and fuzzy messages",
    kept: "finished messages, comments, placeholders, order",
  },
  {
    id: "properties",
    name: "Java properties",
    mediaTypes: ["text/x-java-properties"],
    extensions: [".properties"],
    flow: "continuous",
    selection: ["keys"],
    translated: "values",
    kept: "keys, placeholders, comments, order, layout",
  },
  {
    id: "strings",
    name: "Apple strings",
    mediaTypes: ["text/x-apple-strings"],
    extensions: [".strings"],
    flow: "continuous",
    selection: ["keys"],
    translated: "values",
    kept: "keys, placeholders, comments, order, layout",
  },
  {
    id: "csv",
    name: "tables of separated values (CSV, TSV)",
    mediaTypes: ["text/csv", "text/tab-separated-values"],
    extensions: [".csv", ".tsv"],
    flow: "continuous",
    selection: ["columns", "header"],
    translated: "cells with words, or those of the columns that are chosen",
    kept: "numbers, separators, quotes, the header by choice",
  },
  {
    id: "eml",
    name: "mail (EML)",
    mediaTypes: ["message/rfc822"],
    extensions: [".eml"],
    flow: "continuous",
    selection: ["attachments"],
    translated: "subject, bodies as text and HTML; attached documents by choice",
    kept: "heads, other parts",
  },
  {
    id: "msg",
    name: "Outlook mail (MSG)",
    mediaTypes: ["application/vnd.ms-outlook"],
    extensions: [".msg"],
    flow: "continuous",
    selection: ["attachments"],
    becomes: "eml",
    translated: "subject, bodies as text and HTML; attached documents by choice",
    kept: "heads, other parts",
  },
  {
    id: "markdown",
    name: "Markdown",
    mediaTypes: ["text/markdown"],
    extensions: [".md", ".markdown"],
    flow: "continuous",
    translated: "text, tables, notes, alternative texts, title and description of its front matter",
    kept: "code, formulas, HTML, links, marks",
  },
  {
    id: "text",
    name: "plain text",
    mediaTypes: ["text/plain"],
    extensions: [".txt", ".text"],
    flow: "continuous",
    translated: "all of it",
    kept: "layout, addresses, code",
  },
];

/** With their dots, in lower case. */
export const DOCUMENT_EXTENSIONS: readonly string[] = FILE_TYPES.flatMap(({ extensions }) => extensions);

/** What a document of a type comes back as. */
export function resultTypeOf(type: FileType): FileType {
  return FILE_TYPES.find(({ id }) => id === type.becomes) ?? type;
}

/** Their names, as a sentence has them: "PDF, Markdown or plain text". */
export const FILE_TYPE_NAMES = new Intl.ListFormat("en", { type: "disjunction" }).format(FILE_TYPES.map(({ name }) => name));

/** The file type that a name tells of; undefined where it tells of none. Content may say otherwise. */
export function fileTypeNamed(fileName: string): FileType | undefined {
  const name = fileName.toLowerCase();
  return FILE_TYPES.find(({ extensions }) => extensions.some((extension) => name.endsWith(extension)));
}

/** Its id. */
export function fileTypeOf(fileName: string): string | undefined {
  return fileTypeNamed(fileName)?.id;
}

/** Whether a job's document has sections, and no pages of its own. Before its ledger is there, its name tells. */
export function isContinuous({ ledger, fileName }: Pick<Job, "ledger" | "fileName">): boolean {
  if (ledger?.flow) return ledger.flow === Flow.CONTINUOUS;
  return fileTypeNamed(fileName)?.flow === "continuous";
}
