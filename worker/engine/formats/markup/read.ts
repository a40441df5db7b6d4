import type { Atom } from "../../document/model.ts";
import type { RemarkCode } from "../../document/remarks.ts";
import { EngineError } from "../../errors.ts";
import type { Range } from "../edits.ts";
import { isShown, saidAttributes } from "./attributes.ts";
import type { Draft, DraftLeaf } from "./drafts.ts";
import { isInline } from "./elements.ts";
import { htmlTokens } from "./html_tokens.ts";
import { contentOf, oneLine } from "./inline.ts";
import { type LanguageMark, languageMark } from "./language.ts";
import { isPreformatted, isProse } from "./preformatted.ts";
import { type Run, RunBuilder } from "./run.ts";
import type { Scope } from "./scope.ts";
import { attributeOf, type Tag, type TextToken, type Token } from "./tokens.ts";
import { xmlTokens } from "./xml_tokens.ts";

/** A page of HTML or XHTML that was read. */
export interface Markup {
  readonly source: string;
  /** Whether it is written so that it stays well-formed XML. */
  readonly isXml: boolean;
  /** Whether it was well-formed. */
  readonly wasXml: boolean;
  readonly drafts: readonly Draft[];
  /** Where it says which language it is in. */
  readonly languages: readonly LanguageMark[];
}

/** A page, or a part of one, as browsers read HTML. Throws DOCUMENT_TOO_COMPLEX. */
export function readHtml(source: string): Markup {
  return read(source, htmlTokens, false);
}

/** XHTML; what is not well-formed is read as HTML, as browsers and readers of books do. Throws DOCUMENT_TOO_COMPLEX. */
export function readXhtml(source: string): Markup {
  try {
    return read(source, xmlTokens, true);
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== "DOCUMENT_CORRUPT") throw error;
    return read(source, htmlTokens, true);
  }
}

function read(source: string, tokensOf: (source: string, root: Draft[]) => Token[], isXml: boolean): Markup {
  const drafts: Draft[] = [];
  const tokens = tokensOf(source, drafts);
  return { source, isXml, wasXml: tokensOf === xmlTokens, drafts, languages: new Reader(source, tokens, drafts).read() };
}

class Reader {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  readonly #root: Draft[];
  readonly #runs: RunBuilder;
  readonly #languages: LanguageMark[] = [];
  readonly #remarked = new Set<string>();

  constructor(source: string, tokens: readonly Token[], root: Draft[]) {
    this.#source = source;
    this.#tokens = tokens;
    this.#root = root;
    this.#runs = new RunBuilder(source, (run) => this.#leaf(run));
  }

  read(): LanguageMark[] {
    for (let index = 0; index < this.#tokens.length; index++) {
      const token = this.#tokens[index] as Token;
      if (token.kind === "text") this.#text(token);
      else if (token.kind === "mark") this.#runs.addMark(token.range);
      else index = this.#tag(token, index);
    }
    this.#runs.end();
    return this.#languages;
  }

