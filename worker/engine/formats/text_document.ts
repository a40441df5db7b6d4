import { writeFile } from "node:fs/promises";
import type { Leaf } from "../document/model.ts";
import type { Remark } from "../document/remarks.ts";
import { type Edit, edited } from "./edits.ts";
import { type Decoded, encode, encodingRemark } from "./encoding.ts";
import type { OpenDocument, Writing } from "./format.ts";
import { type Section, type SectionedWriting, sectionedDocument } from "./sectioned.ts";

/** Writes leaves back into the source that they were read from. */
export interface Emitter {
  /** The edits, in order, that set `leaves`, which differ from the source's, in place; remarks for what could not be. */
  edits(leaves: readonly Leaf[], writing: Writing): { readonly edits: readonly Edit[]; readonly remarks: readonly Remark[] };
}

/** A document of text that was read whole. Throws EngineError: TOO_MANY_PAGES. */
export function textDocument({
  decoded,
  sections,
  emitter,
  remarks = [],
  isBilingual = false,
}: {
  decoded: Decoded;
  sections: readonly Section[];
  emitter: Emitter;
  remarks?: readonly Remark[];
  /** As `Sectioned` has it. */
  isBilingual?: boolean;
}): OpenDocument {
  const encoding = encodingRemark(decoded);
  return sectionedDocument({
    sections,
    isBilingual,
    remarks: encoding ? [encoding, ...remarks] : remarks,
    writing: (about) => new TextWriting(decoded, emitter, about),
  });
}

class TextWriting implements SectionedWriting {
  charset: string;
  readonly #decoded: Decoded;
  readonly #emitter: Emitter;
  readonly #writing: Writing;

  constructor(decoded: Decoded, emitter: Emitter, writing: Writing) {
    this.#decoded = decoded;
    this.#emitter = emitter;
    this.#writing = writing;
    this.charset = decoded.encoding;
  }

  async write(changed: readonly Leaf[], file: string): Promise<readonly Remark[]> {
    const { edits, remarks } = this.#emitter.edits(changed, this.#writing);
    const { bytes, remark } = encode(edited(this.#decoded.text, edits), this.#decoded);
    await writeFile(file, bytes);
    if (!remark) return remarks;
    this.charset = "utf-8";
    return [...remarks, remark];
  }
}
