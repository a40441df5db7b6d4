/** Some models think a long time; what it is is of no interest. */
const THOUGHT = /^\s*<think(?:ing)?>[\s\S]*?<\/think(?:ing)?>\s*/iu;
/** A translation may be longer than its source, and a short one much longer; one beyond this is a model that does not stop. */
const RUNAWAY = { times: 3, more: 200 };

/** The texts of a model's answer, in order of their ids from 1 to `count`; undefined if any is lost, merged, doubled, invented or no text. */
export function textsOf(content: string, count: number): readonly string[] | undefined {
  const said = withoutThoughts(content);
  for (const candidate of candidatesOf(said)) {
    const items = itemsOf(candidate);
    if (items) return inOrder(items, count);
  }
  return undefined;
}

/** `text` without what its model thought before, if its source has no such thing itself. */
export function withoutThought(text: string, source: string): string {
  return THOUGHT.test(source) ? text : text.replace(THOUGHT, "");
}

/** Chinese has few letters of many bytes for what English says in many of one, and Hindi many of many: in one measure each is in bounds. */
export function isRunaway(text: string, source: string): boolean {
  const isMore = (made: number, given: number) => made > given * RUNAWAY.times + RUNAWAY.more;
  return isMore(text.length, source.length) && isMore(Buffer.byteLength(text), Buffer.byteLength(source));
}

/** Templates of some models begin a thought themselves, so that only its end is to be seen. */
function withoutThoughts(content: string): string {
  const begun = content.replace(THOUGHT, "");
  const end = /^[^{[]*<\/think(?:ing)?>/iu.exec(begun)?.[0].length ?? 0;
  return begun.slice(end).trim();
}

/** Where the JSON may be: it is all of the answer, or stands in a fence or between words. */
function* candidatesOf(said: string): Generator<string> {
  yield said;
  yield said.slice(said.indexOf("{"), said.lastIndexOf("}") + 1);
  yield said.slice(said.indexOf("["), said.lastIndexOf("]") + 1);
}

function itemsOf(candidate: string): readonly unknown[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(candidate);
  } catch {
    return undefined;
  }
  if (Array.isArray(value)) return value;
  const items = isRecord(value) ? value["items"] : undefined;
  return Array.isArray(items) ? items : undefined;
}

function inOrder(items: readonly unknown[], count: number): readonly string[] | undefined {
  if (items.length !== count) return undefined;
  const texts = new Map<number, string>();
  for (const item of items) {
    if (!isRecord(item)) return undefined;
    const { id, text } = item;
    const number = typeof id === "string" ? Number(id) : id;
    if (typeof number !== "number" || !Number.isInteger(number) || number < 1 || number > count) return undefined;
    if (typeof text !== "string" || texts.has(number)) return undefined;
    texts.set(number, text);
  }
  return Array.from({ length: count }, (_, index) => texts.get(index + 1) as string);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
