/** As PDF writes a number: without an exponent, and no longer than `digits` behind the point make it. */
export function pdfNumber(value: number, digits = 4): string {
  const text = value.toFixed(digits).replace(/\.?0+$/, "");
  return text === "-0" || text === "" ? "0" : text;
}

/** The operands that a matrix, a rectangle or a point is written as. */
export function pdfNumbers(values: readonly number[], digits = 4): string {
  return values.map((value) => pdfNumber(value, digits)).join(" ");
}

/** The operands of RGB for "#rrggbb"; black for anything else. */
export function pdfColor(color: string | undefined): string {
  const parts = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color ?? "")?.slice(1) ?? ["0", "0", "0"];
  return pdfNumbers(
    parts.map((part) => Number.parseInt(part, 16) / 255),
    3,
  );
}
