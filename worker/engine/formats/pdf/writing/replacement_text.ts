import { PDFDict, PDFName } from "pdf-lib";
import type { Content, MarkedContent } from "./contents.ts";
import { type Operand, operandsOf } from "./operands.ts";
import type { ByteEdit } from "./rewrite.ts";
import { resource } from "./streams.ts";

/** Entries that stand for what is shown when a page is read out or copied (ISO 32000-2, 14.9.3 to 14.9.5). */
const REPLACES: readonly string[] = ["ActualText", "Alt", "E"];

/** Takes from marked content what says its text in other words: they are those of the source. */
export function withoutReplacement({ bytes, resources }: Content, { at }: MarkedContent): readonly ByteEdit[] {
  const [tag, properties] = operandsOf(bytes, at.start, at.at).slice(-2);
  if (tag?.kind !== "name") return [];
  if (properties?.kind === "name") {
    const ref = resource(resources, "Properties", properties.value);
    const dict = ref instanceof PDFDict ? ref : resources?.context.lookup(ref);
    if (dict instanceof PDFDict && tag.value !== "OC") for (const entry of REPLACES) dict.delete(PDFName.of(entry));
    return [];
  }
  if (properties?.kind !== "dictionary" || !hasReplacement(properties.items)) return [];
  const kept = properties.items.flatMap((item, index, items) => {
    const key = index % 2 === 0 ? item : items[index - 1];
    return key?.kind === "name" && REPLACES.includes(key.value) ? [] : [written(item)];
  });
  return [{ from: at.start, to: at.end, text: `/${tag.value} <<${kept.join(" ")}>> BDC` }];
}

function hasReplacement(items: readonly Operand[]): boolean {
  return items.some((item, index) => index % 2 === 0 && item.kind === "name" && REPLACES.includes(item.value));
}

function written(operand: Operand): string {
  switch (operand.kind) {
    case "number":
    case "word":
      return String(operand.value);
    case "string":
      return `<${Buffer.from(operand.bytes).toString("hex")}>`;
    case "name":
      return PDFName.of(operand.value).asString();
    case "array":
      return `[${operand.items.map(written).join(" ")}]`;
    case "dictionary":
      return `<<${operand.items.map(written).join(" ")}>>`;
  }
}
