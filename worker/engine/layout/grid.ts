import type { Box } from "../document/geometry.ts";
import type { Line } from "./token.ts";

/** A table, whether its lines are drawn or only seen. */
export interface Grid {
  readonly box: Box;
  readonly rows: readonly (readonly GridCell[])[];
}

export interface GridCell {
  readonly lines: readonly Line[];
  readonly rowSpan?: number;
  readonly columnSpan?: number;
}
