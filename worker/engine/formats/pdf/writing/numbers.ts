/** A number as PDF writes it: without an exponent, and no longer than it need be. */
export function written(value: number, digits = 4): string {
  const text = value.toFixed(digits).replace(/\.?0+$/, "");
  return text === "-0" || text === "" ? "0" : text;
}

/** The operands of RGB for "#rrggbb"; black for anything else. */
export function rgb(color: string | undefined): string {
  const parts = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color ?? "")?.slice(1) ?? ["0", "0", "0"];
  return parts.map((part) => written(Number.parseInt(part, 16) / 255, 3)).join(" ");
}