  #text({ text, range, scope }: Token & { kind: "text" }): void {
    if (scope.isReading) {
      if (/\p{L}/u.test(text))
        this.#remark("CONTENT_DROPPED", "ruby", "Readings beside words (ruby) are left out where the words are translated.");
      return;
    }
    if (scope.block.lines) this.#runs.addLines(text, range, scope);
    else this.#runs.addText(text, range, scope);
  }

  /** Gives the index of the last token that was read. */
  #tag(tag: Tag, index: number): number {
    const { scope } = tag;
    if (scope.opaque && tag.kind !== "close") return this.#opaque(tag, index);
    const mark = languageMark(tag, this.#source);
    if (mark) this.#languages.push(mark);
    // An end tag alone is of no element: what it would end parts the text still, and </br> is a <br> to browsers.
    const inline = tag.kind === "close" && !tag.partner ? isInline(tag.name) : scope.isInline;
    if (inline && tag.kind !== "open" && tag.name === "br") this.#runs.addBreak(tag.range, scope.block);
    else if (inline) this.#runs.add({ kind: "tag", tag, range: tag.range }, scope.block);
    else {
      this.#runs.end();
      const { blocks } = scope.block.container;
      if (tag.name === "hr" && tag.kind === "void") blocks.push({ kind: "rule" });
    }
    this.#attributes(tag);
    return tag.kind === "open" && isPreformatted(tag.name) ? this.#preformatted(tag, index) : index;
  }

  #attributes(tag: Tag): void {
    for (const attribute of saidAttributes(tag)) {
      const leaf: DraftLeaf = {
        kind: attribute.name === "alt" ? "figure" : isShown(attribute.name, tag) ? "paragraph" : "caption",
        content: [{ kind: "text", text: oneLine(attribute.value).trim() }],
        anchor: { setting: "value", range: attribute.range, quote: attribute.quote },
      };
      const isUnseen = !isShown(attribute.name, tag) || tag.scope.block.isUnseen;
      if (isUnseen) this.#root.push({ ...leaf, layer: "unseen" });
      else tag.scope.block.container.blocks.push(leaf);
    }
    if (tag.name === "iframe" && tag.attributes.some(({ name, value }) => name === "srcdoc" && /\p{L}{2}/u.test(value)))
      this.#remark("HTML_KEPT", "srcdoc", "The page within the page (srcdoc) was left as it is.");
  }

  /** An element that goes along with its words in one piece. */
  #opaque(tag: Tag, index: number): number {
    const last = tag.kind === "open" ? this.#endOf(tag, index) : index;
    const inside = this.#tokens.slice(index + 1, last + 1);
    const range: Range = [tag.range[0], (this.#tokens[last] as Token).range[1]];
    this.#attributes(tag);
    const texts = inside.flatMap((token) => (token.kind === "text" ? [token] : []));
    const { as, text, said } = opaqueText(tag, texts);
    if (/\p{L}{2}/u.test(said)) this.#remark("HTML_KEPT", tag.name, `What stands in <${tag.name}> was left as it is.`);
    if (tag.scope.isInline) this.#runs.add({ kind: "atom", as, text: oneLine(text).trim(), range, scope: tag.scope }, tag.scope.block);
    else this.#runs.end();
    return last;
  }

  #preformatted(tag: Tag, index: number): number {
    const last = this.#endOf(tag, index);
    const inside = this.#tokens.slice(index + 1, last + 1);
    const text = inside.map((token) => (token.kind === "text" ? token.text : "name" in token && token.name === "br" ? "\n" : "")).join("");
    if (isProse(tag, inside, text)) return index;
    for (const token of inside) if ("name" in token) this.#attributes(token);
    const lines = text.replace(/\r\n?/g, "\n").replace(/^\n/, "").trimEnd();
    const { container, isUnseen } = tag.scope.block;
    if (lines.trim() !== "" && !isUnseen) container.blocks.push({ kind: "code", text: lines });
    return last;
  }

  /** The last token of the element that `tag` opens, without its end tag where it has none. */
  #endOf(tag: Tag, index: number): number {
    const { scope } = tag;
    let at = index + 1;
    for (; at < this.#tokens.length; at++) {
      const token = this.#tokens[at] as Token;
      if (token.kind === "close" && token.partner === tag) return at;
      if (token.kind === "mark") continue;
      const isInside = scope.opaque ? token.scope.opaque === scope.opaque : isWithin(token.scope, scope);
      if (!isInside) break;
    }
    return at - 1;
  }

  #leaf(run: Run): void {
    const { block, range } = run;
    const content = contentOf(run, this.#source);
    if (content.length === 0) return;
    const setting = block.lines ? "lines" : block.plain ? "plain" : "text";
    const leaf: DraftLeaf = { ...block.leaf, content, anchor: { setting, range } };
    if (block.isUnseen) this.#root.push({ ...leaf, layer: "unseen" });
    else block.container.blocks.push(leaf);
  }

  /** Once for all of a kind. */
  #remark(code: RemarkCode, kind: string, message: string): void {
    if (this.#remarked.has(kind)) return;
    this.#remarked.add(kind);
    this.#root.push({ kind: "remark", remark: { code, message } });
  }
}

function isWithin(scope: Scope, ancestor: Scope): boolean {
  for (let at: Scope | undefined = scope; at; at = at.parent) if (at === ancestor) return true;
  return false;
}

/** Data of a page that search engines show (https://schema.org), by the names of what is text in it. */
const STRUCTURED_TEXT = /"(?:name|headline|description|text|articleBody|caption|about)"\s*:\s*"[^"]{0,200}\p{L}{2}/u;

/** What a reader sees of an element that is taken in one piece, and what of it is text that is not translated. */
function opaqueText(tag: Tag, texts: readonly TextToken[]): { as: Atom["as"]; text: string; said: string } {
  const join = (tokens: readonly TextToken[]) => tokens.map(({ text }) => text).join(" ");
  switch (tag.name) {
    case "style":
      return { as: "html", text: "", said: "" };
    case "script": {
      const type = attributeOf(tag.attributes, "type") ?? "";
      const isText = /json/i.test(type) ? STRUCTURED_TEXT.test(join(texts)) : /template|html/i.test(type);
      return { as: "html", text: "", said: isText ? join(texts) : "" };
    }
    case "svg": {
      const shown = texts.filter(({ scope }) => !/^(?:title|desc|style|script|metadata|defs)$/i.test(scope.name));
      return { as: "image", text: join(shown), said: join(texts.filter(({ scope }) => !/^(?:style|script|metadata)$/i.test(scope.name))) };
    }
    case "math": {
      const shown = texts.filter(({ scope }) => !/^annotation/i.test(scope.name));
      return { as: "formula", text: join(shown), said: join(shown.filter(({ scope }) => scope.name === "mtext")) };
    }
    default:
      return { as: "html", text: "", said: join(texts) };
  }
}
