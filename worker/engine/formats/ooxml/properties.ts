import type { TextStyle } from "../../document/model.ts";
import type { XmlAttribute, XmlElement } from "../xml/parse.ts";
import type { RunProperties } from "./tokens.ts";

/** How a dialect tells what of a run's properties a reader sees. */
export interface PropertyReading {
  /** Equal for properties that look the same. */
  key(properties: XmlElement, source: string): string;
  style(properties: XmlElement): TextStyle;
  showsSpaces(properties: XmlElement): boolean;
}

const NONE: RunProperties = { key: "", range: undefined, style: {}, showsSpaces: false };

/** The properties of a part's runs; of those that are written alike only the first are looked at. */
export function propertyReader(source: string, reading: PropertyReading): (properties: XmlElement | undefined) => RunProperties {
  const known = new Map<string, RunProperties>();
  return (properties) => {
    if (!properties) return NONE;
    const written = source.slice(...properties.range);
    let found = known.get(written);
    if (!found) {
      const { range } = properties;
      found = {
        key: reading.key(properties, source),
        range,
        style: reading.style(properties),
        showsSpaces: reading.showsSpaces(properties),
      };
      known.set(written, found);
    }
    return found;
  };
}

/** `element` as it is written, but for the attributes and the children that `isNoise`. */
export function writtenKey(element: XmlElement, source: string, isNoise: (named: XmlElement | XmlAttribute) => boolean): string {
  const attributes = element.attributes.filter((each) => !isNoise(each) && !each.name.startsWith("xmlns"));
  const head = attributes
    .map(({ local, value }) => `${local}=${value}`)
    .sort()
    .join(" ");
  const children = element.children.flatMap((child) => {
    if (child.kind !== "element" || isNoise(child)) return [];
    return child.children.length > 0 ? [source.slice(...child.range)] : [`<${child.local} ${writtenKey(child, source, isNoise)}>`];
  });
  return [head, ...children].join("").trim();
}
