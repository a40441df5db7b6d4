import { FILE_TYPES, fileTypeNamed, type SelectionField } from "../../../platform/file_types.ts";
import { useWords } from "./words.ts";

/** What of documents is translated beside their text, as it is typed. */
export interface Choices {
  readonly comments: boolean;
  readonly sheetNames: boolean;
  readonly attachments: boolean;
  /** With commas between. */
  readonly keys: string;
  readonly columns: string;
  readonly header: "" | "yes" | "no";
}

export const NOTHING_CHOSEN: Choices = { comments: false, sheetNames: false, attachments: false, keys: "", columns: "", header: "" };

/** What of the choices concerns a document: plain data, as the contract's ContentSelection. */
export type ChosenOf = Partial<Pick<Choices, "comments" | "sheetNames" | "attachments">> & {
  readonly keys?: string[];
  readonly columns?: string[];
  readonly header?: boolean;
};

/** Of a type that has none of them, nothing. */
export function chosenFor(fileName: string, { keys, columns, header, ...flags }: Choices): ChosenOf {
  const takes = new Set<SelectionField>(fileTypeNamed(fileName)?.selection);
  return {
    ...(takes.has("comments") && { comments: flags.comments }),
    ...(takes.has("sheet_names") && { sheetNames: flags.sheetNames }),
    ...(takes.has("attachments") && { attachments: flags.attachments }),
    ...(takes.has("keys") && { keys: listed(keys) }),
    ...(takes.has("columns") && { columns: listed(columns) }),
    ...(takes.has("header") && header !== "" && { header: header === "yes" }),
  };
}

function listed(text: string): string[] {
  return [...new Set(text.split(",").map((name) => name.trim()))].filter(Boolean);
}

/** The endings of the types that take it; empty if there are none. */
function endingsOf(field: SelectionField): string {
  return FILE_TYPES.filter(({ selection = [] }) => selection.includes(field))
    .map(({ extensions }) => extensions[0])
    .join(" ");
}

interface SelectionProps {
  readonly choices: Choices;
  readonly onChange: (choices: Choices) => void;
}

/** Folded away until somebody looks; each choice says which types it concerns. */
export function Selection({ choices, onChange }: SelectionProps) {
  const words = useWords();
  const change = (changed: Partial<Choices>) => onChange({ ...choices, ...changed });
  const flags = [
    ["comments", "comments", words.comments],
    ["sheet_names", "sheetNames", words.sheetNames],
    ["attachments", "attachments", words.attachments],
  ] as const;
  const texts = [
    ["keys", words.keys, "menu.*.label, title"],
    ["columns", words.columns, "name, 3"],
  ] as const;
  if (FILE_TYPES.every(({ selection = [] }) => selection.length === 0)) return null;
  return (
    <details class="choices">
      <summary>{words.choices}</summary>
      {flags
        .filter(([field]) => endingsOf(field) !== "")
        .map(([field, name, label]) => (
          <label key={field}>
            <input type="checkbox" checked={choices[name]} onChange={(event) => change({ [name]: event.currentTarget.checked })} />
            <span>
              {label} <small>{endingsOf(field)}</small>
            </span>
          </label>
        ))}
      {texts
        .filter(([field]) => endingsOf(field) !== "")
        .map(([field, label, example]) => (
          <label key={field}>
            <span>
              {label} <small>{endingsOf(field)}</small>
            </span>
            <input
              type="text"
              value={choices[field]}
              placeholder={example}
              onInput={(event) => change({ [field]: event.currentTarget.value })}
            />
          </label>
        ))}
      {endingsOf("header") !== "" && (
        <label>
          <span>
            {words.header} <small>{endingsOf("header")}</small>
          </span>
          <select value={choices.header} onChange={(event) => change({ header: event.currentTarget.value as Choices["header"] })}>
            <option value="">{words.headerDetect}</option>
            <option value="yes">{words.headerYes}</option>
            <option value="no">{words.headerNo}</option>
          </select>
        </label>
      )}
    </details>
  );
}
