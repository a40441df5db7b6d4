import type { Edit, Range } from "../edits.ts";
import type { XmlElement } from "../xml/parse.ts";
import { elementsOf } from "../xml/walk.ts";
import { attributeOf, nameOf, stated } from "./names.ts";

/** Where a part says in which language, or in which direction, its text is. */
export interface LocaleSpot {
  /** Behind the name of the element, where attributes can be put. */
  readonly at: number;
  /** With their colon, of the names of `fo` and `style` there. */
  readonly prefixes: { readonly fo: string; readonly style: string };
  /** It is said of all text that says nothing else. */
  readonly isDefault: boolean;
  readonly about: "text" | "direction" | "document";
  readonly said: Readonly<Record<string, { readonly value: string; readonly range: Range }>>;
}

const SAID = [
  "fo:language",
  "fo:country",
  "style:language-asian",
  "style:country-asian",
  "style:language-complex",
  "style:country-complex",
];
const DIRECTED = new Set([
  "style:paragraph-properties",
  "style:page-layout-properties",
  "style:section-properties",
  "style:table-properties",
]);

/** All of `root`, with what is declared there as prefixes. Pure data, without the tree. */
export function localeSpots(root: XmlElement): LocaleSpot[] {
  const prefixes = { fo: prefixOf(root, "xsl-fo-compatible:1.0"), style: prefixOf(root, "style:1.0") };
  const spots: LocaleSpot[] = [];
  const add = (element: XmlElement, about: LocaleSpot["about"], isDefault: boolean, names: readonly string[]) => {
    const said: Record<string, { value: string; range: Range }> = {};
    for (const name of names) {
      const attribute = attributeOf(element, name);
      if (attribute) said[name] = { value: attribute.value, range: attribute.range };
    }
    if (isDefault || Object.keys(said).length > 0)
      spots.push({ at: element.range[0] + 1 + element.name.length, prefixes, isDefault, about, said });
  };
  for (const part of elementsOf(root)) {
    if (nameOf(part) === "office:meta") {
      for (const element of elementsOf(part))
        if (nameOf(element) === "dc:language" && element.inner)
          spots.push({ at: 0, prefixes, isDefault: true, about: "document", said: { "dc:language": { value: "", range: element.inner } } });
    }
    if (!/^office:(?:automatic-)?styles$/.test(nameOf(part))) continue;
    for (const style of elementsOf(part)) {
      const isDefault = nameOf(style) === "style:default-style";
      const isText = /^(?:paragraph|graphic)$/.test(stated(style, "style:family") ?? "");
      const isPage = nameOf(style) === "style:page-layout";
      for (const properties of elementsOf(style)) {
        const name = nameOf(properties);
        if (name === "style:text-properties") add(properties, "text", isDefault, SAID);
        else if (DIRECTED.has(name))
          add(properties, "direction", isPage || (isDefault && isText && name === "style:paragraph-properties"), ["style:writing-mode"]);
      }
    }
  }
  return spots;
}

/** Of what stands at the root: attributes of another element may use others, and then stand in the same namespace twice. */
function prefixOf(root: XmlElement, namespace: string): string {
  const uri = `urn:oasis:names:tc:opendocument:xmlns:${namespace}`;
  const declared = root.attributes.find(({ name, value }) => name.startsWith("xmlns:") && value === uri);
  return declared ? `${declared.local}:` : "";
}

const ASIAN = new Set(["Hans", "Hant", "Jpan", "Kore"]);
const WESTERN = new Set(["Latn", "Cyrl", "Grek", "Armn", "Geor"]);
const RIGHT_TO_LEFT = new Set(["Arab", "Hebr", "Thaa", "Syrc", "Nkoo"]);

/** The edits, in order, that make `spots` say that text is in `target` where they said `source`, or what all text is in. */
export function localeEdits(spots: readonly LocaleSpot[], source: string, target: string): Edit[] {
  const { script = "Latn", region } = new Intl.Locale(target).maximize();
  const kind = WESTERN.has(script) ? "" : ASIAN.has(script) ? "-asian" : "-complex";
  const [language, country] = kind === "" ? ["fo:language", "fo:country"] : [`style:language${kind}`, `style:country${kind}`];
  const mode = RIGHT_TO_LEFT.has(script) ? "rl-tb" : "lr-tb";
  return spots.flatMap((spot): Edit[] => {
    if (spot.about === "document") return [set(spot, "dc:language", region ? `${target}-${region}` : target)];
    if (spot.about === "direction") return directed(spot, mode);
    const said = spot.said[language as string]?.value.toLowerCase().split("-")[0];
    if (!spot.isDefault && said !== source) return [];
    if (said === "zxx") return [];
    // An attribute of another style that says a country alone would go with the old language.
    return [set(spot, language as string, target), set(spot, country as string, region ?? "none")];
  });
}

function directed(spot: LocaleSpot, mode: string): Edit[] {
  const said = spot.said["style:writing-mode"]?.value;
  const turned = mode === "rl-tb" ? /^lr(?:-tb)?$/ : /^rl(?:-tb)?$/;
  if (said !== undefined)
    return turned.test(said) || (spot.isDefault && said !== mode && /^(?:lr|rl)/.test(said)) ? [set(spot, "style:writing-mode", mode)] : [];
  return spot.isDefault && mode === "rl-tb" ? [set(spot, "style:writing-mode", mode)] : [];
}

function set(spot: LocaleSpot, name: string, value: string): Edit {
  const said = spot.said[name];
  if (said) return { from: said.range[0], to: said.range[1], text: value };
  const [space, local] = name.split(":") as ["fo" | "style", string];
  return { from: spot.at, to: spot.at, text: spot.prefixes[space] === "" ? "" : ` ${spot.prefixes[space]}${local}="${value}"` };
}
