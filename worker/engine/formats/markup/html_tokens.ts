import { html, type Token as Parse5, Parser, type TreeAdapter, type TreeAdapterTypeMap } from "parse5";
import { EngineError } from "../../errors.ts";
import type { Range } from "../edits.ts";
import type { Draft } from "./drafts.ts";
import { isFormatting } from "./elements.ts";
import { rootScope, type Scope, scopeOf } from "./scope.ts";
import type { Attribute, Tag, TextToken, Token } from "./tokens.ts";

/** Browsers nest no deeper either (Chromium: 512). */
const MAX_DEPTH = 512;
/** Formatting that is never closed is opened again in every block: a small file could be a great many elements. */
const MORE_ELEMENTS = 100_000;

/** An element as far as it is kept: what is in it the tokens say. */
interface Node {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: Parse5.Attribute[];
  parent: Node | undefined;
  scope: Scope | undefined;
}

type Nodes = TreeAdapterTypeMap<Node, Node, Node, Node, Node, Node, Node, Node, Node, Node>;

/**
 * The tokens of `source` as a browser takes them apart (parse5), each with the element that it stands in. No tree is kept.
 * Throws DOCUMENT_TOO_COMPLEX.
 */
export function htmlTokens(source: string, root: Draft[]): Token[] {
  const tokens: Token[] = [];
  const reader = new Reader(source, tokens, root);
  reader.tokenizer.write(source, true);
  return tokens;
}

const SPACE = /^(?:[ \t\n\f\r]|&(?:#0{0,5}(?:9|10|12|13|32)|#x0{0,5}(?:9|a|c|d|20)|Tab|NewLine);?)*/i;

type Building<T> = { -readonly [K in keyof T]: T[K] };

class Reader extends Parser<Nodes> {
  readonly #source: string;
  readonly #tokens: Token[];
  readonly #root: Draft[];
  #isNested = false;
  /** Start tags by their attributes, which elements that are opened again have as well. */
  readonly #tags = new Map<Parse5.Attribute[], Tag>();

  constructor(source: string, tokens: Token[], root: Draft[]) {
    super({ treeAdapter: adapter(root, MORE_ELEMENTS + source.length / 2), sourceCodeLocationInfo: true, scriptingEnabled: false });
    this.#source = source;
    this.#tokens = tokens;
    this.#root = root;
  }

  // The parser gives itself a token again where it makes up for a tag that is missing: only the first time counts.

  override onCharacter(token: Parse5.CharacterToken): void {
    this.#once(
      () => super.onCharacter(token),
      () => this.#text(token.chars, token.location),
    );
  }

  override onWhitespaceCharacter(token: Parse5.CharacterToken): void {
    const { chars } = token;
    this.#once(
      () => super.onWhitespaceCharacter(token),
      () => this.#text(chars, token.location),
    );
  }

  override onComment(token: Parse5.CommentToken): void {
    this.#once(
      () => super.onComment(token),
      () => this.#mark(token.location),
    );
  }

  override onStartTag(token: Parse5.TagToken): void {
    this.#once(
      () => super.onStartTag(token),
      () => this.#startTag(token),
    );
  }

  override onEndTag(token: Parse5.TagToken): void {
    const partner = this.#isNested ? undefined : this.#partnerOf(token.tagName);
    const scope = partner?.scope ?? this.#current();
    const tag: Tag = { kind: "close", range: rangeOf(token.location), name: token.tagName.toLowerCase(), attributes: [], scope, partner };
    this.#once(
      () => super.onEndTag(token),
      () => this.#tokens.push(tag),
    );
  }

  #once(parse: () => void, tell: () => void): void {
    const isNested = this.#isNested;
    this.#isNested = true;
    parse();
    this.#isNested = isNested;
    if (!isNested) tell();
  }

  #startTag(token: Parse5.TagToken): void {
    if (this.openElements.stackTop > MAX_DEPTH) throw new EngineError("DOCUMENT_TOO_COMPLEX", "The page nests too deeply.");
    const made = (this.treeAdapter as Adapter).made;
    // A tag that makes no element, such as a second <body>, is none.
    if (made?.attributes !== token.attrs && this.openElements.current?.attributes !== token.attrs) return this.#mark(token.location);
    const isOpen = this.openElements.current?.attributes === token.attrs;
    const element = (isOpen ? this.openElements.current : made) as Node;
    const tag: Tag = {
      kind: isOpen ? "open" : "void",
      range: rangeOf(token.location),
      name: token.tagName.toLowerCase(),
      attributes: attributesOf(token, this.#source),
      scope: this.#scopeOf(element),
    };
    if (isOpen) this.#tags.set(token.attrs, tag);
    this.#tokens.push(tag);
  }

  #text(text: string, location: Parse5.Location | null): void {
    const range: [number, number] = [...rangeOf(location)];
    const scope = this.#current();
    const last = this.#tokens.at(-1);
    if (last?.kind === "text" && last.scope === scope && last.range[1] === range[0]) {
      const grown = last as Building<TextToken>;
      grown.text += text;
      grown.range = [last.range[0], range[1]];
      return;
    }
    if (last?.kind === "text" && last.range[1] === range[0] && last.text.trim() === "") {
      // Where a reference follows white space, the library lets the white space end with it.
      const space = SPACE.exec(this.#source.slice(...last.range))?.[0].length ?? 0;
      range[0] = last.range[0] + space;
      (last as Building<TextToken>).range = [last.range[0], range[0]];
    }
    this.#tokens.push({ kind: "text", range, text, scope });
  }

  #mark(location: Parse5.Location | null): void {
    this.#tokens.push({ kind: "mark", range: rangeOf(location) });
  }

  #current(): Scope {
    return this.#scopeOf(this.openElements.current ?? this.document);
  }

  #scopeOf(node: Node): Scope {
    if (node.scope) return node.scope;
    // The parents first, without recursion.
    const waiting: Node[] = [];
    for (let at: Node | undefined = node; at && !at.scope; at = at.parent) waiting.push(at);
    let parent = waiting.at(-1)?.parent?.scope ?? rootScope(this.#root);
    for (const each of waiting.reverse()) {
      each.scope = scopeOf({ name: each.name, foreign: each.namespace !== html.NS.HTML, attributes: each.attributes }, parent, this.#root);
      parent = each.scope;
    }
    return parent;
  }

  /** The start tag that an end tag of such a name closes. */
  #partnerOf(name: string): Tag | undefined {
    const { items, stackTop } = this.openElements;
    for (let at = stackTop; at >= 0; at--) {
      const node = items[at];
      if (node?.name.toLowerCase() === name) return this.#tags.get(node.attributes);
    }
    const entry = isFormatting(name) ? this.activeFormattingElements.getElementEntryInScopeWithTagName(name) : null;
    return entry ? this.#tags.get(entry.token.attrs) : undefined;
  }
}

