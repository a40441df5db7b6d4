import { EngineError } from "../../errors.ts";

/**
 * Of marks that may open a link, emphasis, code or HTML in one paragraph, and of quotes and lists within each other: for each of them
 * the parser looks back over those before it, so that a hundred kilobytes of them would take it hours.
 */
const [MOST_MARKS, MOST_CONTAINERS] = [4000, 100];

const MARKS = /[[<|]|[*_]+|~+|`+/g;
const CONTAINERS = /^(?:[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t])))*/;
const QUOTES = /^(?:[ \t]*>)*[ \t]*/;
const ITEM = /^(?:[-+*]|(\d{1,9})[.)])[ \t]/;
const HEADING = /^#{1,6}[ \t]/;
const DELIMITERS = /^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;

const FENCE = /^(?:(`{3,})[^`]*|(~{3,}).*)$/;
/** What begins a block of HTML that goes on to a blank line (CommonMark 0.31.2, 4.6): its text is not looked at. */
const HTML =
  /^<(?:!--|\/?(?:address|article|aside|blockquote|body|center|dd|details|div|dl|dt|fieldset|figure|footer|form|h[1-6]|head|header|html|iframe|li|main|nav|ol|p|pre|script|section|style|summary|table|tbody|td|tfoot|th|thead|title|tr|ul)(?=[ \t/>]|$))/i;

/** Throws DOCUMENT_TOO_COMPLEX for a paragraph that the parser would take too long for. */
export function requireLight(source: string): void {
  const count = new Count();
  for (const [index, line] of source.split(/\r\n?|\n/).entries()) {
    count.add(line);
    const { marks } = count;
    const containers = CONTAINERS.exec(line)?.[0].match(/[>+*-]|\d+/g)?.length ?? 0;
    if (marks <= MOST_MARKS && containers <= MOST_CONTAINERS) continue;
    const what = marks > MOST_MARKS ? `more than ${MOST_MARKS} brackets and marks` : `more than ${MOST_CONTAINERS} quotes and lists`;
    throw new EngineError("DOCUMENT_TOO_COMPLEX", `The paragraph at line ${index + 1} has ${what} in each other.`);
  }
}

/** The marks of the paragraph that a line is in. */
class Count {
  marks = 0;
  #isBegun = false;
  #isInList = false;
  #isInTable = false;
  #isInHtml = false;
  #fence: { readonly mark: string; readonly isQuoted: boolean } | undefined;

  add(line: string): void {
    const bare = line.replace(QUOTES, "");
    if (this.#isFenced(line, bare)) return;
    if (bare === "") {
      [this.marks, this.#isBegun, this.#isInList, this.#isInTable, this.#isInHtml] = [0, false, false, false, false];
      return;
    }
    this.#isInHtml ||= HTML.test(bare);
    if (this.#isInHtml) return;
    const item = ITEM.exec(bare);
    // A number other than 1 begins no list within a paragraph.
    const isItem = item !== null && (item[1] === undefined || Number(item[1]) === 1 || this.#isInList || !this.#isBegun);
    if (isItem || this.#isInTable || HEADING.test(bare)) this.marks = 0;
    this.#isInList ||= isItem;
    this.#isInTable ||= bare.includes("|") && DELIMITERS.test(bare);
    this.#isBegun = true;
    this.marks += line.match(MARKS)?.length ?? 0;
  }

  /** Code is not looked at. */
  #isFenced(line: string, bare: string): boolean {
    const isQuoted = line.trimStart().startsWith(">");
    const found = FENCE.exec(bare);
    const mark = found?.[1] ?? found?.[2];
    if (this.#fence && this.#fence.isQuoted === isQuoted) {
      if (mark?.startsWith(this.#fence.mark) && bare.trimEnd() === mark) this.#fence = undefined;
      return true;
    }
    this.#fence = mark === undefined ? undefined : { mark, isQuoted };
    if (this.#fence) this.marks = 0;
    return this.#fence !== undefined;
  }
}
