import { TagKind } from "../../gen/dragoman/v1/memory_service_pb.ts";

/** A text as a file of TMX has it, as far as it was read. */
export interface ReadText {
  readonly text: string;
  readonly tags: readonly ReadTag[];
}

interface ReadTag {
  /** What ties it to a tag of the other language. */
  readonly name: string;
  readonly at: number;
  readonly kind: TagKind;
}

type Attributes = Readonly<Record<string, string | undefined>>;

/** What stands in these is a file type's own code, and no text. */
const CODES: ReadonlySet<string> = new Set(["bpt", "ept", "ph", "it", "ut"]);

/** Letters and tags; what has more is no sentence, and the rest of it is left out: the memory takes none so long. */
const MAX_HELD = 100_000;

/** Builds the text of one `seg` from the elements and texts within it. */
export class SegmentBuilder {
  #text = "";
  #inCode = 0;
  readonly #tags: ReadTag[] = [];
  /** By `i`, the name of what was opened. */
  readonly #open = new Map<string, string>();

  /** What `hi` is around is text; it itself is looks, and left out. */
  begin(element: string, { i = "", x }: Attributes): void {
    if (!CODES.has(element)) return;
    this.#inCode += 1;
    if (this.#isFull) return;
    const add = (name: string, kind: TagKind) => void this.#tags.push({ name, at: this.#text.length, kind });
    if (element === "bpt") {
      this.#open.set(i, x ?? i);
      add(x ?? i, TagKind.OPEN);
    } else if (element === "ept") add(this.#open.get(i) ?? "", TagKind.CLOSE);
    else add(x ?? `${element} ${this.#tags.length}`, element === "ph" ? TagKind.ATOM : TagKind.UNSPECIFIED);
  }

  end(element: string): void {
    if (CODES.has(element)) this.#inCode -= 1;
  }

  add(text: string): void {
    if (this.#inCode === 0 && !this.#isFull) this.#text += text;
  }

  get #isFull(): boolean {
    return this.#text.length + this.#tags.length > MAX_HELD;
  }

  get read(): ReadText {
    return { text: this.#text, tags: this.#tags };
  }
}

/** Both texts with tags of the same numbers, from 1 as they stand in the source; without any where they do not belong together. */
export function numbered(source: ReadText, target: ReadText) {
  const ids = new Map([...new Set(source.tags.map(({ name }) => name))].map((name, index) => [name, index + 1]));
  const kinds = ({ tags }: ReadText) => tags.map(({ name, kind }) => `${kind} ${name}`);
  const isClear = source.tags.every(({ name, kind }) => name !== "" && kind !== TagKind.UNSPECIFIED);
  const differing = new Set(kinds(source)).symmetricDifference(new Set(kinds(target)));
  const hasTags = isClear && differing.size === 0;
  const plain = ({ text, tags }: ReadText) => ({
    text,
    tags: hasTags ? tags.map(({ name, at, kind }) => ({ id: ids.get(name) ?? 0, at, kind })) : [],
  });
  return { source: plain(source), target: plain(target), lostTags: !hasTags && source.tags.length + target.tags.length > 0 };
}
