import { DragomanError } from "../errors.ts";

const KEY = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;

/** The key, if it is one: no driver is asked for what could lead out of its place. Throws ARTEFACT_NOT_FOUND. */
export function checkedKey(key: string): string {
  if (!KEY.test(key)) throw DragomanError.of("ARTEFACT_NOT_FOUND", "That is not the key of an artefact.");
  return key;
}