function rangeOf(location: Parse5.Location | null): Range {
  return [location?.startOffset ?? 0, location?.endOffset ?? 0];
}

function attributesOf({ attrs, location }: Parse5.TagToken, source: string): Attribute[] {
  return attrs.map(({ name, prefix, value }): Attribute => {
    const full = prefix ? `${prefix}:${name}` : name;
    const place = location?.attrs?.[full] ?? location?.attrs?.[name];
    const raw = place ? source.slice(place.startOffset, place.endOffset) : "";
    const [head, sign = ""] = /^[^=]*=[ \t\n\f\r]*(["']?)/.exec(raw) ?? [];
    if (!place || head === undefined) return { name: full, value, range: undefined, quote: "" };
    const quote = sign as '"' | "'" | "";
    return { name: full, value, range: [place.startOffset + head.length, place.endOffset - quote.length], quote };
  });
}

interface Adapter extends TreeAdapter<Nodes> {
  /** The last element that was made. */
  made: Node | undefined;
}

/** Keeps of the tree only what an element stands in. */
function adapter(root: Draft[], most: number): Adapter {
  let elements = 0;
  const node = (name: string, namespace: string, attributes: Parse5.Attribute[]): Node => ({
    ...{ name, namespace, attributes, parent: undefined, scope: undefined },
  });
  const plain = () => node("", "", []);
  let mode = html.DOCUMENT_MODE.NO_QUIRKS;
  const made: Adapter = {
    made: undefined,
    createDocument: () => ({ ...plain(), scope: rootScope(root) }),
    createDocumentFragment: plain,
    createCommentNode: plain,
    createTextNode: plain,
    createElement(name, namespace, attributes) {
      elements += 1;
      if (elements > most) throw new EngineError("DOCUMENT_TOO_COMPLEX", "The page has too many elements.");
      made.made = node(name, namespace, attributes);
      return made.made;
    },
    appendChild(parent, child) {
      child.parent = parent;
    },
    insertBefore(parent, child) {
      child.parent = parent;
    },
    detachNode(child) {
      child.parent = undefined;
    },
    setTemplateContent(template, content) {
      content.parent = template;
      contents.set(template, content);
    },
    getTemplateContent: (template) => contents.get(template) ?? template,
    adoptAttributes: () => {},
    insertText: () => {},
    insertTextBefore: () => {},
    getAttrList: ({ attributes }) => attributes,
    getChildNodes: () => [],
    getFirstChild: () => null,
    getParentNode: ({ parent }) => parent ?? null,
    getTagName: ({ name }) => name,
    getNamespaceURI: ({ namespace }) => namespace as html.NS,
    getCommentNodeContent: () => "",
    getTextNodeContent: () => "",
    getDocumentTypeNodeName: () => "",
    getDocumentTypeNodePublicId: () => "",
    getDocumentTypeNodeSystemId: () => "",
    getDocumentMode: () => mode,
    setDocumentMode(_, given) {
      mode = given;
    },
    setDocumentType: () => {},
    isCommentNode: (_): _ is Node => false,
    isDocumentTypeNode: (_): _ is Node => false,
    isElementNode: (_): _ is Node => false,
    isTextNode: (_): _ is Node => false,
    getNodeSourceCodeLocation: () => null,
    setNodeSourceCodeLocation: () => {},
    updateNodeSourceCodeLocation: () => {},
  };
  const contents = new WeakMap<Node, Node>();
  return made;
}
