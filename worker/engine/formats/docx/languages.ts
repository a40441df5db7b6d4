import { type TargetLanguage, withLanguage } from "../ooxml/language.ts";
import { attributeOf, childOf, descendant, nameOf } from "../ooxml/names.ts";
import type { XmlPart } from "../ooxml/package.ts";
import type { PartEdit } from "../ooxml/writing.ts";
import type { XmlElement } from "../xml/parse.ts";
import { elementsOf } from "../xml/walk.ts";

/** Edits that make the styles, or the settings, say the target language where they said the source's. */
export function languageEdits({ root, text }: XmlPart, { target, source }: { target: TargetLanguage; source: string }): PartEdit[] {
  const edits: PartEdit[] = [];
  const set = (properties: XmlElement | undefined) => {
    if (!properties) return;
    const prefix = properties.name.slice(0, -properties.local.length);
    const [from, to] = properties.range;
    const written = text.slice(from, to);
    const made = withLanguage(written, prefix, target);
    if (made !== written) edits.push({ from, to, text: () => made });
  };
  const defaults = descendant(root, "w:docDefaults", "w:rPrDefault", "w:rPr");
  if (childOf(defaults, "w:lang")) set(defaults);
  else if (defaults?.inner) {
    const prefix = defaults.name.slice(0, -defaults.local.length);
    const behind = elementsOf(defaults).find((each) => BEHIND.has(nameOf(each)) || nameOf(each) === "");
    const at = behind?.range[0] ?? defaults.inner[1];
    edits.push({ from: at, to: at, text: () => `<${prefix}lang ${prefix}${target.group}="${target.tag}"/>` });
  }
  for (const style of elementsOf(root)) {
    if (nameOf(style) === "w:style") {
      const language = attributeOf(descendant(style, "w:rPr", "w:lang"), target.group);
      if (language !== undefined && language.split("-", 1)[0]?.toLowerCase() === source) set(childOf(style, "w:rPr"));
    }
    // Of the fonts that a theme has for each language.
    if (nameOf(style) === "w:themeFontLang") {
      const found = style.attributes.find(({ local }) => local === target.group);
      if (found) edits.push({ from: found.range[0], to: found.range[1], text: () => target.tag });
      else if (target.group !== "val") {
        const prefix = style.name.slice(0, -style.local.length);
        const at = style.range[0] + 1 + style.name.length;
        edits.push({ from: at, to: at, text: () => ` ${prefix}${target.group}="${target.tag}"` });
      }
    }
  }
  return edits;
}

/** What stands behind `w:lang` in a run's properties, in the schema's order. */
const BEHIND = new Set(["w:eastAsianLayout", "w:specVanish", "w:oMath"]);
