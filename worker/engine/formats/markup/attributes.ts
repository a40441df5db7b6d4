import { type Attribute, attributeOf, type Tag } from "./tokens.ts";

/** Attributes whose values are for people (https://html.spec.whatwg.org/multipage/dom.html#the-translate-attribute). */
const EVERYWHERE = new Set(["title", "aria-label", "aria-description", "aria-placeholder", "aria-roledescription", "aria-valuetext"]);
const OF_ELEMENT: Readonly<Record<string, readonly string[]>> = {
  img: ["alt"],
  area: ["alt"],
  input: ["alt", "placeholder"],
  textarea: ["placeholder"],
  track: ["label"],
  option: ["label"],
  optgroup: ["label"],
  th: ["abbr"],
  table: ["summary"],
};
const META =
  /^(?:description|keywords|abstract|subject|dc\.(?:title|description|subject)|dcterms\.(?:title|description|subject)|og:(?:title|description|image:alt)|twitter:(?:title|description|image:alt)|headline)$/;

/** The attributes of `tag` that are to be translated. */
export function saidAttributes(tag: Tag): (Attribute & { readonly range: readonly [number, number] })[] {
  if (tag.kind === "close" || tag.scope.kept === "wish") return [];
  return tag.attributes.filter(
    (attribute): attribute is Attribute & { range: readonly [number, number] } =>
      attribute.range !== undefined && /\p{L}/u.test(attribute.value) && isSaid(attribute.name, tag),
  );
}

function isSaid(name: string, { name: element, attributes }: Tag): boolean {
  // The title of a style sheet is the name of a set.
  if (EVERYWHERE.has(name)) return name !== "title" || (element !== "link" && element !== "style");
  if (OF_ELEMENT[element]?.includes(name)) return true;
  if (element === "input" && name === "value") return /^(?:submit|button|reset)$/i.test(attributeOf(attributes, "type") ?? "");
  if (element !== "meta" || name !== "content") return false;
  return ["name", "property", "itemprop"].some((key) => META.test(attributeOf(attributes, key)?.trim().toLowerCase() ?? ""));
}

/** Whether it stands on the page as text. */
export function isShown(name: string, { name: element }: Tag): boolean {
  return (element === "input" && name === "value") || (element === "optgroup" && name === "label");
}
