/**
 * From a straightened page to what is looked at, as PDF writes matrices: (x, y) becomes (ax + cy + e, bx + dy + f). `width` and
 * `height` are the page's; `skew` is how far its lines fall to the right, in degrees. In any unit.
 */
export function skewMatrix({ width, height, skew = 0 }: { readonly width: number; readonly height: number; readonly skew?: number }) {
  const angle = (skew * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [x, y] = [width / 2, height / 2];
  return [cos, sin, -sin, cos, x - x * cos + y * sin, y - x * sin - y * cos] as const;
}
