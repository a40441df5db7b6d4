import type { Fields } from "../fields.ts";
import { refused } from "./options.ts";

const NAME = /^[A-Za-z_][\w.-]{0,63}$/;
const MAX_TAGS = 100;
/** Marks an element whose text stays; said so that no text of a client's has the same. */
const MARK = ' translate="no" data-dragoman-ignored=""';

/** Texts with the elements marked that a request's `ignore_tags` names, whose text is not translated. Throws INVALID_REQUEST. */
export function withIgnored(texts: readonly string[], fields: Fields): readonly string[] {
  const names = fields.all("ignore_tags").flatMap((list) =>
    list
      .split(",")
      .map((name) => name.trim())
      .filter(Boolean),
  );
  if (names.length === 0) return texts;
  if (names.length > MAX_TAGS || !names.every((name) => NAME.test(name)))
    throw refused("ignore_tags", `is at most ${MAX_TAGS} names of tags`);
  const opening = new RegExp(`<(?:${names.map((name) => name.replaceAll(".", "\\.")).join("|")})(?=[\\s>])`, "g");
  return texts.map((text) => text.replace(opening, (tag) => `${tag}${MARK}`));
}

/** What `withIgnored` made, without its marks. */
export function withoutMarks(text: string): string {
  return text.replaceAll(MARK, "");
}
